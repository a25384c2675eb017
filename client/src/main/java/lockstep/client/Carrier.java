package lockstep.client;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Carries single requests to the server. Follows no redirect, and leaves it to others to repeat
 * what failed. Safe for use by several threads.
 */
interface Carrier extends AutoCloseable {

  /** How long to wait for a connection. */
  Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /**
   * What came back, whatever its status.
   *
   * @param time how long to wait for all of it
   * @throws TimeoutException if it did not come in that time
   * @throws NotSentException if it is certain that the server did not get the request
   * @throws BodyLimits.TooLongException perhaps as the cause of another, if it is too long
   * @throws IOException if the connection broke
   * @throws InterruptedException as soon as the thread is interrupted
   */
  Answer carry(Request request, Duration time)
      throws IOException, TimeoutException, InterruptedException;

  /** Ends what is under way. */
  @Override
  void close();

  /** An answer of the server. Immutable, as long as nobody changes the body. */
  final class Answer {

    private final int status;
    private final Optional<String> retryAfter;
    private final byte[] body;

    Answer(int status, Optional<String> retryAfter, byte[] body) {
      this.status = status;
      this.retryAfter = retryAfter;
      this.body = body;
    }

    int status() {
      return status;
    }

    /** The header of this name, as it came. */
    Optional<String> retryAfter() {
      return retryAfter;
    }

    byte[] body() {
      return body;
    }

    @Override
    public String toString() {
      return "Answer[" + status + "]";
    }
  }

  /** No connection came about. */
  final class NotSentException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    NotSentException(String reason, @Nullable Throwable cause) {
      super(reason, cause);
    }
  }

  /** What all requests have in common, beside the address. */
  record Head(Address address, String authorization, String userAgent) {

    @Override
    public String toString() {
      return "Head[" + address + "]";
    }
  }
}
