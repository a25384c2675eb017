package lockstep.crypto;

/**
 * Encrypts the fields of one request to one recipient with one ephemeral key pair, which saves most
 * of the work of {@link Ciphertext#encrypt}.
 *
 * <p>Each result is complete in itself and has a random nonce of its own; 192 bits of it make a
 * repetition under the common key a matter of 2⁻¹¹² for 2⁴⁰ fields. Do not keep a sealer longer
 * than a request, and do not use one to wrap keys. Not safe for use by several threads.
 */
public final class FieldSealer implements AutoCloseable {

  private final X25519PublicKey ephemeral;
  private final SessionKey key;
  private final Entropy entropy;
  private boolean closed;

  private FieldSealer(X25519PublicKey ephemeral, SessionKey key, Entropy entropy) {
    this.ephemeral = ephemeral;
    this.key = key;
    this.entropy = entropy;
  }

  /** Makes the ephemeral pair, whose private half is erased before this method returns. */
  public static FieldSealer forRecipient(X25519PublicKey recipient) {
    return forRecipient(recipient, Entropy.SYSTEM);
  }

  static FieldSealer forRecipient(X25519PublicKey recipient, Entropy entropy) {
    try (X25519KeyPair ephemeral = X25519KeyPair.generate(entropy)) {
      return new FieldSealer(
          ephemeral.publicKey(), SessionKey.ofSender(ephemeral, recipient), entropy);
    }
  }

  /**
   * Encrypts one field.
   *
   * @throws FormatException if the text has an unpaired surrogate
   * @throws IllegalStateException after closing
   */
  public Ciphertext seal(String plaintext) {
    if (closed) {
      throw new IllegalStateException("sealer is closed");
    }
    return Ciphertext.of(ephemeral, key.seal(plaintext, entropy));
  }

  /** Erases the key. */
  @Override
  public void close() {
    closed = true;
    key.close();
  }

  @Override
  public String toString() {
    return "FieldSealer[key hidden]";
  }
}
