package lockstep.server.faults;

import java.time.Duration;

/**
 * What one request came to.
 *
 * @param text the body, if the server said that it cannot; the reason, if there was no answer
 */
public record Outcome(Kind kind, String text, Duration duration) {

  /** What a client learns about the request. */
  public enum Kind {
    /** It was done. */
    ACKNOWLEDGED,
    /** The server said that it cannot right now; it may have been done all the same. */
    UNAVAILABLE,
    /** There was no answer. */
    BROKEN
  }

  boolean isAcknowledged() {
    return kind == Kind.ACKNOWLEDGED;
  }
}
