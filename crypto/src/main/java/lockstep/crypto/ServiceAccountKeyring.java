package lockstep.crypto;

/**
 * The keys of a service account, which are stored encrypted to each member who may handle the
 * account and, if the server manages them, to the server.
 *
 * <p>One made here has no recovery phrase: its recovery record is the keyring once more, wrapped a
 * second time.
 */
public final class ServiceAccountKeyring implements AutoCloseable {

  private final Keyring keyring;

  private ServiceAccountKeyring(Keyring keyring) {
    this.keyring = keyring;
  }

  public static ServiceAccountKeyring generate() {
    return new ServiceAccountKeyring(new Keyring(IdentityKeyPair.generate(Entropy.SYSTEM), null));
  }

  /**
   * Opens a keyring made by {@link #generate} or by a browser.
   *
   * @throws FormatException if this is not a {@link Ciphertext}
   * @throws DecryptionException if it was wrapped for somebody else, was changed, or is not a
   *     keyring
   */
  public static ServiceAccountKeyring unwrap(String wrapped, X25519KeyPair recipient) {
    String json = Ciphertext.parse(wrapped).decrypt(recipient);
    return new ServiceAccountKeyring(
        DecryptionException.ifMalformed("keyring", () -> Keyring.parse(json)));
  }

  public IdentityKey identityKey() {
    return keyring.identity().publicKey();
  }

  /** Returns a new pair, which the caller closes. */
  public X25519KeyPair x25519() {
    return keyring.identity().toX25519();
  }

  /** Encrypts the keyring to a handler or the server, as a {@link Ciphertext}. */
  public String wrapFor(X25519PublicKey recipient) {
    return Ciphertext.encrypt(keyring.json(), recipient).text();
  }

  /** Erases the private keys. */
  @Override
  public void close() {
    keyring.close();
  }

  @Override
  public String toString() {
    return "ServiceAccountKeyring[private keys hidden]";
  }
}
