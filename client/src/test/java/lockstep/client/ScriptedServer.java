package lockstep.client;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A real HTTP server that does what a test says, which a Lockstep server cannot be made to: fail,
 * cut connections, and keep silent. Scripts answer one request each, in order; when there is none
 * left, requests get the bodies that were put.
 */
final class ScriptedServer implements AutoCloseable {

  /** Answers one request. */
  interface Script {
    void answer(HttpExchange exchange) throws IOException;
  }

  /** What arrived. */
  record Arrived(String method, String uri, Headers headers, String body) {

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.getFirst(name));
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final Map<String, String> bodies = new HashMap<>();
  private final Queue<Arrived> arrived = new ConcurrentLinkedQueue<>();

  private ScriptedServer(int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  static ScriptedServer start() {
    return new ScriptedServer(0);
  }

  /** Started again where another one was. */
  static ScriptedServer startAt(int port) {
    return new ScriptedServer(port);
  }

  int port() {
    return server.getAddress().getPort();
  }

  String address() {
    return "http://127.0.0.1:" + port();
  }

  ScriptedServer tokens(String json) {
    bodies.put("/service/secrets/tokens/", json);
    return this;
  }

  ScriptedServer secrets(String environment, String json) {
    bodies.put("/service/secrets/ " + environment, json);
    return this;
  }

  ScriptedServer next(Script... more) {
    scripts.addAll(List.of(more));
    return this;
  }

  List<Arrived> arrived() {
    return List.copyOf(arrived);
  }

  static Script status(int status, String error, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      reply(exchange, status, "{\"error\":\"" + error + "\"}");
    };
  }

  static Script body(String json) {
    return exchange -> reply(exchange, 200, json);
  }

  /** Hangs up without a word. */
  static Script hangUp() {
    return HttpExchange::close;
  }

  /** Hangs up in the middle of the body. */
  static Script cutOff() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write("[{".getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      exchange.close();
    };
  }

  /** Says nothing for as long as the server lives. */
  Script silence() {
    return exchange -> {
      try {
        closing.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
    };
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Headers headers = exchange.getRequestHeaders();
    arrived.add(
        new Arrived(
            exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body));
    Script script = scripts.poll();
    if (script != null) {
      script.answer(exchange);
      return;
    }
    String path = exchange.getRequestURI().toString();
    String environment = headers.getFirst("Environment");
    @Nullable String answer = bodies.get(environment == null ? path : path + " " + environment);
    if (!exchange.getRequestMethod().equals("GET")) {
      reply(exchange, 200, "");
    } else if (answer == null) {
      reply(exchange, 404, "{\"error\":\"Not found\"}");
    } else {
      reply(exchange, 200, answer);
    }
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
