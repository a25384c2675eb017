package lockstep.server.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Times of change that clients watch, and need to grow whatever the clock does. */
public final class GrowingTime {

  /** The finest difference that is stored. */
  private static final Duration TICK = Duration.ofNanos(1_000);

  private GrowingTime() {}

  /** The time by this clock, but later than the last one, also when both are stored. */
  public static Instant after(Instant last, Clock clock) {
    Instant now = clock.instant();
    Instant next = last.plus(TICK);
    return now.isAfter(next) ? now : next;
  }
}
