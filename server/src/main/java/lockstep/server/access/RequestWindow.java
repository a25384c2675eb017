package lockstep.server.access;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The times of one key's admitted requests, oldest first, in a ring that grows with them up to the
 * limit. Thread-safe; the clock is read under the lock, so times never go backwards in the ring.
 */
final class RequestWindow {

  private static final int FIRST_CAPACITY = 4;

  private long[] times = new long[FIRST_CAPACITY];
  private int oldest;
  private int size;
  private long lastUse;
  private long periodNanos;
  private boolean used;
  private boolean closed;

  /** The decision, or null if the window is closed. */
  synchronized @Nullable RateDecision request(RateLimit limit, LongSupplier nanoClock) {
    if (closed) {
      return null;
    }
    long now = nanoClock.getAsLong();
    used = true;
    lastUse = now;
    periodNanos = limit.period().toNanos();
    forgetExpired(now);
    if (size < limit.requests()) {
      add(now);
      return new RateDecision.Admitted();
    }
    // More than the limit are here if it has been lowered since.
    long blocking = timeAt(size - limit.requests());
    return new RateDecision.Throttled(secondsRoundedUp(periodNanos - (now - blocking)));
  }

  /** Closes the window if it has nothing left to tell. */
  synchronized boolean closeIfIdle(LongSupplier nanoClock) {
    if (used) {
      forgetExpired(nanoClock.getAsLong());
      closed |= size == 0;
    }
    return closed;
  }

  synchronized void close() {
    closed = true;
  }

  /** When the last request was, admitted or not. */
  synchronized long lastUse() {
    return lastUse;
  }

  private void forgetExpired(long now) {
    while (size > 0 && now - times[oldest] >= periodNanos) {
      oldest = (oldest + 1) % times.length;
      size--;
    }
  }

  private void add(long now) {
    if (size == times.length) {
      long[] longer = new long[Math.multiplyExact(size, 2)];
      for (int i = 0; i < size; i++) {
        longer[i] = timeAt(i);
      }
      times = longer;
      oldest = 0;
    }
    times[(oldest + size) % times.length] = now;
    size++;
  }

  private long timeAt(int index) {
    return times[(oldest + index) % times.length];
  }

  private static long secondsRoundedUp(long nanos) {
    return Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }
}
