package lockstep.client;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Something did not work. The message says what and, where the server told why, in its words. It
 * names addresses, apps, environments and secrets, but never holds a value, a comment or a token.
 */
public abstract sealed class LockstepException extends RuntimeException
    permits CancelledException,
        ConflictException,
        ForbiddenException,
        NotFoundException,
        RateLimitedException,
        ReferenceException,
        RejectedException,
        UnauthorisedException,
        UnavailableException,
        UnexpectedAnswerException {

  @Serial private static final long serialVersionUID = 1L;

  LockstepException(String message) {
    super(message);
  }

  LockstepException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
