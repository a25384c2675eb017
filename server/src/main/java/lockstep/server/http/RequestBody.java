package lockstep.server.http;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request: bounded in size and time, and never inflated. Not thread-safe.
 *
 * <p>A client that is silent, or sends too slowly to end within the request time-out, gets 408. The
 * idle time-out is shortened to what is left, so that no wait outlasts the deadline; bytes that
 * carry no content are the one thing that stretches it, and those end with the connection's own
 * deadline.
 */
final class RequestBody {
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int FIRST_BUFFER_BYTES = 4 << 10;
  private static final int MAX_SETTLED_BYTES = 16 << 20;
  private static final Duration SETTLING_TIME = Duration.ofSeconds(1);

  private final Request request;
  private final EdgeConnection connection;
  private final int maxBytes;
  private final Duration timeout;
  private boolean taken;

  RequestBody(Request request, EdgeConnection connection, int maxBytes, Duration timeout) {
    this.request = request;
    this.connection = connection;
    this.maxBytes = maxBytes;
    this.timeout = timeout;
  }

  /** Whether the headers say how long the body is. */
  boolean lengthIsKnown() {
    return request.getLength() >= 0;
  }

  /** How many bytes it has, or may have if the headers do not say; the former within the limit. */
  int mostBytes() {
    return lengthIsKnown() ? (int) Math.min(request.getLength(), maxBytes) : maxBytes;
  }

  /** Refuses what the headers alone give away. */
  void checkLength() {
    if (request.getLength() > maxBytes) {
      throw tooLarge();
    }
  }

  /** Refuses compressed bodies: a small one could be gigabytes. */
  void checkEncoding() {
    for (String encoding : request.getHeaders().getCSV("Content-Encoding", false)) {
      if (!encoding.equalsIgnoreCase("identity")) {
        throw ApiException.badRequest("Request body must not be compressed.");
      }
    }
  }

  /** Reads all of it. */
  byte[] read() {
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream(Math.clamp(request.getLength(), 0, FIRST_BUFFER_BYTES));
    receive(bytes, maxBytes, timeout);
    return bytes.toByteArray();
  }

  /** Reads all of it for its length alone, and keeps nothing. */
  void discard() {
    receive(null, maxBytes, timeout);
  }

  /**
   * Takes in what nobody has read, within bounds, before the request is refused: a client that is
   * still sending when the connection is closed may never get to read the refusal. False if there
   * is more, and the connection cannot go on.
   */
  boolean settle() {
    if (taken || request.getLength() == 0) {
      return true;
    }
    if (request.getHeaders().contains("Expect")) {
      return false; // reading would ask the client to send what is refused
    }
    try {
      receive(null, MAX_SETTLED_BYTES, SETTLING_TIME);
      return true;
    } catch (ApiException more) {
      return false;
    }
  }

  private void receive(@Nullable ByteArrayOutputStream sink, int limit, Duration time) {
    EndPoint endPoint = connection.getEndPoint();
    long idleMillis = endPoint.getIdleTimeout();
    long deadline = System.nanoTime() + time.toNanos();
    connection.timed(time.plus(GRACE));
    try {
      long received = 0;
      boolean last = false;
      while (!last) {
        Content.Chunk chunk = next(endPoint, idleMillis, deadline);
        try {
          received += chunk.remaining();
          if (received > limit) {
            throw tooLarge();
          }
          if (sink != null) {
            byte[] part = new byte[chunk.remaining()];
            chunk.get(part, 0, part.length);
            sink.write(part, 0, part.length);
          }
          last = chunk.isLast();
          taken = last;
        } finally {
          chunk.release();
        }
      }
    } finally {
      connection.untimed();
      endPoint.setIdleTimeout(idleMillis);
    }
  }

  private Content.Chunk next(EndPoint endPoint, long idleMillis, long deadline) {
    while (true) {
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        throw timedOut();
      }
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        endPoint.setIdleTimeout(Math.min(idleMillis, leftMillis));
        awaitContent();
      } else if (Content.Chunk.isFailure(chunk)) {
        throw failure(chunk.getFailure());
      } else {
        return chunk;
      }
    }
  }

  private void awaitContent() {
    CountDownLatch arrived = new CountDownLatch(1);
    request.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, arrived::countDown));
    try {
      arrived.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("The server is stopping.", 1);
    }
  }

  private static ApiException failure(Throwable failure) {
    if (failure instanceof TimeoutException) {
      return timedOut();
    }
    if (failure instanceof HttpException refused && refused.getCode() == 413) {
      return tooLarge();
    }
    return closing(ApiException.badRequest("Bad request."));
  }

  private static ApiException timedOut() {
    return closing(ApiException.of(408, "Request timed out."));
  }

  private static ApiException tooLarge() {
    return closing(ApiException.of(413, "Request body too large."));
  }

  /** What is left of the body must not be taken for the next request. */
  private static ApiException closing(ApiException error) {
    return error.header("Connection", "close");
  }
}
