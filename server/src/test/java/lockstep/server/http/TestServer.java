package lockstep.server.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** The real server with a small router, on a free port. */
final class TestServer implements AutoCloseable {
  static {
    if (LoggerFactory.getLogger("org.eclipse.jetty") instanceof Logger jetty) {
      jetty.setLevel(Level.ERROR);
    }
  }

  static final HttpSettings SETTINGS = HttpSettings.defaults("127.0.0.1", 0);

  final TokenAdmission admission = new TokenAdmission();
  final RecordedEvents events = new RecordedEvents();

  /** Counted down when a call of {@code /v1/gate/} is being answered. */
  final CountDownLatch gateReached = new CountDownLatch(1);

  /** What calls of {@code /v1/gate/} wait for. */
  final CountDownLatch gate = new CountDownLatch(1);

  /**
   * What the answers of {@code /v1/promise/} wait for, each for its own: asked once by each call.
   */
  volatile Supplier<CompletionStage<?>> promise = CompletableFuture::new;

  /** How often the content of such an answer was given back. */
  final AtomicInteger givenBack = new AtomicInteger();

  /** Bytes of the answer of {@code /v1/large/}, more than any system keeps for a client. */
  static final int LARGE = 64 << 20;

  /** How often an endpoint was reached. */
  final AtomicInteger handled = new AtomicInteger();

  private final HttpServer server;

  TestServer() {
    this(SETTINGS);
  }

  TestServer(HttpSettings settings) {
    server = HttpServer.start(settings, router(), admission, events);
  }

  static TestServer with(HttpSettings.Limits limits) {
    return new TestServer(
        new HttpSettings("127.0.0.1", 0, limits, HttpSettings.Timeouts.DEFAULT, List.of()));
  }

  static TestServer with(HttpSettings.Timeouts timeouts) {
    return new TestServer(
        new HttpSettings("127.0.0.1", 0, HttpSettings.Limits.DEFAULT, timeouts, List.of()));
  }

  HttpServer server() {
    return server;
  }

  int port() {
    return server.port();
  }

  RawClient connect() {
    return new RawClient(port());
  }

  /** One request on a connection of its own, sent as it is. */
  RawResponse raw(String request) {
    try (RawClient client = connect()) {
      return client.send(request).receive();
    }
  }

  /** A request of a known caller without body. */
  RawResponse request(String method, String target) {
    return raw(head(method, target) + "\r\n");
  }

  RawResponse get(String target) {
    return request("GET", target);
  }

  /** A request of a known caller with a body of known length. */
  RawResponse send(String method, String target, String body) {
    return send(method, target, body.getBytes(StandardCharsets.UTF_8));
  }

  RawResponse send(String method, String target, byte[] body) {
    try (RawClient client = connect()) {
      return client
          .send(head(method, target) + "Content-Length: " + body.length + "\r\n\r\n")
          .send(body)
          .receive();
    }
  }

  /** Request line and the usual headers; what is missing is the empty line. */
  static String head(String method, String target) {
    return head(method, target, TokenAdmission.KNOWN);
  }

  static String head(String method, String target, String credentials) {
    return anonymousHead(method, target) + "Authorization: " + credentials + "\r\n";
  }

  static String anonymousHead(String method, String target) {
    return method + " " + target + " HTTP/1.1\r\nHost: lockstep.test\r\n";
  }

