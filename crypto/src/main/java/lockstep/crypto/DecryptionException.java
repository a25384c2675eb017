package lockstep.crypto;

import java.io.Serial;
import java.util.function.Supplier;

/**
 * A well-formed input does not open with this key, or what it opens to is not what belongs there.
 *
 * <p>A wrong key, a wrong password and a changed ciphertext cannot be told apart.
 */
public final class DecryptionException extends CryptoException {

  @Serial private static final long serialVersionUID = 1L;

  DecryptionException(String message) {
    super(message);
  }

  /** Decodes decrypted content, whose faults cannot be seen from outside the ciphertext. */
  static <T> T ifMalformed(String content, Supplier<T> decoder) {
    try {
      return decoder.get();
    } catch (FormatException e) {
      throw new DecryptionException("decrypted " + content + ": " + e.getMessage());
    }
  }
}
