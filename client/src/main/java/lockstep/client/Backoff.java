package lockstep.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How long to wait before another attempt: any time up to a ceiling that doubles with each attempt,
 * so that many clients do not come back together; but never less than the server asks for.
 */
record Backoff(int attempts, Duration first, Duration longest) {

  static final Backoff STANDARD = new Backoff(5, Duration.ofMillis(100), Duration.ofSeconds(5));

  private static final int MAX_DOUBLINGS = 20;

  /**
   * @param attempt the number of the attempt that failed, from 1
   * @param random from 0 to 1
   */
  Duration pause(int attempt, Optional<Duration> retryAfter, double random) {
    Duration ceiling = first.multipliedBy(1L << Math.min(attempt - 1, MAX_DOUBLINGS));
    if (ceiling.compareTo(longest) > 0) {
      ceiling = longest;
    }
    Duration jittered = Duration.ofNanos((long) (ceiling.toNanos() * random));
    return retryAfter.map(asked -> asked.plus(jittered)).orElse(jittered);
  }
}
