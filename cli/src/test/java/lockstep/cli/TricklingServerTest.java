package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that never has done with answering. A command waits a minute for it. */
@Tag("slow-lane")
final class TricklingServerTest {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  @Test
  void aCommandGivesUpAndSaysWhy() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        X25519KeyPair pair = X25519KeyPair.generate()) {
      Thread.ofVirtual().start(() -> serve(server));
      String address = "http://127.0.0.1:" + server.getLocalPort();
      String token = Token.mint(Token.Kind.USER, pair).token().text();
      long start = System.nanoTime();

      try (CommandProcess command =
          CommandProcess.run(
              Map.of("LOCKSTEP_ADDRESS", address, "LOCKSTEP_TOKEN", token),
              List.of("secrets", "get", "KEY", "--app", "shop", "--env", "Development"))) {
        assertThat(command.exitCode()).isEqualTo(1);
        assertThat(command.output()).isEmpty();
        assertThat(command.errors().lines())
            .singleElement()
            .asString()
            .containsPattern("(no answer from|did not answer within)")
            .contains(address)
            .doesNotContain(token);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
    }
  }

  private static void serve(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> trickle(socket));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static void trickle(Socket socket) {
    try (socket) {
      String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      while (true) {
        socket.getOutputStream().write(' ');
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    } catch (IOException e) {
      // The client has enough.
    }
  }
}
