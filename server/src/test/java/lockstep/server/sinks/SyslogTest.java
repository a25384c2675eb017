package lockstep.server.sinks;

import static lockstep.server.sinks.SinkEvents.event;
import static lockstep.server.sinks.SinkEvents.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import lockstep.server.faults.Eventually;
import lockstep.server.http.TestCertificate;
import lockstep.server.sinks.SinkAddress.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages to syslog servers, over each transport. */
final class SyslogTest {

  private static final SyslogFormat FORMAT = new SyslogFormat("host.example", 42);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** A database in which no chain has an end, a few events at a time. */
  private static final Earlier EARLIER = (_, after) -> events(after + 1, after + 3);

  @TempDir private Path folder;

  private static String message(long sequence) {
    return "<109>1 2026-02-03T04:05:06.070809Z host.example lockstep 42 secret.read -"
        + " {\"sequence\":"
        + sequence
        + "}";
  }

  private static SyslogStream stream(SyslogReceiver receiver, Optional<SSLContext> tls) {
    return new SyslogStream(
        new SinkAddress.Syslog(
            tls.isPresent() ? Transport.TLS : Transport.TCP, "127.0.0.1", receiver.port()),
        tls.map(SSLContext::getSocketFactory),
        FORMAT,
        EARLIER,
        System::nanoTime);
  }

  @Test
  void aMessageHasPriorityTimeHostNameProcessAndTheEventAsJson() {
    assertThat(new String(FORMAT.message(event(7)), StandardCharsets.UTF_8)).isEqualTo(message(7));
  }

  @Test
  void aRefusalIsAWarning() {
    byte[] refused = FORMAT.message(event(1, "refuse", "{}"));
    assertThat(new String(refused, StandardCharsets.UTF_8))
        .startsWith("<108>1 ")
        .contains(" secret.refuse - {}");
  }

  @Test
  void theLengthOfAFrameIsThatOfItsBytesNotOfItsCharacters() {
    byte[] frame = FORMAT.frame(event(1, "read", "{\"name\":\"\u00e4\ud83d\ude00\"}"));
    String text = new String(frame, StandardCharsets.UTF_8);
    int length = Integer.parseInt(text.substring(0, text.indexOf(' ')));
    assertThat(frame).hasSize(length + Integer.toString(length).length() + 1);
  }

  @Test
  void aHostNameThatIsNoneBecomesOne() {
    assertThat(
            new String(
                new SyslogFormat("a b\n\u00e4", 1).message(event(1)), StandardCharsets.UTF_8))
        .contains("Z ab lockstep ");
    assertThat(new String(new SyslogFormat("", 1).message(event(1)), StandardCharsets.UTF_8))
        .contains("Z - lockstep ");
  }

  @Test
  void eventsArriveOverTcpInTheirOrder() throws Exception {
    try (SyslogReceiver receiver = SyslogReceiver.plain(0);
        SyslogStream sink = stream(receiver, Optional.empty())) {
      sink.deliver(events(1, 3));
      sink.deliver(events(4, 4));
      Eventually.within(LIMIT, "all", () -> receiver.messages.size() == 4);
      assertThat(receiver.messages).containsExactly(message(1), message(2), message(3), message(4));
    }
  }

  @Test
  void eventsArriveOverTlsAtAServerWithATrustedCertificateOnly() throws Exception {
    TestCertificate certificate = TestCertificate.writeTo(folder);
    SSLContext trusting = Authorities.trust(certificate.files().certificates());
    try (SyslogReceiver receiver =
            SyslogReceiver.encrypted(TestCertificate.serving(folder), "127.0.0.1");
        SyslogReceiver otherwise =
            SyslogReceiver.encrypted(TestCertificate.serving(folder), "127.0.0.2")) {
      try (SyslogStream sink = stream(receiver, Optional.of(trusting))) {
        sink.deliver(events(1, 2));
        Eventually.within(LIMIT, "all", () -> receiver.messages.size() == 2);
      }
      try (SyslogStream sink = stream(receiver, Optional.of(SSLContext.getDefault()))) {
        assertThatThrownBy(() -> sink.deliver(events(3, 3))).isInstanceOf(IOException.class);
      }
      SinkAddress.Syslog otherName =
          new SinkAddress.Syslog(Transport.TLS, "127.0.0.2", otherwise.port());
      try (SyslogStream sink =
          new SyslogStream(
              otherName,
              Optional.of(trusting.getSocketFactory()),
              FORMAT,
              EARLIER,
              System::nanoTime)) {
        assertThatThrownBy(() -> sink.deliver(events(3, 3))).isInstanceOf(IOException.class);
      }
      assertThat(receiver.messages).containsExactly(message(1), message(2));
      assertThat(otherwise.messages).isEmpty();
    }
  }

