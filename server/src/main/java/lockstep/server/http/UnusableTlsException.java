package lockstep.server.http;

import java.io.Serial;

/** The TLS certificate or key cannot be used; the message names the file and says why. */
public final class UnusableTlsException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1;

  UnusableTlsException(String message) {
    super(message);
  }

  UnusableTlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
