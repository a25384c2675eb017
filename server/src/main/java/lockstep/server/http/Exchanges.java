package lockstep.server.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins exchanges: gives each request its id, and sees each response off. */
final class Exchanges {
  private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);

  private static final byte[] NOTHING = {};

  /** Headers of nearly all answers, kept as the bytes that are sent. */
  private static final HttpField NO_SNIFFING =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");

  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");

  private static final HttpField JSON =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

  /** They share a part of what may be unsent, as an account does. */
  private static final Object STRANGERS = new Object();

  private final HttpEvents events;
  private final Duration writeTimeout;
  private final UnsentAnswers unsent;

  Exchanges(HttpEvents events, Duration writeTimeout, UnsentAnswers unsent) {
    this.events = events;
    this.writeTimeout = writeTimeout;
    this.unsent = unsent;
  }

  Exchange begin(Request request) {
    return new Exchange(request);
  }

  /** One request and its response. */
  final class Exchange {
    private final Request request;
    private final String id;
    private final long begin = System.nanoTime();
    private final AtomicBoolean finished = new AtomicBoolean();
    private String route = HttpEvents.UNKNOWN_ROUTE;
    private Object account = STRANGERS;

    private Exchange(Request request) {
      this.request = request;
      ThreadLocalRandom random = ThreadLocalRandom.current();
      HexFormat hex = HexFormat.of();
      this.id = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    String id() {
      return id;
    }

    void route(String template) {
      route = template;
    }

    /** Whose answer it is. */
    void account(Object caller) {
      account = caller;
    }

    EdgeConnection connection() {
      return (EdgeConnection) request.getConnectionMetaData().getConnection();
    }

    void fault(Throwable fault) {
      report(() -> events.serverFault(id, fault));
    }

    /** Reports a failure of the server, and says what the client is told. */
    ApiException failure(Throwable failure) {
      Optional<ApiException> outage = events.outage(id, failure);
      if (outage.isPresent()) {
        return outage.get();
      }
      fault(failure);
      return ApiException.of(500, EdgeErrors.text(500));
    }

    /** Sends the reply when its condition has succeeded, or else what the client is told then. */
    void sendOnCondition(Response response, Callback callback, Reply reply) {
      if (reply.condition().isEmpty()) {
        send(response, callback, reply);
        return;
      }
      reply
          .condition()
          .get()
          .whenComplete(
              (_, failure) -> {
                try {
                  send(response, callback, failure == null ? reply : inPlaceOf(reply, failure));
                } catch (Throwable fault) { // Nobody else would end this exchange.
                  callback.failed(fault);
                }
              });
    }

    private Reply inPlaceOf(Reply unsent, Throwable failure) {
      unsent.sent();
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      return Reply.refusal(ErrorFormat.PLAIN, failure(cause == null ? failure : cause));
    }

    /** Writes the reply without waiting for the client to take it. */
    void send(Response response, Callback callback, Reply reply) {
      try {
        write(response, callback, reply);
      } catch (Throwable fault) {
        reply.sent();
        throw fault;
      }
    }

    private void write(Response response, Callback callback, Reply reply) {
      response.setStatus(reply.status());
      HttpFields.Mutable headers = response.getHeaders();
      // None of them is there yet: Jetty gives errors headers of their own.
      headers.add("X-Request-Id", id);
      headers.add(NO_SNIFFING);
      headers.add(NO_STORE);
      reply.contentType().ifPresent(type -> headers.add(contentType(type)));
      for (Map.Entry<String, String> header : reply.headers().entrySet()) {
        headers.put(header.getKey(), header.getValue());
      }
      byte[] body = reply.status() == 204 ? NOTHING : reply.content();
      EdgeConnection connection = connection();
      connection.timed(writeTimeout);
      UnsentAnswers.Answer answer = unsent.answer(account, body, connection::cut);
      response.write(
          true,
          ByteBuffer.wrap(body),
          Callback.from(
              () -> {
                answer.end();
                finish(reply);
                callback.succeeded();
              },
              failure -> {
                try {
                  callback.failed(failure); // Closes the connection, which may still be written to.
                } finally {
                  answer.end();
                  finish(reply);
                }
              }));
      answer.linger();
    }

    private static HttpField contentType(String type) {
      return type.equals(JSON.getValue()) ? JSON : new HttpField(HttpHeader.CONTENT_TYPE, type);
    }

    private void finish(Reply reply) {
      connection().untimed();
      if (finished.compareAndSet(false, true)) {
        reply.sent();
        Duration duration = Duration.ofNanos(System.nanoTime() - begin);
        String method =
            Router.Method.named(request.getMethod())
                .map(Router.Method::name)
                .orElse(HttpEvents.OTHER_METHOD);
        report(() -> events.requestFinished(method, route, reply.status(), duration, id));
      }
    }

    /** A failing listener must not cost the client its answer. */
    private void report(Runnable event) {
      try {
        event.run();
      } catch (RuntimeException e) {
        LOG.error("a listener failed on request {}", id, e);
      }
    }
  }
}
