package lockstep.server.access;

/** Whether a request is within its rate limit. */
public sealed interface RateDecision {

  /** It is, and counts. */
  record Admitted() implements RateDecision {}

  /**
   * It is not, and does not count.
   *
   * @param retryAfterSeconds when the next one can be within the limit, at least 1
   */
  record Throttled(long retryAfterSeconds) implements RateDecision {}
}
