package lockstep.server.auth;

import static lockstep.server.store.tables.Tables.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.http.Access;
import lockstep.server.http.RawClient;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in by which {@code Authorization} header. */
@ContractTest
final class AuthenticationContractTest extends OnBothDatabases {

  private static final String NONE = "Authentication credentials were not provided.";
  private static final String INVALID = "Invalid token";
  private static final String DEAD = "Token expired or deleted";

  @Test
  void withoutCredentialsEveryRouteBehindThemIs401() {
    for (Route route : server.routes()) {
      if (route.access() != Access.PUBLIC) {
        for (String method : route.methods()) {
          refused(
              TestCaller.anonymous(server.uri())
                  .sendText(method, route.template().replace(":", ""), ""),
              NONE);
        }
      }
    }
  }

  @Test
  void anEmptyHeaderIsNone() {
    for (String value : List.of("", " ", "   ")) {
      try (RawClient client = new RawClient(server.uri().getPort())) {
        client.send("GET /v1/apps/ HTTP/1.1\r\nHost: h\r\nAuthorization:" + value + "\r\n\r\n");
        assertThat(client.receive().summary()).isEqualTo("401 {\"error\":\"" + NONE + "\"}");
      }
    }
  }

  @Test
  void whatIsNotThreePartsWithAKnownTypeIsInvalid() {
    String token = token(owner);
    for (String header :
        List.of(
            "Bearer",
            "Bearer User",
            "Bearer " + token,
            "User " + token,
            token,
            "Basic User " + token,
            "Token User " + token,
            "Bearer  User " + token,
            "Bearer User  " + token,
            "Bearer  " + token,
            "Bearer user " + token,
            "Bearer USER " + token,
            "Bearer Serviceaccount " + token,
            "Bearer Admin " + token,
            "Bearer Service " + token,
            "Bearer,User," + token,
            "Bearer\tUser\t" + token)) {
      refused(header(header), INVALID);
    }
  }

  @Test
  void theSchemeIsReadInAnyCaseAndMorePartsAreIgnored() {
    String token = token(owner);
    for (String header :
        List.of(
            "bearer User " + token,
            "BEARER User " + token,
            "bEaReR User " + token,
            "Bearer User " + token + " ",
            "Bearer User " + token + " and more",
            "Bearer User " + token + "  ")) {
      header(header).is(200);
    }
  }

  @Test
  void unknownTokensAreDead() {
    String token = token(owner);
    for (String value :
        List.of(
            "0".repeat(64),
            "x",
            "'",
            token.substring(1),
            token + "0",
            token.toUpperCase(Locale.ROOT),
            "%00",
            "null")) {
      if (!value.equals(token)) {
        refused(header("Bearer User " + value), DEAD);
      }
    }
  }

  @Test
  void theLongFormsOfTokensAreNotAccepted() {
    String token = token(owner);
    String tail = ":" + "a".repeat(64) + ":" + "b".repeat(64) + ":" + "c".repeat(64);
    refused(header("Bearer User pss_user:v1:" + token + tail), DEAD);
    refused(header("Bearer ServiceAccount pss_service:v2:" + token + tail), DEAD);
    refused(header("Bearer pss_user:v1:" + token + tail), INVALID);
    refused(header("pss_user:v1:" + token + tail), INVALID);
  }

  @Test
  void kindsOfTokensAreNotInterchangeable() {
    TestApp app = organisation.app("app");
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(account, app, "Development");
    TestCaller legacy = organisation.serviceToken(app, "Development");
    Map<String, TestCaller> kinds =
        Map.of("User", owner, "ServiceAccount", account, "Service", legacy);
    kinds.forEach(
        (kind, caller) ->
            kinds
                .keySet()
                .forEach(
                    claimed -> {
                      TestResponse response =
                          anonymous()
                              .with("Authorization", "Bearer " + claimed + " " + token(caller))
                              .get(app.secrets());
                      if (claimed.equals(kind)) {
                        response.is(200);
                      } else {
                        refused(response, DEAD);
                      }
                    }));
  }

  @Test
  void legacyServiceTokensAreAcceptedForSecretsOnly() {
    TestApp app = organisation.app("app");
    TestCaller legacy = organisation.serviceToken(app, "Development");
    for (Route route : server.routes()) {
      if (route.access() == Access.ACCOUNT) {
        for (String method : route.methods()) {
          refused(legacy.sendText(method, route.template().replace(":", ""), ""), INVALID);
        }
      }
    }
    assertThat(
            server.routes().stream()
                .filter(route -> route.access() == Access.ACCOUNT_OR_SERVICE_TOKEN)
                .map(Route::template))
        .contains("/v1/secrets/")
        .doesNotContain("/v1/apps/", "/v1/environments/");
  }

