package lockstep.server.auth;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import lockstep.crypto.PasswordHash;
import lockstep.server.http.ApiException;

/**
 * Hashes what members send in the place of passwords, slowly on purpose. Only so many at once,
 * because each needs a processor and 19 MiB; only so many wait for their turn, because each of them
 * keeps a place among the concurrent requests; and whoever does not get a turn in time is sent
 * away.
 *
 * <p>The threads are of the platform: a virtual one gives its processor to no other request until
 * the hash is made, and two would have both of a small machine.
 */
public final class Passwords {

  private static final int MAXIMUM_AT_ONCE = 2;
  private static final int MAXIMUM_WAITING = 30;
  private static final int SHARE_OF_REQUESTS = 4;
  private static final int PATIENCE_SECONDS = 5;
  private static final int IDLE_SECONDS = 5;

  private final ThreadPoolExecutor hashing;

  /**
   * Leaves most places to requests that need no password.
   *
   * @param maxConcurrentRequests how many requests the server answers at a time
   */
  public Passwords(int maxConcurrentRequests) {
    int waiting =
        Math.clamp(maxConcurrentRequests / SHARE_OF_REQUESTS - MAXIMUM_AT_ONCE, 1, MAXIMUM_WAITING);
    this.hashing =
        new ThreadPoolExecutor(
            MAXIMUM_AT_ONCE,
            MAXIMUM_AT_ONCE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            Thread.ofPlatform().name("password-hashing-", 0).daemon().factory());
    hashing.allowCoreThreadTimeOut(true);
  }

  /**
   * The form to store.
   *
   * @throws ApiException 503 if there are too many to be hashed
   */
  public String hash(String authHash) {
    return inTurn(() -> PasswordHash.hash(authHash));
  }

  /**
   * Whether this is what was hashed.
   *
   * @throws ApiException 503 if there are too many to be hashed
   */
  public boolean verify(String authHash, String stored) {
    return inTurn(() -> PasswordHash.verify(authHash, stored));
  }

  private <T> T inTurn(Supplier<T> work) {
    Future<T> result;
    try {
      result = hashing.submit(work::get);
    } catch (RejectedExecutionException e) {
      throw busy();
    }
    try {
      return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      giveUp(result);
      throw busy();
    } catch (InterruptedException e) {
      giveUp(result);
      Thread.currentThread().interrupt();
      throw busy();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a password could not be hashed", e.getCause());
    }
  }

  /** What waits makes room at once; what is being hashed is hashed to its end. */
  private void giveUp(Future<?> result) {
    result.cancel(false);
    hashing.purge();
  }

  private static ApiException busy() {
    return ApiException.unavailable(
        "Too many requests that check passwords. Try again later.", PATIENCE_SECONDS);
  }
}
