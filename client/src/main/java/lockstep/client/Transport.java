package lockstep.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import lockstep.client.internal.NoTls;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, and sends them again where that may help and cannot harm.
 *
 * <p>Redirects are not followed, so that the token goes nowhere but to the address. A request that
 * is not idempotent is only repeated if no connection came about. Waiting ends when the time of the
 * call is over or the thread is interrupted; a pause that would not leave time for another attempt
 * is not begun. Safe for use by several threads.
 */
final class Transport implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final Address address;
  private final String authorization;
  private final String userAgent;
  private final Duration attemptTimeout;
  private final Backoff backoff;
  private final Timing timing;
  private final HttpClient http;
  private final BodyHandler<byte[]> bodies;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param attemptTimeout how long to wait for one answer
   * @param bodies how much of an answer is read
   * @param ssl how servers are trusted; null for the defaults of this JVM
   */
  Transport(
      Address address,
      String authorization,
      String userAgent,
      Duration attemptTimeout,
      Backoff backoff,
      @Nullable SSLContext ssl,
      BodyHandler<byte[]> bodies,
      Timing timing) {
    this.bodies = bodies;
    this.address = address;
    this.authorization = authorization;
    this.userAgent = userAgent;
    this.attemptTimeout = attemptTimeout;
    this.backoff = backoff;
    this.timing = timing;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT);
    if (!address.isEncrypted()) {
      builder.sslContext(new NoTls());
    } else if (ssl != null) {
      builder.sslContext(ssl);
    }
    this.http = builder.build();
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
    CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(build(request), bodies);
    try {
      return outcome(answer.get(time.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      answer.cancel(true);
      return Outcome.Failure.passing(
          new UnavailableException(address + " did not answer within " + time, e));
    } catch (ExecutionException e) {
      return failure(Objects.requireNonNullElse(e.getCause(), e));
    } catch (InterruptedException _) {
      answer.cancel(true);
      throw interrupted();
    }
  }

  private HttpRequest build(Request request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address.resolve(request.path()))
            .header("Authorization", authorization)
            .header("Accept", "application/json")
            .header("User-Agent", userAgent);
    if (request.isChange()) {
      builder.header("Content-Type", "application/json");
    }
    request.headers().forEach(builder::header);
    return builder
        .method(
            request.method(),
            request.body().length == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.ofByteArray(request.body()))
        .build();
  }

  private Outcome outcome(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == 200) {
      return new Outcome.Answer(response.body());
    }
    Optional<Duration> retryAfter =
        response
            .headers()
            .firstValue("Retry-After")
            .flatMap(text -> RetryAfter.parse(text, timing.now()));
    return new Outcome.Failure(
        Refusals.of(status, response.body(), retryAfter),
        Refusals.mayPass(status),
        false,
        retryAfter);
  }

  private Outcome failure(Throwable cause) {
    boolean wasNotSent =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    if (isTooLong(cause)) {
      return Outcome.Failure.last(
          new UnexpectedAnswerException(
              "the answer of " + address + " is longer than any that is expected"));
    }
    if (cause instanceof IOException broken) {
      var exception =
          new UnavailableException(
              "no answer from %s (%s)%s"
                  .formatted(
                      address, reason(broken), wasNotSent ? "; the request was not sent" : ""),
              cause);
      return new Outcome.Failure(
          exception, !(cause instanceof SSLException), wasNotSent, Optional.empty());
    }
    throw new IllegalStateException("the request to " + address + " could not be sent", cause);
  }

  private static boolean isTooLong(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LimitedBody.TooLongException) {
        return true;
      }
    }
    return false;
  }

  private static String reason(IOException cause) {
    String message = cause.getMessage();
    if (message != null) {
      return message;
    }
    return cause instanceof ConnectException ? "no connection" : cause.getClass().getSimpleName();
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
    http.shutdownNow();
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
