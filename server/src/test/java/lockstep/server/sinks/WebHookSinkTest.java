package lockstep.server.sinks;

import static lockstep.server.sinks.SinkEvents.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events at a web hook. */
final class WebHookSinkTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_770_000_000), ZoneOffset.UTC);

  private static WebHookSink sink(HookReceiver hook) {
    return new WebHookSink(hook.url(), HookReceiver.SECRET, Optional.empty(), CLOCK);
  }

  @Test
  void eventsArriveAsLinesThatAreSigned() throws Exception {
    try (HookReceiver hook = new HookReceiver();
        WebHookSink sink = sink(hook)) {
      sink.deliver(events(1, 2));
      HookReceiver.Posted posted = hook.posted.getFirst();
      assertThat(posted.contentType()).isEqualTo("application/x-ndjson");
      assertThat(posted.body()).isEqualTo("{\"sequence\":1}\n{\"sequence\":2}\n");
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(HookReceiver.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signed = mac.doFinal(("1770000000." + posted.body()).getBytes(StandardCharsets.UTF_8));
      assertThat(posted.signature())
          .isEqualTo("t=1770000000,v1=" + HexFormat.of().formatHex(signed));
    }
  }

  /** The timeout of a request alone ends with the head. */
  @Test
  void anAnswerWhoseBodyDoesNotEndIsAFailureInTime() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread stalling = Thread.ofVirtual().start(() -> answerWithoutAnEnd(listening));
      URI url = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/in-the-url");
      try (WebHookSink sink =
          new WebHookSink(
              url, HookReceiver.SECRET, Optional.empty(), CLOCK, Duration.ofMillis(500))) {
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () ->
                assertThatThrownBy(() -> sink.deliver(events(1, 1)))
                    .isInstanceOf(HttpTimeoutException.class)
                    .hasMessageNotContaining("in-the-url"));
        // The connection was cut, too.
        assertThat(stalling.join(Duration.ofSeconds(20))).isTrue();
      }
    }
  }

  private static void answerWithoutAnEnd(ServerSocket listening) {
    try (Socket socket = listening.accept()) {
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 500, 503})
  void anyOtherStatusIsAFailure(int status) throws Exception {
    try (HookReceiver hook = new HookReceiver();
        WebHookSink sink = sink(hook)) {
      hook.status = status;
      assertThatThrownBy(() -> sink.deliver(events(1, 1)))
          .isInstanceOf(IOException.class)
          .hasMessageNotContaining("in-the-url");
    }
  }
}
