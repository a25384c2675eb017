package lockstep.client;

import java.time.Duration;
import java.time.Instant;

/**
 * How current something is.
 *
 * @param receivedAt when the server sent it; of several answers, when it sent the oldest
 * @param isStale whether any of it comes from the offline cache
 */
public record Freshness(Instant receivedAt, boolean isStale) {

  /** How old it is at this time, by the clock of this machine; never negative. */
  public Duration age(Instant now) {
    Duration age = Duration.between(receivedAt, now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** How old it is now. */
  public Duration age() {
    return age(Instant.now());
  }

  Freshness and(Freshness other) {
    return new Freshness(
        receivedAt.isBefore(other.receivedAt) ? receivedAt : other.receivedAt,
        isStale || other.isStale);
  }
}