  /** TCP takes what nobody reads, so all of it is sent again. */
  @Test
  void whatMayNotHaveBeenReadBeforeAConnectionBrokeIsSentAgain() throws Exception {
    try (SyslogReceiver receiver = SyslogReceiver.plain(0);
        SyslogStream sink = stream(receiver, Optional.empty())) {
      sink.deliver(events(1, 1));
      Eventually.within(LIMIT, "the first", () -> receiver.messages.size() == 1);
      receiver.cutWithoutReading(1);
      deliverUntilTaken(sink, events(2, 2));
      Eventually.within(
          LIMIT,
          "the second",
          () -> {
            repeat(sink);
            return receiver.messages.contains(message(2));
          });
      assertThat(receiver.messages.stream().distinct()).containsExactly(message(1), message(2));
    }
  }

  @Test
  void aServerThatIsGoneIsNoticedWithoutAnEvent() throws Exception {
    SyslogStream sink;
    try (SyslogReceiver receiver = SyslogReceiver.plain(0)) {
      sink = stream(receiver, Optional.empty());
      sink.deliver(events(1, 1));
    }
    try (sink) {
      Eventually.within(LIMIT, "notice", () -> !keep(sink));
    }
  }

  private static void deliverUntilTaken(SyslogStream sink, List<SinkEvent> events) {
    Eventually.within(
        LIMIT,
        "delivery",
        () -> {
          try {
            sink.deliver(events);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /**
   * What was delivered long before the connection broke, as when the other machine was gone and the
   * operating system took it for the next quarter of an hour.
   */
  @Test
  void whatWasWrittenInTheLastTwentyMinutesIsSentAgainInItsOrderBeforeAnythingNew()
      throws Exception {
    AtomicLong now = new AtomicLong();
    try (SyslogReceiver receiver = SyslogReceiver.plain(0);
        SyslogStream sink =
            new SyslogStream(
                new SinkAddress.Syslog(Transport.TCP, "127.0.0.1", receiver.port()),
                Optional.empty(),
                FORMAT,
                EARLIER,
                now::get)) {
      sink.deliver(events(1, 2));
      now.addAndGet(Duration.ofMinutes(6).toNanos());
      for (long next = 3; next <= 10; next++) {
        sink.deliver(events(next, next));
        now.addAndGet(Duration.ofMinutes(2).toNanos());
      }
      Eventually.within(LIMIT, "all", () -> receiver.messages.size() == 10);
      receiver.messages.clear();
      receiver.cutWithoutReading(0);
      Eventually.within(
          LIMIT,
          "the end of the repetition",
          () -> !repeat(sink) && receiver.messages.contains(message(10)));
      sink.deliver(events(11, 11));
      Eventually.within(LIMIT, "the next", () -> receiver.messages.contains(message(11)));
      assertThat(receiver.messages)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, 11).mapToObj(SyslogTest::message).toList());

      // What was sent again is as uncertain as what is new; what is older than that is not.
      now.addAndGet(Duration.ofMinutes(10).toNanos());
      sink.deliver(events(12, 12));
      now.addAndGet(Duration.ofMinutes(12).toNanos());
      sink.deliver(events(13, 13));
      Eventually.within(LIMIT, "the next", () -> receiver.messages.contains(message(13)));
      receiver.messages.clear();
      receiver.cutWithoutReading(0);
      Eventually.within(
          LIMIT,
          "the end of the repetition",
          () -> !repeat(sink) && receiver.messages.contains(message(13)));
      assertThat(receiver.messages).containsExactly(message(12), message(13));
    }
  }

  private static boolean repeat(SyslogStream sink) {
    try {
      return sink.repeat();
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean keep(SyslogStream sink) {
    try {
      sink.keep();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void eventsArriveOverUdpAndOneThatDoesNotFitIsShortened() throws Exception {
    try (DatagramSocket receiver =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SyslogDatagrams sink =
            new SyslogDatagrams(
                new SinkAddress.Syslog(Transport.UDP, "127.0.0.1", receiver.getLocalPort()),
                FORMAT)) {
      receiver.setSoTimeout((int) LIMIT.toMillis());
      sink.deliver(
          List.of(event(1), event(2, "read", "{\"x\":\"" + "y".repeat(70_000) + "\"}"), event(3)));
      List<String> received = Stream.generate(() -> receive(receiver)).limit(3).toList();
      assertThat(received.get(0)).isEqualTo(message(1));
      assertThat(received.get(1)).contains("\"sequence\":2,").contains("\"shortened\":true");
      assertThat(received.get(2)).isEqualTo(message(3));
    }
  }

  private static String receive(DatagramSocket socket) {
    DatagramPacket packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
    try {
      socket.receive(packet);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }
}
