package lockstep.client;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The server answered with something that is not in the protocol, or with keys or secrets that do
 * not open. Perhaps the address leads to something else.
 */
public final class UnexpectedAnswerException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  UnexpectedAnswerException(String message) {
    super(message);
  }

  UnexpectedAnswerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
