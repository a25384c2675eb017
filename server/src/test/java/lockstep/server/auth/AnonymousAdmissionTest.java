package lockstep.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/** Callers without a token, told apart by a proxy that the server trusts. */
final class AnonymousAdmissionTest {

  private static final String PATH = "/v1/invites/" + UUID.randomUUID() + "/";

  @Test
  void theConfiguredLimitHoldsForEachAddressAndForBothRoutesOfInvitesTogether() {
    try (ServerUnderTest server = server(Map.of("RATE_LIMIT_DEFAULT", "2/hour"))) {
      from(server, "192.0.2.1").get(PATH).is(404);
      from(server, "192.0.2.1").post(PATH + "accept/", Map.of()).is(404);

      TestResponse refused = from(server, "192.0.2.1").get(PATH).is(429);

      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      from(server, "192.0.2.1").post(PATH + "accept/", Map.of()).is(429);
      from(server, "192.0.2.2").get(PATH).is(404);
    }
  }

  @Test
  void invitesAndTextsSharedByLinkShareALimit() {
    String link = "/service/lockbox/" + UUID.randomUUID();
    try (ServerUnderTest server = server(Map.of("RATE_LIMIT_DEFAULT", "2/hour"))) {
      from(server, "192.0.2.1").get(PATH).is(404);
      from(server, "192.0.2.1").sendText("POST", link, "").is(404);

      from(server, "192.0.2.1").sendText("POST", link, "").is(429);
      from(server, "192.0.2.1").get(link).is(429);
      from(server, "192.0.2.1").get(PATH).is(429);
      from(server, "192.0.2.2").get(link).is(404);
    }
  }

  @Test
  void theAddressesOfOneNetworkShareALimit() {
    try (ServerUnderTest server = server(Map.of("RATE_LIMIT_DEFAULT", "2/hour"))) {
      from(server, "2001:db8:0:1::1").get(PATH).is(404);
      from(server, "2001:db8:0:1:ffff::2").get(PATH).is(404);

      from(server, "2001:db8:0:1::3").get(PATH).is(429);
      from(server, "2001:db8:0:2::1").get(PATH).is(404);
    }
  }

  @Test
  void withoutAConfiguredLimitThereIsOneNevertheless() {
    try (ServerUnderTest server = server(Map.of())) {
      for (int i = 0; i < 240; i++) {
        from(server, "192.0.2.1").get(PATH).is(404);
      }

      from(server, "192.0.2.1").get(PATH).is(429);
      from(server, "192.0.2.2").get(PATH).is(404);
    }
  }

  private static ServerUnderTest server(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("TRUSTED_PROXIES", "127.0.0.1");
    return ServerUnderTest.start(Backend.SQLITE, settings);
  }

  private static TestCaller from(ServerUnderTest server, String address) {
    return TestCaller.anonymous(server.uri()).with("X-Real-IP", address);
  }
}
