package lockstep.server.store;

import java.io.Serial;

/** The database cannot be reached, is full, or did not answer in time. Worth another try later. */
public final class StoreUnavailableException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  StoreUnavailableException(String message) {
    super(message);
  }
}
