package lockstep.crypto;

import java.io.Serial;

/** The input is not of the required form. Nobody needs a key to see this. */
public final class FormatException extends CryptoException {

  @Serial private static final long serialVersionUID = 1L;

  FormatException(String message) {
    super(message);
  }
}
