package lockstep.server.sinks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.json.JsonMapper;

/** A web hook that keeps what it is sent, and answers with the status it is told. */
final class HookReceiver implements AutoCloseable {

  record Posted(String signature, String contentType, String body) {}

  static final String SECRET = "a secret of at least thirty-two characters";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  final List<Posted> posted = new CopyOnWriteArrayList<>();
  final List<Long> sequences = new CopyOnWriteArrayList<>();
  volatile int status = 204;

  private final HttpServer server;

  HookReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hook", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?key=in-the-url");
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int answer = status;
      if (answer == 204) {
        posted.add(
            new Posted(
                exchange.getRequestHeaders().getFirst("Lockstep-Signature"),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                body));
        body.lines()
            .forEach(line -> sequences.add(JSON.readTree(line).get("sequence").longValue()));
      }
      if (answer == 302) {
        exchange.getResponseHeaders().add("Location", "/elsewhere");
      }
      exchange.sendResponseHeaders(answer, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