  private Router<String> router() {
    Router.Builder<String> routes = Router.builder();
    routes.publicRoute("/").get(call -> Reply.ok(Map.of("root", true))).evenWhenBusy();
    routes
        .publicRoute("/health/")
        .get(call -> Reply.ok(Map.of("status", "alive")))
        .post(call -> Reply.ok(call.body().names()));
    routes
        .route("/v1/items/", Access.ACCOUNT)
        .get((call, caller) -> counted(Reply.ok(List.of())))
        .post((call, caller) -> counted(Reply.created(Map.of("names", call.body().names()))))
        .patch((call, caller) -> counted(Reply.ok(Map.of())))
        .put((call, caller) -> counted(Reply.ok(Map.of())))
        .delete((call, caller) -> counted(Reply.noContent()));
    routes
        .route("/v1/items/latest/", Access.ACCOUNT)
        .get((call, caller) -> counted(Reply.ok(Map.of("literal", "latest"))));
    routes
        .route("/v1/items/:id/", Access.ACCOUNT)
        .get(
            (call, caller) ->
                counted(
                    Reply.ok(
                        Map.of(
                            "id", call.pathParameter("id"),
                            "uuid", call.pathId("id").map(UUID::toString).orElse("none")))));
    routes
        .route("/v1/items/:id/parts/:part/", Access.ACCOUNT)
        .get(
            (call, caller) ->
                Reply.ok(List.of(call.pathParameter("id"), call.pathParameter("part"))));
    routes
        .route("/v1/secrets/", Access.ACCOUNT_OR_SERVICE_TOKEN)
        .get((call, caller) -> Reply.ok(Map.of("caller", caller)))
        .post((call, caller) -> Reply.ok(call.requiredBody().names()));
    routes
        .route("/v1/echo/", Access.ACCOUNT)
        .get(
            (call, caller) -> {
              Map<String, Object> seen = new LinkedHashMap<>();
              seen.put("method", call.method());
              seen.put("path", call.path());
              seen.put("appId", call.query().text("app_id").orElse(null));
              seen.put("dynamic", call.query().flag("dynamic"));
              seen.put("agent", call.userAgent());
              seen.put("address", call.clientAddress().orElseThrow().getHostAddress());
              seen.put("requestId", call.requestId());
              return Reply.ok(seen);
            });
    routes
        .route("/v1/fails/:how/", Access.ACCOUNT)
        .get((call, caller) -> fail(call.pathParameter("how")))
        .post((call, caller) -> fail(call.pathParameter("how")));
    routes
        .route("/v1/gate/", Access.ACCOUNT)
        .get(
            (call, caller) -> {
              gateReached.countDown();
              pass(gate);
              return Reply.ok(Map.of("passed", true));
            });
    routes
        .route("/v1/promise/", Access.ACCOUNT)
        .get(
            (call, caller) ->
                Reply.okLent("[1]".getBytes(StandardCharsets.UTF_8), givenBack::incrementAndGet)
                    .after(promise.get())
                    .header("ETag", "\"1\"")
                    .contentType("application/x-promise"));
    routes
        .route("/v1/page/", Access.ACCOUNT)
        .get(
            (call, caller) ->
                Reply.bytes(
                        200, "text/html; charset=utf-8", "<p>hi".getBytes(StandardCharsets.UTF_8))
                    .header("Cache-Control", "max-age=60")
                    .header("Content-Security-Policy", "default-src 'self'"));
    routes
        .route("/v1/large/", Access.ACCOUNT)
        .get((call, caller) -> Reply.bytes(200, "text/plain", new byte[LARGE]));
    routes
        .route("/scim/", Access.PROVISIONING)
        .errors(
            error ->
                Reply.status(error.status(), Map.of("detail", error.message()))
                    .contentType("application/scim+json"))
        .post((call, caller) -> Reply.ok(call.body().names()));
    return routes.build();
  }

  private static void pass(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Reply counted(Reply reply) {
    handled.incrementAndGet();
    return reply;
  }

  private static Reply fail(String how) {
    return switch (how) {
      case "exception" -> throw new IllegalStateException("password=hunter2");
      case "error" -> throw new AssertionError("password=hunter2");
      case "overflow" -> Reply.ok(endless(1));
      case "members" ->
          throw ApiException.badRequest("Some failed")
              .member("failed", List.of(1, 2))
              .member("done", 3)
              .header("X-More", "yes");
      case "unwritable" -> Reply.ok(new Object());
      default -> throw ApiException.conflict(how);
    };
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int endless(int depth) {
    return endless(depth + 1) + endless(depth + 2);
  }

  @Override
  public void close() {
    gate.countDown();
    server.close();
  }
}
