package lockstep.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.config.ConfigurationException;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/** How often an account may call. The periods are long, so that no slot frees during a test. */
@ContractTest
final class RateLimitContractTest extends OnBothDatabases {

  @Test
  void withoutSettingsThereIsNoLimit() {
    for (int i = 0; i < 300; i++) {
      owner.get("/v1/apps/").is(200);
    }
  }

  @Test
  void theLimitOfThePlanComesBeforeTheOneOfAll() {
    on(
        Map.of(
            "RATE_LIMIT_FREE", "2/hour", "RATE_LIMIT_PRO", "3/d", "RATE_LIMIT_DEFAULT", "4/hour"),
        there -> {
          assertAllowed(there.member(DefaultRole.DEVELOPER), 2);
          there.plan("PRO");
          assertAllowed(there.member(DefaultRole.DEVELOPER), 3);
          there.plan("ENTERPRISE");
          assertAllowed(there.member(DefaultRole.DEVELOPER), 4);
        });
  }

  @Test
  void anEmptySettingIsUnset() {
    on(
        Map.of("RATE_LIMIT_FREE", "", "RATE_LIMIT_DEFAULT", "2/h"),
        there -> assertAllowed(there.member(DefaultRole.DEVELOPER), 2));
  }

  @Test
  void aLimitOfOnePlanLeavesTheOthersUnlimited() {
    on(
        Map.of("RATE_LIMIT_FREE", "1/h"),
        there -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          there.plan("PRO");
          for (int i = 0; i < 10; i++) {
            member.get("/v1/apps/").is(200);
          }
        });
  }

  @Test
  void hostedPlansHaveBuiltInLimits() {
    on(
        Map.of("APP_HOST", "cloud"),
        there -> {
          assertAllowed(there.member(DefaultRole.DEVELOPER), 120);
          there.plan("PRO");
          assertAllowed(there.member(DefaultRole.DEVELOPER), 240);
          there.plan("ENTERPRISE");
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          for (int i = 0; i < 250; i++) {
            member.get("/v1/apps/").is(200);
          }
        });
  }

  @Test
  void aMalformedOrUselessLimitStopsTheStart() {
    for (String limit : List.of("0/h", "-1/h", "5", "5/", "h/5", "5/w", "1.5/h", "5 / h", "/h")) {
      for (String name :
          List.of(
              "RATE_LIMIT_DEFAULT", "RATE_LIMIT_FREE", "RATE_LIMIT_PRO", "RATE_LIMIT_ENTERPRISE")) {
        assertThatThrownBy(() -> ServerConfiguration.read(Map.of(name, limit), Map.of()))
            .as("%s=%s", name, limit)
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining(name);
      }
    }
  }

  @Test
  void aThrottledRequestIsToldWhenToComeBack() {
    on(
        Map.of("RATE_LIMIT_DEFAULT", "1/hour"),
        there -> {
          there.owner().get("/v1/apps/").is(200);
          TestResponse throttled = there.owner().get("/v1/apps/").is(429);
          long seconds =
              Long.parseLong(throttled.headers().firstValue("Retry-After").orElseThrow());
          assertThat(seconds).isBetween(3_000L, 3_600L);
          throttled.isError(
              429, "Request was throttled. Expected available in " + seconds + " seconds.");
        });
  }

  @Test
  void aSlotFreesAfterThePeriodWhateverWasRejectedMeanwhile() {
    on(
        Map.of("RATE_LIMIT_DEFAULT", "1/s"),
        there -> {
          TestResponse response = there.owner().get("/v1/apps/").is(200);
          while (response.status() == 200) {
            response = there.owner().get("/v1/apps/");
          }
          response.isError(429, "Request was throttled. Expected available in 1 second.");
          assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
          long begin = System.nanoTime();
          while (response.status() == 429) {
            response = there.owner().get("/v1/apps/");
            assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
          }
          response.is(200);
        });
  }

  @Test
  void allTokensAndSpellingsOfAnAccountShareItsLimit() {
    on(
        Map.of("RATE_LIMIT_DEFAULT", "2/h"),
        there -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          TestCaller sibling = there.memberToken(member, null);
          member.get("/v1/apps/").is(200);
          sibling.get("/service/public/v1/apps").is(200);

          String authorization = String.valueOf(sibling.headers().get("Authorization"));
          TestCaller anonymous = TestCaller.anonymous(member.server());
          for (TestCaller same :
              List.of(
                  member,
                  sibling,
                  there.memberToken(member, null),
                  anonymous.with("Authorization", authorization.replace("Bearer", "bearer")),
                  anonymous.with("Authorization", authorization + " more"),
                  member.with("X-Forwarded-For", "203.0.113.9"),
                  member.with("X-Real-IP", "203.0.113.9"),
                  member.with("User-Agent", "somebody else"))) {
            same.get("/v1/apps/").is(429);
            same.get("/public/v1/apps").is(429);
            same.get("/v1/apps/x/").is(429);
          }
        });
  }

  @Test
  void accountsDoNotShareALimit() {
    on(
        Map.of("RATE_LIMIT_DEFAULT", "4/h"),
        there -> {
          TestApp app = there.app("app");
          assertAllowed(there.member(DefaultRole.DEVELOPER), 4);
          assertAllowed(there.member(DefaultRole.DEVELOPER), 4);
          assertAllowed(there.serviceAccount(DefaultRole.SERVICE), 4);
          TestCaller legacy = there.serviceToken(app, "Development");
          for (int i = 0; i < 4; i++) {
            legacy.get(app.secrets()).is(200);
          }
          legacy.get(app.secrets()).is(429);
          there.serviceToken(app, "Development").get(app.secrets()).is(200);
        });
  }

  @Test
  void requestsThatAreNotLetInDoNotCountAndOthersDoHoweverTheyEnd() {
    on(
        Map.of("RATE_LIMIT_DEFAULT", "3/h"),
        there -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          TestCaller forger =
              TestCaller.anonymous(member.server())
                  .with("Authorization", "Bearer User " + "0".repeat(64));
          for (int i = 0; i < 10; i++) {
            forger.get("/v1/apps/").is(401);
            member.sendText("PATCH", "/v1/apps/", "").is(405);
            member.get("/nowhere/").is(404);
            member.get("/health/").is(200);
          }
          member.get("/v1/apps/x/").is(404);
          member.post("/v1/apps/", Map.of()).is(403);
          member.get("/v1/environments/").is(403);
          member.get("/v1/apps/x/").is(429);
          member.sendText("PATCH", "/v1/apps/", "").is(405);
          forger.get("/v1/apps/").is(401);
          member.get("/health/").is(200);
          member.get("/").is(200);
        });
  }

  @Test
  void theLimitComesBeforeTheBody() {
    on(
        Map.of("RATE_LIMIT_DEFAULT", "1/h"),
        there -> {
          there.owner().get("/v1/apps/").is(200);
          there.owner().post("/v1/apps/", Map.of("name", "n")).is(429);
          there.owner().sendText("POST", "/v1/apps/", "{").is(429);
        });
  }

  private static void assertAllowed(TestCaller caller, int requests) {
    for (int i = 0; i < requests; i++) {
      caller.get("/v1/apps/").is(200);
    }
    caller.get("/v1/apps/").is(429);
    caller.get("/v1/apps/").is(429);
  }

  private void on(Map<String, String> settings, Consumer<TestOrganisation> test) {
    try (ServerUnderTest limited = ServerUnderTest.start(backend, settings)) {
      test.accept(TestOrganisation.create(limited));
    }
  }
}
