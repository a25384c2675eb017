package lockstep.server.edge;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import lockstep.server.ServerUnderTest;
import lockstep.server.faults.Eventually;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that take their time, many more than there are places, beside one that does not. */
@SuppressWarnings("NullAway.Init") // set before each test
@Timeout(60)
final class SlowClientsTest {

  private static final int CAPACITY = 8;
  private static final int MANY = 100;
  private static final int MIB = 1 << 20;
  private static final Duration DROP_EVERY = Duration.ofMillis(100);

  private final ScheduledExecutorService dripping = Executors.newSingleThreadScheduledExecutor();
  private final List<SlowClient> slow = new ArrayList<>();
  private ServerUnderTest server;
  private TestOrganisation organisation;
  private TestCaller ordinary;
  private TestApp app;
  private TestApp large;

  @BeforeEach
  void startServerWithShortTimeouts() {
    server =
        ServerUnderTest.start(
            Backend.SQLITE,
            Map.of(
                "LOCKSTEP_MAX_CONCURRENT_REQUESTS", String.valueOf(CAPACITY),
                "LOCKSTEP_IDLE_SECONDS", "2",
                "LOCKSTEP_HEAD_SECONDS", "2",
                "LOCKSTEP_REQUEST_SECONDS", "3"));
    organisation = TestOrganisation.create(server);
    ordinary = organisation.owner();
    app = organisation.app("app");
    ordinary.post(app.secrets(), body(secret("KEY", "value"))).is(201);
    large = organisation.app("large");
    String mebibyte = "${BIG}".repeat(16);
    ordinary.post(large.secrets(), body(secret("BIG", "x".repeat(65_536)))).is(201);
    ordinary
        .post(
            large.secrets(),
            body(IntStream.range(0, 8).mapToObj(i -> secret("S" + i, mebibyte)).toArray()))
        .is(201);
  }

  @AfterEach
  void stop() {
    dripping.shutdownNow();
    slow.forEach(SlowClient::close);
    server.close();
  }

  @Test
  void headsThatComeByteByByteHoldUpNobodyAndAreCut() {
    open(MANY, () -> "GET " + app.secrets() + " HTTP/1.1\r\nX-Slow: ");
    dripUntilStopped();
    assertOrdinaryReadsAreAnswered();
    assertThat(slow).allSatisfy(client -> assertThat(client.isEnded()).isTrue());
  }

  /** Of one account and of many, and of strangers. */
  @Test
  void bodiesThatComeByteByByteHoldUpNobodyAndAreCut() {
    open(MANY / 2, () -> slowBody(organisation.owner()));
    open(MANY / 2, () -> slowBody(TestCaller.anonymous(server.uri())));
    dripUntilStopped();
    assertOrdinaryReadsAreAnswered();
    assertThat(slow).allSatisfy(client -> assertThat(client.isEnded()).isTrue());
  }

  @Test
  void answersThatNobodyTakesHoldUpNobodyAndAreCutAndShareTheirMemory() {
    ordinary.get(large.secrets()).is(200);
    long before = liveBytes();
    for (int i = 0; i < MANY / 2; i++) { // One by one, lest they be shed.
      open(1, () -> head(ordinary, "GET", large.secrets()) + "\r\n");
      slow.getLast().awaitFirstByte();
    }
    long bytes = liveBytes() - before;
    assertOrdinaryReadsAreAnswered();
    assertThat(bytes).isLessThan(64L * MIB);
    Eventually.within(
        Duration.ofSeconds(15), "all are cut", () -> slow.stream().noneMatch(SlowClient::drip));
    slow.forEach(client -> assertThat(client.receiveRest()).isLessThan(8L * MIB));
  }

  private String slowBody(TestCaller caller) {
    return head(caller, "POST", app.secrets()) + "Content-Length: 1000\r\n\r\n{";
  }

  private static String head(TestCaller caller, String method, String target) {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: test\r\n");
    caller.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return head.toString();
  }

  private void open(int count, Supplier<String> begin) {
    for (int i = 0; i < count; i++) {
      slow.add(new SlowClient(server.uri().getPort(), begin.get()));
    }
  }

  private void dripUntilStopped() {
    List<SlowClient> clients = List.copyOf(slow);
    var _ =
        dripping.scheduleWithFixedDelay(
            () -> clients.forEach(client -> client.drip()),
            0,
            DROP_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void assertOrdinaryReadsAreAnswered() {
    for (int i = 0; i < 50; i++) {
      long begin = System.nanoTime();
      ordinary.get(app.secrets()).is(200);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }
  }

  private static long liveBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static final class SlowClient implements AutoCloseable {

    private final Socket socket = new Socket();

    SlowClient(int port, String begin) {
      try {
        socket.setReceiveBufferSize(4_096); // Otherwise the system takes what the client does not.
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(8_000);
        socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Sends one more byte; false if the server has hung up. */
    boolean drip() {
      try {
        socket.getOutputStream().write('x');
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    void awaitFirstByte() {
      try {
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits until the server has hung up, with an answer or without. */
    boolean isEnded() {
      try {
        socket.getInputStream().readAllBytes();
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    /** How many bytes come until the server hangs up. */
    long receiveRest() {
      long received = 0;
      try (InputStream in = socket.getInputStream()) {
        byte[] part = new byte[64 << 10];
        for (int read = in.read(part); read >= 0; read = in.read(part)) {
          received += read;
        }
      } catch (SocketTimeoutException e) {
        throw new AssertionError("the server has not hung up", e);
      } catch (IOException e) {
        return received;
      }
      return received;
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
