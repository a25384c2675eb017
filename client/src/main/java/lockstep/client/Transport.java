package lockstep.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends requests, and sends them again where that may help and cannot harm.
 *
 * <p>Redirects are not followed, so that the token goes nowhere but to the address. A request that
 * is not idempotent is only repeated if no connection came about. Waiting ends when the time of the
 * call is over or the thread is interrupted; a pause that would not leave time for another attempt
 * is not begun. Safe for use by several threads.
 */
final class Transport implements AutoCloseable {

  private final Address address;
  private final Duration attemptTimeout;
  private final Backoff backoff;
  private final Timing timing;
  private final Carrier carrier;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param attemptTimeout how long to wait for one answer
   */
  Transport(
      Address address, Carrier carrier, Duration attemptTimeout, Backoff backoff, Timing timing) {
    this.address = address;
    this.carrier = carrier;
    this.attemptTimeout = attemptTimeout;
    this.backoff = backoff;
    this.timing = timing;
  }

  /**
   * The body of the answer.
   *
   * @throws LockstepException unless the status is 200
   * @throws IllegalStateException if this is closed
   */
  byte[] send(Request request, Call call) {
    for (int attempt = 1; ; attempt++) {
      refuseIfClosed();
      Outcome outcome = attempt(request, call);
      // Not a switch: the JVM would make the class for it anew in each process.
      if (outcome instanceof Outcome.Answer answer) {
        return answer.body;
      }
      Outcome.Failure failure = (Outcome.Failure) outcome;
      refuseIfClosed();
      Duration pause = backoff.pause(attempt, failure.retryAfter(), timing.random());
      if (!failure.mayPass()
          || !(request.isIdempotent() || failure.wasNotSent())
          || attempt >= backoff.attempts()
          || pause.compareTo(call.remaining()) >= 0) {
        throw failure.exception();
      }
      pause(pause);
    }
  }

  private void refuseIfClosed() {
    if (closed.getCount() == 0) {
      throw new IllegalStateException("the client is closed");
    }
  }

  private Outcome attempt(Request request, Call call) {
    Duration time = call.remaining();
    if (time.isNegative() || time.isZero()) {
      return Outcome.Failure.last(
          new UnavailableException(
              "the call to %s took longer than %s".formatted(address, call.limit()), null));
    }
    if (time.compareTo(attemptTimeout) > 0) {
      time = attemptTimeout;
    }
    try {
      return outcome(carrier.carry(request, time));
    } catch (TimeoutException e) {
      return Outcome.Failure.passing(
          new UnavailableException(address + " did not answer within " + time, e));
    } catch (IOException e) {
      return failure(e);
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  private Outcome outcome(Carrier.Answer answer) {
    int status = answer.status();
    if (status == 200) {
      return new Outcome.Answer(answer.body());
    }
    Optional<Duration> retryAfter =
        answer.retryAfter().flatMap(text -> RetryAfter.parse(text, timing.now()));
    return new Outcome.Failure(
        Refusals.of(status, answer.body(), retryAfter),
        Refusals.mayPass(status),
        false,
        retryAfter);
  }

  private Outcome failure(IOException cause) {
    if (isTooLong(cause)) {
      return Outcome.Failure.last(
          new UnexpectedAnswerException(
              "the answer of " + address + " is longer than any that is expected"));
    }
    boolean wasNotSent = cause instanceof Carrier.NotSentException;
    var exception =
        new UnavailableException(
            "no answer from %s (%s)%s"
                .formatted(address, reason(cause), wasNotSent ? "; the request was not sent" : ""),
            cause);
    return new Outcome.Failure(
        exception, !(cause instanceof SSLException), wasNotSent, Optional.empty());
  }

  private static boolean isTooLong(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BodyLimits.TooLongException) {
        return true;
      }
    }
    return false;
  }

  private static String reason(IOException cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private void pause(Duration duration) {
    try {
      timing.pause(duration, closed);
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  private static CancelledException interrupted() {
    Thread.currentThread().interrupt();
    return new CancelledException("interrupted while waiting for the server");
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    closed.countDown();
    carrier.close();
  }

  /** What became of one attempt. */
  private sealed interface Outcome {

    final class Answer implements Outcome {

      private final byte[] body;

      private Answer(byte[] body) {
        this.body = body;
      }
    }

    /**
     * @param mayPass whether another attempt may fare better
     * @param wasNotSent whether it is certain that the server did not get the request
     */
    record Failure(
        LockstepException exception,
        boolean mayPass,
        boolean wasNotSent,
        Optional<Duration> retryAfter)
        implements Outcome {

      static Failure passing(LockstepException exception) {
        return new Failure(exception, true, false, Optional.empty());
      }

      static Failure last(LockstepException exception) {
        return new Failure(exception, false, false, Optional.empty());
      }
    }
  }
}
