package lockstep.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers may send, to the byte, and what is sent to them. */
final class PlainExchangeTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final BodyLimits LIMITS = new BodyLimits(1000, 10);

  /** The answer to a request that got these bytes, after which the connection ends. */
  private static Carrier.Answer answerTo(String bytes) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> request = serve(server, bytes);
      try (PlainExchange exchange = exchange(server, LONG)) {
        Carrier.Answer answer = exchange.carry(Request.get("/a/b/", Map.of("Key", "value")));
        assertThat(request.join()).startsWith("GET /a/b/ HTTP/1.1\r\nHost: 127.0.0.1:");
        return answer;
      }
    }
  }

  private static PlainExchange exchange(ServerSocket server, Duration time) {
    Address address = Address.parse("http://127.0.0.1:" + server.getLocalPort(), false);
    return new PlainExchange(new Carrier.Head(address, "Bearer x", "test"), LIMITS, time);
  }

  private static CompletableFuture<String> serve(ServerSocket server, String bytes) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket socket = server.accept()) {
            String request = head(socket.getInputStream());
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return request;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        command -> Thread.ofVirtual().start(command));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  private static String text(Carrier.Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and what nobody asked for",
        "HTTP/1.1 200\ncontent-length:5\n\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
      })
  void bodiesEndWhereTheirFramingSays(String bytes) throws IOException {
    Carrier.Answer answer = answerTo(bytes);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(text(answer)).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Len",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nhello\r\n0\r\n\r\n"
      })
  void whatIsNotAWholeAnswerIsAFailure(String bytes) {
    assertThatThrownBy(() -> answerTo(bytes)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({"200, 1000, true", "200, 1001, false", "404, 10, true"})
  void bodiesAreReadUpToALimit(int status, int length, boolean isWhole) throws IOException {
    String bytes = "HTTP/1.1 " + status + " X\r\nContent-Length: " + length + "\r\n\r\n";

    if (isWhole) {
      assertThat(answerTo(bytes + "x".repeat(length)).body()).hasSize(length);
    } else {
      assertThatThrownBy(() -> answerTo(bytes + "x".repeat(length)))
          .isInstanceOf(BodyLimits.TooLongException.class);
    }
  }

  @Test
  void aHeadThatNeverEndsIsAFailure() {
    assertThatThrownBy(() -> answerTo("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(100_000)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> answerTo("HTTP/1.1 200 OK\r\na: " + "b".repeat(100_000)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void theTimeToWaitIsReported() throws IOException {
    Carrier.Answer answer =
        answerTo("HTTP/1.1 429 Slow\r\nRETRY-AFTER:  7 \r\nContent-Length: 0\r\n\r\n");

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.retryAfter()).contains("7");
  }

  @Test
  void aHeaderCannotBecomeTwo() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PlainExchange exchange = exchange(server, LONG)) {
      Request request = Request.get("/", Map.of("Path", "/a\r\nForged: yes"));

      assertThatThrownBy(() -> exchange.carry(request))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("Forged");
    }
  }

  @Test
  void waitingEndsWhenTheTimeIsOver() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PlainExchange exchange = exchange(server, Duration.ofMillis(100))) {
      assertThatThrownBy(() -> exchange.carry(Request.get("/", Map.of())))
          .isInstanceOf(IOException.class);
    }
  }

  /** Each byte comes in time, and there is always another one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "HTTP/1.1 200 OK\r\nA: |x",
        "HTTP/1.1 200 OK\r\n|A: b\r\n",
        "|HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n|x",
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n|x",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|1\r\nx\r\n",
        "HTTP/1.1 500 Fault\r\n\r\n|x"
      })
  void anAnswerThatTricklesEndsWithTheTime(String bytes) throws IOException {
    Duration time = Duration.ofMillis(300);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PlainExchange exchange = exchange(server, time)) {
      trickle(server, bytes, Duration.ofMillis(40));
      long start = System.nanoTime();

      assertThatThrownBy(() -> exchange.carry(Request.get("/", Map.of())))
          .isInstanceOf(SocketTimeoutException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(time.dividedBy(2), Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n\r\n|x",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|1\r\nx\r\n"
      })
  void anAnswerThatTricklesEndsWithTheLimitOfItsSize(String bytes) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PlainExchange exchange = exchange(server, LONG)) {
      trickle(server, bytes, Duration.ZERO);

      assertThatThrownBy(() -> exchange.carry(Request.get("/", Map.of())))
          .isInstanceOf(BodyLimits.TooLongException.class);
    }
  }

  /** Sends one byte after the other, and what stands behind the bar again and again. */
  private static void trickle(ServerSocket server, String bytes, Duration pause) {
    String first = bytes.substring(0, bytes.indexOf('|') + 1).replace("|", "");
    String rest = bytes.substring(bytes.indexOf('|') + 1);
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket socket = server.accept()) {
                head(socket.getInputStream());
                for (String next = first; true; next = rest) {
                  for (byte one : next.getBytes(StandardCharsets.ISO_8859_1)) {
                    socket.getOutputStream().write(one);
                    LockSupport.parkNanos(pause.toNanos());
                  }
                }
              } catch (IOException e) {
                // The client has enough.
              }
            });
  }

  @Test
  void closingEndsTheWaiting() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PlainExchange exchange = exchange(server, LONG);
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  exchange.carry(Request.get("/", Map.of()));
                } catch (Throwable e) {
                  failure.complete(e);
                }
              });
      try (Socket accepted = server.accept()) {
        head(accepted.getInputStream());
        exchange.close();

        assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
      }
    }
  }
}
