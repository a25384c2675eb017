package lockstep.crypto;

import java.util.function.Function;

/**
 * The key that a member's password makes, under which the member's keyring and recovery phrase are
 * stored. Both are stored as hexadecimal text of what {@link RawSymmetric} makes.
 */
public final class DeviceKey implements AutoCloseable {

  private final byte[] key;
  private boolean closed;

  private DeviceKey(byte[] key) {
    this.key = key;
  }

  /**
   * Derives the key. Needs 256 MiB of heap and about a second.
   *
   * @param email exactly as the server knows it (lower case, trimmed); it is the salt
   */
  public static DeviceKey derive(String password, String email) {
    return new DeviceKey(Argon2id.PASSWORD.key(password, email));
  }

  static DeviceKey of(byte[] key) {
    return new DeviceKey(Bytes.copyOfLength(32, key, "device key"));
  }

  String hex() {
    requireOpen();
    return Hex.encode(key);
  }

  public String wrapKeyring(AccountKeys keys) {
    return wrap(keys.keyringJson(), Entropy.SYSTEM);
  }

  /** Wraps the phrase with its spaces. */
  public String wrapRecovery(Mnemonic mnemonic) {
    return wrap(mnemonic.phrase(), Entropy.SYSTEM);
  }

  /**
   * Opens a keyring.
   *
   * @param expected the identity that the server has for this member
   * @throws FormatException if this is not hexadecimal text or too short
   * @throws DecryptionException if the password was wrong, or the content is not a keyring or
   *     another member's
   */
  public AccountKeys unwrapKeyring(String wrapped, IdentityKey expected) {
    var keys = new AccountKeys(unwrap(wrapped, "keyring", Keyring::parse));
    if (!keys.identityKey().equals(expected)) {
      keys.close();
      throw new DecryptionException("keyring belongs to another identity key");
    }
    return keys;
  }

  /**
   * Opens a recovery phrase.
   *
   * @throws FormatException if this is not hexadecimal text or too short
   * @throws DecryptionException if the password was wrong or the content is not a recovery phrase
   */
  public Mnemonic unwrapRecovery(String wrapped) {
    return unwrap(wrapped, "recovery phrase", Mnemonic::parse);
  }

  String wrap(String text, Entropy entropy) {
    requireOpen();
    byte[] plaintext = Utf8.encode(text);
    try {
      return Hex.encode(RawSymmetric.seal(plaintext, key, entropy));
    } finally {
      Bytes.erase(plaintext);
    }
  }

  private <T> T unwrap(String wrapped, String content, Function<String, T> decoder) {
    requireOpen();
    byte[] plaintext = RawSymmetric.open(Hex.decode(wrapped), key);
    try {
      String text = Utf8.decodePlaintext(plaintext);
      return DecryptionException.ifMalformed(content, () -> decoder.apply(text));
    } finally {
      Bytes.erase(plaintext);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("device key is closed");
    }
  }

  /** Erases the key. */
  @Override
  public void close() {
    closed = true;
    Bytes.erase(key);
  }

  @Override
  public String toString() {
    return "DeviceKey[hidden]";
  }
}