  @Test
  void aLegacyServiceTokenOpensItsEnvironmentsWithoutARole() {
    TestApp app = organisation.app("app");
    TestCaller legacy = organisation.serviceToken(app, "Development");
    TestResponse created =
        legacy
            .post(
                app.secrets(),
                TestApp.body(
                    TestApp.object(
                        "key",
                        "K",
                        "value",
                        "v",
                        "override",
                        TestApp.object("value", "o", "isActive", true))))
            .is(201);
    assertThat(created.json().get(0).get("override").isNull()).isTrue();
    legacy.get(app.secrets("development")).is(200);
    legacy.delete(app.secrets(), Map.of("secrets", List.of(created.id()))).is(200);
    for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
      legacy
          .sendText(method, app.secrets("Staging"), "{")
          .isError(403, "Service token cannot access this environment");
    }
    TestApp other = organisation.app("other");
    legacy.get(other.secrets()).isError(403, "Service token cannot access this environment");
  }

  @Test
  void aTokenExpiresWhenItsTimeHasPassed() {
    Instant now = Instant.now();
    organisation.memberToken(owner, now.plus(Duration.ofHours(1))).get("/v1/apps/").is(200);
    organisation.memberToken(owner, null).get("/v1/apps/").is(200);
    refused(organisation.memberToken(owner, now.minusMillis(1)).get("/v1/apps/"), DEAD);
    refused(organisation.memberToken(owner, Instant.EPOCH).get("/v1/apps/"), DEAD);
  }

  @Test
  void aTokenIsLiveUntilItExpiresAndNotAfter() {
    Instant expiry = Instant.now().plus(Duration.ofSeconds(2));
    TestCaller caller = organisation.memberToken(owner, expiry);
    boolean live = true;
    while (live) {
      Instant before = Instant.now();
      live = caller.get("/v1/apps/").status() == 200;
      Instant after = Instant.now();
      if (live) {
        assertThat(before).isBefore(expiry);
      } else {
        assertThat(after).isAfterOrEqualTo(expiry.minusMillis(1));
      }
    }
    refused(caller.get("/v1/apps/"), DEAD);
  }

  @Test
  void deletedTokensAreDeadAndTheirSiblingsAreNot() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    member.get("/v1/apps/").is(200);
    organisation.deleteTokens(member);
    refused(member.get("/v1/apps/"), DEAD);
    organisation.memberToken(member, null).get("/v1/apps/").is(200);
  }

  @Test
  void tokensOfRemovedMembersAndDeletedServiceAccountsAreDead() {
    TestApp app = organisation.app("app");
    TestCaller member = organisation.member(DefaultRole.ADMIN);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller legacy = organisation.serviceToken(app, "Development");
    for (TestCaller caller : List.of(member, account, legacy)) {
      assertThat(caller.get(app.secrets()).status()).isNotEqualTo(401);
      organisation.deleteAccount(caller);
      refused(caller.get(app.secrets()), DEAD);
    }
  }

  @Test
  void aRefusalNeverRepeatsTheToken() {
    String secret = "canary-" + "7".repeat(57);
    for (String header :
        List.of("Bearer User " + secret, "Bearer " + secret + " x", secret, "Basic " + secret)) {
      assertThat(header(header).text()).doesNotContain("canary");
    }
  }

  @Test
  void twoHeadersAreNotOne() {
    try (RawClient client = new RawClient(server.uri().getPort())) {
      String header = "Authorization: " + owner.headers().get("Authorization") + "\r\n";
      client.send("GET /v1/apps/ HTTP/1.1\r\nHost: h\r\n" + header + header + "\r\n");
      assertThat(client.receive().status()).isEqualTo(401);
    }
  }

  @Test
  void useOfATokenIsRecordedHoweverTheRequestEnds(@TempDir Path folder) throws IOException {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", Files.createDirectory(folder.resolve("data")).toString());
    Instant begin = Instant.now().minusMillis(1);
    TestCaller used;
    TestCaller refused;
    TestCaller denied;
    TestCaller unused;
    try (ServerUnderTest first = ServerUnderTest.start(backend, settings)) {
      TestOrganisation there = TestOrganisation.create(first);
      used = there.member(DefaultRole.DEVELOPER);
      denied = there.member(DefaultRole.DEVELOPER);
      unused = there.member(DefaultRole.DEVELOPER);
      refused = there.member(DefaultRole.DEVELOPER);
      used.get("/v1/apps/").is(200);
      denied.post("/v1/apps/", Map.of("name", "n")).is(403);
      there.deleteTokens(refused);
      refused.get("/v1/apps/").is(401);
    }
    try (ServerUnderTest second = ServerUnderTest.start(backend, settings)) {
      assertThat(lastUse(second, used).orElseThrow()).isBetween(begin, Instant.now());
      assertThat(lastUse(second, denied).orElseThrow()).isBetween(begin, Instant.now());
      assertThat(lastUse(second, unused)).isEmpty();
      assertThat(lastUse(second, refused)).isEmpty();
    }
  }

  private static Optional<Instant> lastUse(ServerUnderTest server, TestCaller caller) {
    return server
        .database()
        .read(
            db ->
                db.select(TOKEN.LAST_USED_AT)
                    .from(TOKEN)
                    .where(TOKEN.ACCOUNT_ID.eq(caller.account()))
                    .fetchOptional(TOKEN.LAST_USED_AT));
  }

  private TestCaller anonymous() {
    return TestCaller.anonymous(server.uri());
  }

  private TestResponse header(String authorization) {
    return anonymous().with("Authorization", authorization).get("/v1/apps/");
  }

  private static String token(TestCaller caller) {
    String header = Objects.requireNonNull(caller.headers().get("Authorization"));
    return header.substring(header.lastIndexOf(' ') + 1);
  }

  private static void refused(TestResponse response, String error) {
    response.isError(401, error);
    assertThat(response.headers().allValues("WWW-Authenticate")).containsExactly("Bearer");
  }
}
