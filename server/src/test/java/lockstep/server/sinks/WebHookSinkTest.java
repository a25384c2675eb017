package lockstep.server.sinks;

import static lockstep.server.sinks.SinkEvents.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
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
