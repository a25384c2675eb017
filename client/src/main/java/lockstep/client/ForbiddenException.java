package lockstep.client;

import java.io.Serial;

/** The account may not do this, or not from this address. */
public final class ForbiddenException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  ForbiddenException(String message) {
    super(message);
  }
}
