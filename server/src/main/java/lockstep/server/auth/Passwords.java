package lockstep.server.auth;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import lockstep.crypto.PasswordHash;
import lockstep.server.http.ApiException;

/**
 * Hashes what members send in the place of passwords, slowly on purpose. Only so many at once,
 * because each needs a processor and 19 MiB; whoever does not get a place in time is sent away.
 */
public final class Passwords {

  private static final int MAXIMUM_AT_ONCE = 2;
  private static final int PATIENCE_SECONDS = 5;

  private final Semaphore places = new Semaphore(MAXIMUM_AT_ONCE);

  /** The form to store. */
  public String hash(String authHash) {
    return inPlace(() -> PasswordHash.hash(authHash));
  }

  /** Whether this is what was hashed. */
  public boolean verify(String authHash, String stored) {
    return inPlace(() -> PasswordHash.verify(authHash, stored));
  }

  private <T> T inPlace(Supplier<T> work) {
    try {
      if (!places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw busy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
    try {
      return work.get();
    } finally {
      places.release();
    }
  }

  private static ApiException busy() {
    return ApiException.unavailable(
        "Too many requests that check passwords. Try again later.", PATIENCE_SECONDS);
  }
}
