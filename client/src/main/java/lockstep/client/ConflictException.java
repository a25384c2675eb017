package lockstep.client;

import java.io.Serial;

/** The secret exists already, or somebody changed it in the meantime. */
public final class ConflictException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  ConflictException(String message) {
    super(message);
  }
}
