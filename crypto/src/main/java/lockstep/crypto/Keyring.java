package lockstep.crypto;

import org.jspecify.annotations.Nullable;

/**
 * What a member or service account keeps wrapped: an identity key pair and, if it was derived from
 * a recovery phrase, a symmetric key that nothing uses yet and that must not get lost.
 */
final class Keyring implements AutoCloseable {

  private final IdentityKeyPair identity;
  private final byte @Nullable [] symmetricKey;

  Keyring(IdentityKeyPair identity, byte @Nullable [] symmetricKey) {
    this.identity = identity;
    this.symmetricKey = symmetricKey;
  }

  /**
   * Reads either form.
   *
   * @throws FormatException unless this is a JSON object with a matching pair of keys
   */
  static Keyring parse(String json) {
    Json keyring = Json.parse(json);
    byte[] symmetricKey = null;
    if (keyring.has("symmetricKey")) {
      symmetricKey = Hex.decode(keyring.string("symmetricKey"), 32, "symmetric key");
    }
    return new Keyring(
        IdentityKeyPair.parse(keyring.string("privateKey"), keyring.string("publicKey")),
        symmetricKey);
  }

  /** Writes the two forms in use, to the space. */
  String json() {
    String privateKey = identity.privateKeyHex();
    String publicKey = identity.publicKey().hex();
    return symmetricKey == null
        ? "{\"publicKey\": \"%s\", \"privateKey\": \"%s\"}".formatted(publicKey, privateKey)
        : "{\"symmetricKey\":\"%s\",\"privateKey\":\"%s\",\"publicKey\":\"%s\"}"
            .formatted(Hex.encode(symmetricKey), privateKey, publicKey);
  }

  IdentityKeyPair identity() {
    return identity;
  }

  @Override
  public void close() {
    identity.close();
    if (symmetricKey != null) {
      Bytes.erase(symmetricKey);
    }
  }

  @Override
  public String toString() {
    return "Keyring[hidden]";
  }
}
