package lockstep.server.access;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Admits at most so many requests per key in any stretch of time as long as the limit's period.
 * Thread-safe.
 *
 * <p>Each key has a {@link RequestWindow} of the times of its admitted requests. A window that
 * holds none younger than its period says nothing any more and is thrown away, by whichever caller
 * comes first when the last cleaning is {@link #CLEANING_INTERVAL_NANOS} ago. So memory follows the
 * keys and requests of about one period.
 *
 * <p>Keys may be chosen by strangers (their addresses), hence a bound on their number. When it is
 * reached, the keys unused for longest are forgotten, a quarter at once so that the work is spread
 * over many requests. Refusing new keys instead would let a crowd lock everybody out; forgetting
 * gives it nothing, since whoever has that many addresses has a fresh limit with each of them.
 *
 * <p>A window must not be forgotten between being found and being counted in. Therefore forgetting
 * closes it, under its lock, and a closed window admits nobody: the caller looks it up again.
 *
 * @param <K> what has a limit of its own, such as an account's id
 */
public final class SlidingWindowLimiter<K> {

  private static final long CLEANING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ConcurrentHashMap<K, RequestWindow> windows = new ConcurrentHashMap<>();
  private final ReentrantLock cleaning = new ReentrantLock();
  private final int maximumKeys;
  private final LongSupplier nanoClock;
  private volatile long lastCleaning;

  /**
   * Remembers about so many keys at most, and tells time by a clock like {@link System#nanoTime}.
   */
  public SlidingWindowLimiter(int maximumKeys, LongSupplier nanoClock) {
    if (maximumKeys < 1) {
      throw new IllegalArgumentException("a limiter needs room for a key");
    }
    this.maximumKeys = maximumKeys;
    this.nanoClock = nanoClock;
    this.lastCleaning = nanoClock.getAsLong();
  }

  /**
   * Decides about one request, and counts it if it is admitted. The limit of a key may change from
   * one request to the next; the new one then also counts requests from before.
   */
  public RateDecision request(K key, RateLimit limit) {
    cleanIfDue();
    while (true) {
      RequestWindow window = windows.computeIfAbsent(key, _ -> new RequestWindow());
      @Nullable RateDecision decision = window.request(limit, nanoClock);
      if (decision != null) {
        return decision;
      }
      // Whoever closed it may not have come to removing it yet; nobody should have to wait for
      // that.
      windows.remove(key, window);
    }
  }

  /** How many keys are remembered. */
  int keys() {
    return windows.size();
  }

  private void cleanIfDue() {
    boolean full = windows.size() >= maximumKeys;
    boolean due = nanoClock.getAsLong() - lastCleaning >= CLEANING_INTERVAL_NANOS;
    if ((full || due) && cleaning.tryLock()) {
      try {
        clean();
      } finally {
        cleaning.unlock();
      }
    }
  }

  private void clean() {
    lastCleaning = nanoClock.getAsLong();
    windows.forEach(
        (key, window) -> {
          if (window.closeIfIdle(nanoClock)) {
            windows.remove(key, window);
          }
        });
    if (windows.size() >= maximumKeys) {
      forgetLeastRecentlyUsed(windows.size() - (int) (maximumKeys * 3L / 4));
    }
  }

  private void forgetLeastRecentlyUsed(int count) {
    long now = nanoClock.getAsLong();
    // The ages are read once: a sort must not see them change.
    List<Aged<K>> byAge =
        windows.entrySet().stream()
            .map(entry -> new Aged<>(entry, now - entry.getValue().lastUse()))
            .sorted(Comparator.comparingLong((Aged<K> aged) -> aged.age()).reversed())
            .limit(count)
            .toList();
    for (Aged<K> aged : byAge) {
      aged.entry().getValue().close();
      windows.remove(aged.entry().getKey(), aged.entry().getValue());
    }
  }

  private record Aged<K>(Map.Entry<K, RequestWindow> entry, long age) {}
}
