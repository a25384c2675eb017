package lockstep.client;

import java.time.Duration;

/**
 * One call of a user of this library, which may need several requests. They share its time. Not for
 * use by several threads.
 */
final class Call {

  private final Timing timing;
  private final Staleness staleness;
  private final long start;
  private final Duration limit;
  private boolean serverIsDown;
  private boolean sessionIsNew;

  Call(Timing timing, Staleness staleness, Duration limit) {
    this.timing = timing;
    this.staleness = staleness;
    this.limit = limit;
    this.start = timing.nanoTime();
  }

  /** What is left of the time, zero or negative when it is over. */
  Duration remaining() {
    return limit.minusNanos(timing.nanoTime() - start);
  }

  Duration limit() {
    return limit;
  }

  Staleness staleness() {
    return staleness;
  }

  /** Whether the server failed to answer a request of this call; it need not be asked again. */
  boolean serverIsDown() {
    return serverIsDown;
  }

  void noteThatServerIsDown() {
    serverIsDown = true;
  }

  /** Whether the session was asked for in this call; another one would tell the same. */
  boolean sessionIsNew() {
    return sessionIsNew;
  }

  void noteThatSessionIsNew() {
    sessionIsNew = true;
  }
}
