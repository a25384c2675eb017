package lockstep.client;

import java.io.Serial;

/** The token is unknown, expired or deleted, or does not open the environment. */
public final class UnauthorisedException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  UnauthorisedException(String message) {
    super(message);
  }
}
