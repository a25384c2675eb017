package lockstep.client;

import java.io.Serial;

/** No answer from the server, and none in the offline cache that is recent enough. */
public final class OfflineException extends UnavailableException {

  @Serial private static final long serialVersionUID = 1L;

  OfflineException(LockstepException cause) {
    super(cause.getMessage() + "; the offline cache has no answer that may still be used", cause);
  }
}
