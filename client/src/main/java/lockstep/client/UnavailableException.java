package lockstep.client;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * No answer, or one that says that the server cannot answer now. Asking again later may help. A
 * change may have been made all the same, unless the message says that it was not sent.
 */
public sealed class UnavailableException extends LockstepException permits OfflineException {

  @Serial private static final long serialVersionUID = 1L;

  UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
