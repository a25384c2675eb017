package lockstep.server.organisations;

import java.io.Serial;

/** The first organisation could not be made; the message says what to do about it. */
public final class FirstStartException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  FirstStartException(String message) {
    super(message);
  }
}
