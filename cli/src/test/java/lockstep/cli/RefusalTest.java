package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.Connection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a command makes of a server that says no. */
@SuppressWarnings("NullAway.Init") // set before the tests
final class RefusalTest {

  private HttpServer server;
  private volatile int status = 403;
  private volatile String body = "{\"error\":\"no\\u001b[2Jno\"}";
  private volatile @Nullable String location;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          if (location != null) {
            exchange.getResponseHeaders().add("Location", location);
          }
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
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
      api.delete("/v1/tokens/x/");
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

  @Test
  void aRedirectIsARefusalThatSaysWhereItLeads() {
    status = 307;
    body = "";
    location = "https://elsewhere.example/v1/tokens/x/";

    assertThat(refusal())
        .hasMessageContaining("redirect to https://elsewhere.example/v1/tokens/x/")
        .extracting(CommandException::status)
        .isEqualTo(OptionalInt.of(307));
  }

  @Test
  void aRedirectWithoutATargetIsARefusalToo() {
    status = 304;
    body = "";

    assertThat(refusal()).hasMessageContaining("status 304");
  }

  @Test
  void anAnswerWithoutEndIsNotRead() {
    status = 200;
    String largest = "{\"data\":\"" + "x".repeat((64 << 20) - 11) + "\"}";
    body = largest;
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    try (Api api = new Api(Connection.of(address, "User " + "a".repeat(64)))) {
      assertThat(api.get("/v1/apps/").get("data").stringValue()).hasSize((64 << 20) - 11);
      body = largest + " ";
      assertThatThrownBy(() -> api.get("/v1/apps/"))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining("could not be asked");
    }
  }
}
