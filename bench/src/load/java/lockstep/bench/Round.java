package lockstep.bench;

/**
 * What a generator saw.
 *
 * @param perSecond answers per second
 * @param errors connections that failed and answers that came too late
 * @param refused answers with a status of 400 and above
 */
record Round(long requests, double perSecond, Latencies latencies, long errors, long refused) {

  /**
   * @throws IllegalStateException if not every request was answered as it should: then the figures
   *     are of something else
   */
  Round accepted(String what) {
    if (errors + refused > 0) {
      throw new IllegalStateException(
          "%s: %d answers, %d errors, %d refused".formatted(what, requests, errors, refused));
    }
    return this;
  }

  /**
   * As {@link #accepted}.
   *
   * @throws IllegalStateException also if there was no answer at all
   */
  Round checked(String what) {
    if (requests == 0) {
      throw new IllegalStateException(what + ": no answer; a round must be longer on this machine");
    }
    return accepted(what);
  }
}
