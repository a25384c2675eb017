package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a command makes of a server that says no. */
@SuppressWarnings("NullAway.Init") // set before the tests
final class RefusalTest {

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "{\"error\":\"no\\u001b[2Jno\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(403, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private CommandException refusal() {
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    try (Api api = new Api(Connection.of(address, "User " + "a".repeat(64)))) {
      api.get("/v1/apps/");
      throw new AssertionError("not refused");
    } catch (CommandException refused) {
      return refused;
    }
  }

  @Test
  void theStatusIsKnown() {
    assertThat(refusal().status()).hasValue(403);
    assertThat(new CommandException("no server").status()).isEmpty();
  }

  @Test
  void theServersWordsDoNotSteerTheTerminal() throws Exception {
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine().setErr(new PrintWriter(err, true));

    new Failures().handleExecutionException(refusal(), commandLine, commandLine.parseArgs());

    assertThat(err.toString().strip()).isEqualTo("lockstep: no\uFFFD[2Jno");
  }
}
