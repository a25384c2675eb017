package lockstep.client;

import java.io.Serial;

/** The server refused the request for what it holds, such as a name that is too long. */
public final class RejectedException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  RejectedException(String message) {
    super(message);
  }
}
