package lockstep.crypto;

import java.util.HashMap;
import java.util.Map;

/**
 * Decrypts many fields of one recipient. The key agreement, nearly all of the work, is done once
 * for fields that share an ephemeral key.
 *
 * <p>Holds a key for every ephemeral key it has met: use one per request. Not safe for use by
 * several threads. Closing it leaves the recipient's key pair open.
 */
public final class FieldOpener implements AutoCloseable {

  private final X25519KeyPair recipient;
  private final Map<X25519PublicKey, SessionKey> keys = new HashMap<>();
  private boolean closed;

  private FieldOpener(X25519KeyPair recipient) {
    this.recipient = recipient;
  }

  /** Borrows the pair, which has to stay open as long as the opener. */
  public static FieldOpener forRecipient(X25519KeyPair recipient) {
    return new FieldOpener(recipient);
  }

  /**
   * Decrypts one field.
   *
   * @throws FormatException if this is not a {@link Ciphertext}
   * @throws DecryptionException if it is not for this recipient, was changed, or is not text
   * @throws IllegalStateException after closing
   */
  public String open(String ciphertext) {
    return open(Ciphertext.parse(ciphertext));
  }

  /** As {@link #open(String)}. */
  public String open(Ciphertext ciphertext) {
    if (closed) {
      throw new IllegalStateException("opener is closed");
    }
    SessionKey key =
        keys.computeIfAbsent(
            ciphertext.ephemeral(), ephemeral -> SessionKey.ofRecipient(recipient, ephemeral));
    return ciphertext.decrypt(key);
  }

  /** Erases the keys. */
  @Override
  public void close() {
    closed = true;
    keys.values().forEach(SessionKey::close);
    keys.clear();
  }

  @Override
  public String toString() {
    return "FieldOpener[keys hidden]";
  }
}
