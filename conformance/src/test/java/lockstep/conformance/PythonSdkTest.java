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

/** The Python SDK 2.1.2 from its registry, as programs use it. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class PythonSdkTest extends OnBothDatabases {

  private static ScriptedClient python;

  private TestApp app;
  private TestCaller account;

  @BeforeAll
  static void startPython() {
    python = ScriptedClient.python();
  }

  @AfterAll
  static void endPython() {
    if (python != null) {
      python.close();
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
    owner
        .post(app.secrets(), body(secret("A", "1"), secret("B", "ä€𝄞\n"), secret("/f", "C", "3")))
        .is(201);

    assertThat(all(account, "/")).isEqualTo(Map.of("A", "1", "B", "ä€𝄞\n"));
    assertThat(all(account, "/f")).isEqualTo(Map.of("C", "3"));
    assertThat(ok(ask(account, "get", "key_to_find", "A")).get("value").stringValue())
        .isEqualTo("1");
  }

  @Test
  void whatItWritesIsReadOverRest() {
    Map<String, ?> added = Map.of("A", "1");
    assertThat(ok(ask(account, "create", "key_value_pairs", List.of(added))).stringValue())
        .isEqualTo("Success");
    ok(ask(account, "update", "key", "A", "value", "2", "destination_path", "/folder"));

    JsonNode row = owner.get(app.secrets()).is(200).json().get(0);
    assertThat(row.get("value").stringValue()).isEqualTo("2");
    assertThat(row.get("path").stringValue()).isEqualTo("/folder");

    ok(ask(account, "delete", "key_to_delete", "A", "secret_path", "/folder"));
    assertThat(owner.get(app.secrets()).is(200).json()).isEmpty();
  }

  @Test
  void updatesKeepTagsAndComments() {
    Map<String, Object> rich = secret("A", "1");
    rich.put("comment", "why");
    rich.put("tags", List.of("db"));
    owner.post(app.secrets(), body(rich)).is(201);

    ok(ask(account, "update", "key", "A", "value", "2"));

    JsonNode row = owner.get(app.secrets()).is(200).json().get(0);
    assertThat(row.get("value").stringValue()).isEqualTo("2");
    assertThat(row.get("comment").stringValue()).isEqualTo("why");
    assertThat(row.at("/tags/0").stringValue()).isEqualTo("db");
  }

  @Test
  void personalValuesAreWrittenUsedAndPutToSleep() {
    owner.post(app.secrets(), body(secret("A", "shared"))).is(201);

    ok(ask(owner, "update", "key", "A", "value", "mine", "override", true));
    assertThat(all(owner, "/")).isEqualTo(Map.of("A", "mine"));
    assertThat(all(account, "/")).isEqualTo(Map.of("A", "shared"));

    ok(ask(owner, "update", "key", "A", "toggle_override", true));
    assertThat(all(owner, "/")).isEqualTo(Map.of("A", "shared"));
  }

  @Test
  void resolvesReferencesToOtherEnvironments() {
    owner.post(app.secrets("Staging"), body(secret("HOST", "staging.test"))).is(201);
    owner
        .post(app.secrets(), body(secret("USER", "u"), secret("URL", "${USER}@${Staging.HOST}")))
        .is(201);

    assertThat(all(account, "/")).containsEntry("URL", "u@staging.test");
  }

  @Test
  void anExactEnvironmentNameWinsOverALongerOneThatContainsIt() {
    TestApp two = organisation.app("two", "prod-eu", "prod");
    Clients.grant(owner, account, two, "prod-eu", "prod");
    owner.post(two.secrets("prod"), body(secret("WHERE", "prod"))).is(201);
    owner.post(two.secrets("prod-eu"), body(secret("WHERE", "prod-eu"))).is(201);

    JsonNode found =
        ok(
            python.ask(
                request(
                    account,
                    "get",
                    object("env_name", "prod", "app_id", two.id(), "key_to_find", "WHERE"))));

    assertThat(found.get("value").stringValue()).isEqualTo("prod");
  }

  @Test
  void worksWithEndToEndApps() {
    organisation.turnSseOff(app);

    Map<String, ?> added = Map.of("A", "1");
    ok(ask(account, "create", "key_value_pairs", List.of(added)));

    assertThat(all(owner, "/")).isEqualTo(Map.of("A", "1"));
  }

  @Test
  void aRevokedTokenIsACleanError() {
    owner.delete("/v1/service-accounts/" + account.account() + "/").is(204);

    assertThat(ask(account, "get", "key_to_find", "A").path("error").stringValue(""))
        .contains("401");
  }

  private Map<String, String> all(TestCaller caller, String path) {
    return StreamSupport.stream(ok(ask(caller, "all", "secret_path", path)).spliterator(), false)
        .collect(
            Collectors.toMap(
                row -> row.get("key").stringValue(), row -> row.get("value").stringValue()));
  }

  private JsonNode ask(TestCaller caller, String call, Object... namesAndValues) {
    Map<String, Object> with = object("env_name", "Development", "app_name", app.name());
    with.putAll(object(namesAndValues));
    return python.ask(request(caller, call, with));
  }

  private Map<String, Object> request(TestCaller caller, String call, Map<String, Object> with) {
    return Map.of(
        "host",
        server.uri().toString().replaceAll("/$", ""),
        "token",
        organisation.token(caller).text(),
        "call",
        call,
        "with",
        with);
  }

  private static JsonNode ok(JsonNode answer) {
    assertThat(answer.path("error").stringValue("")).as("error").isEmpty();
    return answer.get("result");
  }
}
