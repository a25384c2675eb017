package lockstep.client;

import java.io.Serial;

/**
 * The calling thread was interrupted; it still is. A change that was under way may have been made.
 */
public final class CancelledException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  CancelledException(String message) {
    super(message);
  }
}
