package lockstep.conformance;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The Node SDK 3.1.1 from its registry, as programs use it. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class NodeSdkTest extends OnBothDatabases {

  private static ScriptedClient node;

  private TestApp app;
  private TestCaller account;

  @BeforeAll
  static void startNode() {
    node = ScriptedClient.node();
  }

  @AfterAll
  static void endNode() {
    if (node != null) {
      node.close();
    }
  }

  @BeforeEach
  void grantAccess() {
    app = organisation.app("app");
    account = organisation.serviceAccount(DefaultRole.SERVICE);
    Clients.grant(owner, account, app, "Development", "Staging");
  }

  @Test
  void readsWhatWasWrittenOverRest() {
    owner.post(app.secrets(), body(secret("A", "1"), secret("/folder", "B", "2"))).is(201);

    assertThat(values(get(account, Map.of()))).isEqualTo(Map.of("A", "1", "B", "2"));
  }

  @Test
  void whatItCreatesIsReadOverRest() {
    ok(
        ask(
            account,
            step(
                "create",
                "secrets",
                List.of(
                    Map.of("key", "A", "value", "1", "comment", "why", "tags", List.of("db")),
                    Map.of("key", "B", "value", "2", "comment", "", "path", "/folder")))));

    JsonNode rows = owner.get(app.secrets()).is(200).json();
    assertThat(values(rows)).isEqualTo(Map.of("A", "1", "B", "2"));
    assertThat(rows.get(0).get("comment").stringValue()).isEqualTo("why");
    assertThat(rows.get(0).at("/tags/0").stringValue()).isEqualTo("db");
    assertThat(rows.get(1).get("path").stringValue()).isEqualTo("/folder");
  }

  @Test
  void readsOneKeyOnePathAndSomeTags() {
    Map<String, Object> tagged = secret("/folder", "TAGGED", "t");
    tagged.put("tags", List.of("db"));
    owner.post(app.secrets(), body(secret("A", "1"), secret("B", "2"), tagged)).is(201);

    assertThat(values(get(account, Map.of("key", "A")))).isEqualTo(Map.of("A", "1"));
    assertThat(values(get(account, Map.of("path", "/folder")))).isEqualTo(Map.of("TAGGED", "t"));
    assertThat(values(get(account, Map.of("tags", List.of("db")))))
        .isEqualTo(Map.of("TAGGED", "t"));
    assertThat(values(get(account, Map.of("key", "NOTHING")))).isEmpty();
  }

  @Test
  void updatesAndDeletes() {
    owner.post(app.secrets(), body(secret("A", "1"), secret("B", "2"))).is(201);
    List<String> ids = owner.get(app.secrets()).is(200).each("id");

    ok(ask(account, step("update", "secrets", List.of(Map.of("id", ids.get(0), "value", "3")))));
    ok(ask(account, step("delete", "secretIds", List.of(ids.get(1)))));

    JsonNode rows = owner.get(app.secrets()).is(200).json();
    assertThat(values(rows)).isEqualTo(Map.of("A", "3"));
    assertThat(rows.get(0).get("version").intValue()).isEqualTo(2);
  }

  @Test
  void aMemberSeesTheActivePersonalValueAndASecondClientTheSharedOne() {
    Map<String, Object> own = secret("A", "shared");
    own.put("override", object("value", "mine", "isActive", true));
    owner.post(app.secrets(), body(own)).is(201);

    assertThat(values(get(owner, Map.of()))).isEqualTo(Map.of("A", "mine"));
    assertThat(values(get(account, Map.of()))).isEqualTo(Map.of("A", "shared"));
  }

  @Test
  void aPersonalValueCanBeWrittenAndPutToSleep() {
    owner.post(app.secrets(), body(secret("A", "shared"))).is(201);
    String id = owner.get(app.secrets()).is(200).id();
    for (boolean isActive : List.of(true, false)) {
      Map<String, Object> override = Map.of("value", "mine", "isActive", isActive);
      Map<String, Object> change = Map.of("id", id, "override", override);
      ok(ask(owner, step("update", "secrets", List.of(change))));

      assertThat(values(get(owner, Map.of()))).isEqualTo(Map.of("A", isActive ? "mine" : "shared"));
    }
  }

  @Test
  void resolvesReferencesAcrossFoldersAndEnvironments() {
    owner.post(app.secrets("Staging"), body(secret("HOST", "staging.test"))).is(201);
    owner
        .post(
            app.secrets(),
            body(
                secret("USER", "u"),
                secret("/db", "PASSWORD", "p"),
                secret("URL", "${USER}:${/db/PASSWORD}@${Staging.HOST}")))
        .is(201);

    assertThat(values(get(account, Map.of()))).containsEntry("URL", "u:p@staging.test");
  }

  @Test
  void textsOfAllKindsSurviveBothWays() {
    List<String> texts =
        List.of(
            "ä€𝄞", "\"quoted\" 'twice'", "a\nb\r\n\tc", " ", "\\", "${NOT_THERE", "ß".repeat(99));
    for (int i = 0; i < texts.size(); i++) {
      owner.post(app.secrets(), body(secret("R" + i, texts.get(i)))).is(201);
      Map<String, Object> one = Map.of("key", "N" + i, "value", texts.get(i), "comment", "");
      ok(ask(account, step("create", "secrets", List.of(one))));
    }

    Map<String, String> here = values(get(account, Map.of()));
    Map<String, String> overRest = values(owner.get(app.secrets()).is(200).json());
    for (int i = 0; i < texts.size(); i++) {
      assertThat(here).containsEntry("R" + i, texts.get(i)).containsEntry("N" + i, texts.get(i));
      assertThat(overRest).containsEntry("N" + i, texts.get(i));
    }
  }

  @Test
  void valuesOf64KibibytesSurviveBothWays() {
    String large = "x".repeat(64 * 1024);
    owner.post(app.secrets(), body(secret("R", large))).is(201);
    ok(
        ask(
            account,
            step("create", "secrets", List.of(Map.of("key", "N", "value", large, "comment", "")))));

    assertThat(values(get(account, Map.of()))).isEqualTo(Map.of("R", large, "N", large));
    assertThat(values(owner.get(app.secrets()).is(200).json())).containsEntry("N", large);
  }

  @Test
  void worksWithEndToEndApps() {
    organisation.turnSseOff(app);
    ok(
        ask(
            account,
            step(
                "create",
                "secrets",
                List.of(Map.of("key", "A", "value", "1", "comment", "c", "path", "/folder")))));

    JsonNode row = get(account, Map.of("path", "/folder")).get(0);
    assertThat(values(get(owner, Map.of()))).isEqualTo(Map.of("A", "1"));
    assertThat(row.get("comment").stringValue()).isEqualTo("c");
    owner.get(app.secrets()).isError(400, "SSE is not enabled for this App");
  }

  @Test
  void aHostWithATrailingSlashWorks() {
    owner.post(app.secrets(), body(secret("A", "1"))).is(201);

    JsonNode answer =
        node.ask(
            Map.of(
                "host", server.uri() + "/",
                "token", organisation.token(account).text(),
                "steps", List.of(step("get", "key", "A"))));

    assertThat(values(ok(answer).get(0))).isEqualTo(Map.of("A", "1"));
  }

  @Test
  void aDuplicateIsReported() {
    owner.post(app.secrets(), body(secret("A", "1"))).is(201);

    JsonNode answer =
        ask(
            account,
            step("create", "secrets", List.of(Map.of("key", "A", "value", "2", "comment", ""))));

    assertThat(answer.path("error").stringValue("")).contains("Duplicate secret found");
    assertThat(values(get(account, Map.of()))).isEqualTo(Map.of("A", "1"));
  }

  @Test
  void whoHasNoKeyOfTheEnvironmentIsRefused() {
    JsonNode answer =
        ask(
            account,
            Map.of("call", "get", "with", Map.of("appId", app.id(), "envName", "Production")));

    assertThat(answer.has("error")).isTrue();
    // The SDK gives up before it asks; a client that does not must get no further.
    account
        .with("Environment", app.environment("Production"))
        .get("/service/secrets/")
        .isError(401, "Service account cannot access this environment");
  }

  @Test
  void anExpiredTokenIsRefused() {
    TestCaller expired = organisation.memberToken(owner, java.time.Instant.EPOCH);

    assertThat(ask(expired, step("get", "key", "A")).path("error").stringValue("")).contains("401");
  }

  @Test
  void aRevokedTokenIsRefusedAtOnce() {
    owner.post(app.secrets(), body(secret("A", "1"))).is(201);
    assertThat(values(get(account, Map.of()))).isEqualTo(Map.of("A", "1"));

    owner.delete("/v1/service-accounts/" + account.account() + "/").is(204);

    assertThat(ask(account, step("get", "key", "A")).path("error").stringValue("")).contains("401");
  }

  private JsonNode get(TestCaller caller, Map<String, ?> filter) {
    Map<String, Object> with = object("appId", app.id(), "envName", "Development");
    with.putAll(filter);
    return ok(ask(caller, Map.of("call", "get", "with", with))).get(0);
  }

  private JsonNode ask(TestCaller caller, Map<String, ?> step) {
    return node.ask(
        Map.of(
            "host", server.uri().toString().replaceAll("/$", ""),
            "token", organisation.token(caller).text(),
            "steps", List.of(step)));
  }

  private Map<String, Object> step(String call, String name, Object value) {
    return Map.of(
        "call", call, "with", Map.of("appId", app.id(), "envName", "Development", name, value));
  }

  private static JsonNode ok(JsonNode answer) {
    assertThat(answer.path("error").stringValue("")).as("error").isEmpty();
    return answer.get("results");
  }

  private static Map<String, String> values(JsonNode rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .collect(
            Collectors.toMap(
                row -> row.get("key").stringValue(), row -> row.get("value").stringValue()));
  }
}
