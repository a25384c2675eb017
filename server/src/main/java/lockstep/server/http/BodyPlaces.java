package lockstep.server.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Places for the bodies of known callers. A body takes as long as its client likes, so it is
 * received without a place among the concurrent requests, in one of these, of which an account gets
 * a small share: one that sends slowly keeps others neither from sending nor from being served. A
 * large body takes several, so places also say how many bytes there can be.
 */
final class BodyPlaces {
  private static final int LEAST_SHARE = 8;
  private static final int ACCOUNTS_TO_FILL = 8;

  private final Semaphore free;
  private final int all;
  private final int share;
  private final Map<Object, Integer> taken = new ConcurrentHashMap<>();

  BodyPlaces(int places) {
    this.free = new Semaphore(places);
    this.all = places;
    this.share = Math.max(LEAST_SHARE, places / ACCOUNTS_TO_FILL);
  }

  /** What the places of one request are held with; it has none yet. */
  Holder holder() {
    return new Holder();
  }

  private void take(Object account, int places) {
    if (!free.tryAcquire(places)) {
      throw busy();
    }
    if (taken.merge(account, places, Integer::sum) > share) {
      giveBack(account, places);
      throw busy();
    }
  }

  private void giveBack(Object account, int places) {
    taken.computeIfPresent(account, (_, held) -> held == places ? null : held - places);
    free.release(places);
  }

  private static ApiException busy() {
    return ApiException.unavailable(EdgeErrors.text(503), 1);
  }

  /** The places of one request, given back at the latest when it ends. Not thread-safe. */
  final class Holder implements AutoCloseable {
    private @Nullable Object account;
    private int held;

    private Holder() {}

    /**
     * Takes places, once; all there are if the server is too small for so many.
     *
     * @throws ApiException 503 if they are not free, or the account has its share
     */
    void take(Object byAccount, int places) {
      int wanted = Math.min(places, Math.min(all, share));
      BodyPlaces.this.take(byAccount, wanted);
      account = byAccount;
      held = wanted;
    }

    void giveBack() {
      Object owner = account;
      if (owner != null) {
        account = null;
        BodyPlaces.this.giveBack(owner, held);
      }
    }

    @Override
    public void close() {
      giveBack();
    }
  }
}
