package lockstep.client;

import java.io.IOException;
import java.io.Serial;

/**
 * How much of an answer is read. A longer one is a failure; of an error, whose status says enough,
 * it is cut off.
 *
 * @param answerBytes for status 200
 * @param errorBytes for any other
 */
record BodyLimits(long answerBytes, long errorBytes) {

  /** As much as all secrets of a large environment need, with room to spare. */
  static final BodyLimits STANDARD = new BodyLimits(256L << 20, 1L << 20);

  /** The body is longer than any that is expected; another one would be, too. */
  static final class TooLongException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    TooLongException() {
      super("the answer is longer than any that is expected");
    }
  }
}
