package lockstep.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a server, and spoils some of its answers to one kind of request. */
final class LosingProxy implements AutoCloseable {

  /** What happens to a request. */
  enum Fate {
    /** It gets 429, and the server does not hear of it. */
    THROTTLED,
    /** It gets 503, and the server does not hear of it. */
    UNAVAILABLE,
    /** It gets 503 after the server did what it asked for. */
    DONE_BUT_UNAVAILABLE,
    /** It gets no answer, and the server did what it asked for. */
    DONE_BUT_LOST
  }

  /** The two connections have their own. */
  private static final Set<String> OF_CONNECTION =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final Queue<Fate> fates = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;
  private final String method;
  private final String path;
  private final HttpServer server;

  /** Passes everything on to the target; requests of this method and path have a fate. */
  LosingProxy(URI target, String method, String path) throws IOException {
    this.target = target;
    this.method = method;
    this.path = path;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Where it listens. */
  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What happens to the next requests, one after the other; later ones are passed on. */
  void next(List<Fate> next) {
    fates.addAll(next);
  }

  /** For how many requests there is a fate that did not come. */
  int left() {
    return fates.size();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean isMeant =
          exchange.getRequestMethod().equals(method)
              && exchange.getRequestURI().getPath().matches(path);
      Fate fate = isMeant ? fates.poll() : null;
      switch (fate) {
        case null -> {
          HttpResponse<byte[]> answer = passOn(exchange, body);
          exchange
              .getResponseHeaders()
              .add(
                  "Content-Type", answer.headers().firstValue("Content-Type").orElse("text/plain"));
          answer(exchange, answer.statusCode(), answer.body());
        }
        case THROTTLED -> refuse(exchange, 429);
        case UNAVAILABLE -> refuse(exchange, 503);
        case DONE_BUT_UNAVAILABLE -> {
          passOn(exchange, body);
          refuse(exchange, 503);
        }
        case DONE_BUT_LOST -> passOn(exchange, body);
      }
    }
  }

  private HttpResponse<byte[]> passOn(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void refuse(HttpExchange exchange, int status) throws IOException {
    answer(exchange, status, "{\"error\":\"Later.\"}".getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    client.close();
  }
}
