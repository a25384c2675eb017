package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import lockstep.server.net.AddressRange;
import org.junit.jupiter.api.Test;

/** Whose word the listening server takes for where a request comes from. */
final class ForwardedHeadersTest {
  @Test
  void serverBelievesConfiguredProxiesOnly() {
    String forged = "X-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 7.7.7.7\r\n\r\n";
    try (TestServer server = new TestServer()) {
      assertThat(server.raw(TestServer.head("GET", "/v1/echo/") + forged).body())
          .contains("\"address\":\"127.0.0.1\"");
    }
    HttpSettings behindProxy =
        new HttpSettings(
            "127.0.0.1",
            0,
            HttpSettings.Limits.DEFAULT,
            HttpSettings.Timeouts.DEFAULT,
            List.of(AddressRange.parse("127.0.0.1").orElseThrow()));
    try (TestServer server = new TestServer(behindProxy)) {
      assertThat(server.raw(TestServer.head("GET", "/v1/echo/") + forged).body())
          .contains("\"address\":\"7.7.7.7\"");
      String hops = "X-Forwarded-For: 5.5.5.5, 6.6.6.6\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n";
      assertThat(server.raw(TestServer.head("GET", "/v1/echo/") + hops).body())
          .contains("\"address\":\"6.6.6.6\"");
    }
  }
}
