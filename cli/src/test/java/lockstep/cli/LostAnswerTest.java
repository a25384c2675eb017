package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that hears what it is sent, and whose answer is not what is expected. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before the tests
final class LostAnswerTest {

  private static final String OPEN =
      "{\"inviteeEmail\":\"nadia@example.com\",\"organisation\":{\"id\":\"%s\"}}"
          .formatted(new UUID(0, 1));

  @TempDir private Path folder;

  private HttpServer server;
  private volatile String open = OPEN;
  private volatile int accepting = 0;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Status 0 is none: the connection ends. */
  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean accepts = exchange.getRequestURI().getPath().endsWith("/accept/");
    if (!accepts) {
      byte[] bytes = open.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } else if (accepting > 0) {
      byte[] bytes = "{\"error\":\"Too late.\"}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(accepting, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private Person.Outcome accept() {
    String link =
        "http://127.0.0.1:%d/invite/%s/%s"
            .formatted(server.getAddress().getPort(), new UUID(0, 2), "0".repeat(32));
    return new Person(folder, new ArrayList<>())
        .tries(List.of(link), "invite", "accept", "--generate-password");
  }

  @Test
  void whoseAcceptanceWasNotAnsweredHasTheirKeysAllTheSame() {
    Person.Outcome outcome = accept();

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.printed("Password")).matches("[A-Za-z2-9]{24}");
    assertThat(outcome.printed("Recovery phrase").split(" ")).hasSize(24);
    assertThat(outcome.printed("Token")).startsWith("pss_user:");
    assertThat(outcome.output()).doesNotContain("Accepted");
    assertThat(outcome.errors()).contains("nobody knows whether the invitation was accepted");
  }

  /** Makes keys from a password anew, which takes many seconds. */
  @Test
  @Tag("slow-lane")
  void whoWasRefusedIsToldThatWhatIsShownIsWorthNothing() {
    accepting = 403;

    Person.Outcome outcome = accept();

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errors()).contains("was not accepted", "Too late.");
  }

  @Test
  void anInviteInAnotherFormIsNoStackTrace() {
    open = "[]";

    Person.Outcome outcome = accept();

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errors().lines()).hasSize(1);
    assertThat(outcome.errors()).contains("no Lockstep server");
  }
}
