package lockstep.server.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Places for the bodies of known callers. A body takes as long as its client likes, so it is
 * received without a place among the concurrent requests, in one of these, of which an account gets
 * a small share: one that sends slowly keeps others neither from sending nor from being served.
 */
final class BodyPlaces {
  private static final int LEAST_SHARE = 8;
  private static final int ACCOUNTS_TO_FILL = 8;

  private final Semaphore free;
  private final int share;
  private final Map<Object, Integer> taken = new ConcurrentHashMap<>();

  BodyPlaces(int places) {
    this.free = new Semaphore(places);
    this.share = Math.max(LEAST_SHARE, places / ACCOUNTS_TO_FILL);
  }

  /**
   * Takes a place.
   *
   * @throws ApiException 503 if there is none, or the account has its share
   */
  Place take(Object account) {
    if (!free.tryAcquire()) {
      throw busy();
    }
    if (taken.merge(account, 1, Integer::sum) > share) {
      giveBack(account);
      throw busy();
    }
    return () -> giveBack(account);
  }

  private void giveBack(Object account) {
    taken.computeIfPresent(account, (_, places) -> places == 1 ? null : places - 1);
    free.release();
  }

  private static ApiException busy() {
    return ApiException.unavailable(EdgeErrors.text(503), 1);
  }

  /** A place that was taken; to be closed once. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }
}
