package lockstep.crypto;

import java.io.Serial;

/**
 * Some input was refused. The message says which rule it broke and never quotes the input.
 *
 * <p>Causes are not chained, because the messages of lower layers may quote what they were given.
 */
public abstract sealed class CryptoException extends RuntimeException
    permits FormatException, DecryptionException {

  @Serial private static final long serialVersionUID = 1L;

  CryptoException(String message) {
    super(message);
  }
}
