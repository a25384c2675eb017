package lockstep.server.apps;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class EndToEndAppsContractTest extends OnBothDatabases {

  private static final String APPS = "/v1/end-to-end/apps/";
  private static final String RECIPIENTS_CHANGED =
      "The keys of environment '%s' are not for exactly the accounts that must get them. Fetch the"
          + " recipients again and wrap the keys for them.";

  private EndToEndClient client;

  @BeforeEach
  void makeClient() {
    client = new EndToEndClient(owner);
  }

  private int serverKeys() {
    return server
        .database()
        .read(
            db ->
                db.fetchCount(
                    ENVIRONMENT_SERVER_KEY,
                    ENVIRONMENT_SERVER_KEY.ORGANISATION_ID.eq(organisation.id())));
  }

  private List<WrappedEnvironmentKeys> keysOf(TestCaller account) {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(ENVIRONMENT_KEY)
                    .where(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.account()))
                    .fetch(
                        row ->
                            new WrappedEnvironmentKeys(
                                row.getWrappedSeed(), row.getWrappedSalt())));
  }

  @Test
  void theCeremonyMakesAnAppThatItsHoldersOpenAndTheServerDoesNot() {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      TestCaller admin = organisation.member(organisation.role(DefaultRole.ADMIN), keyring);
      Map<String, Object> body = client.appBody(" <b>vault</b> ", "prod");
      body.put("description", "most secret");
      TestResponse created = owner.post(APPS, body).is(201);
      JsonNode json = created.json();
      assertThat(json.propertyNames())
          .containsExactlyInAnyOrder(
              "id", "name", "description", "sseEnabled", "createdAt", "updatedAt", "environments");
      assertThat(json.get("name").stringValue()).isEqualTo("vault");
      assertThat(json.get("description").stringValue()).isEqualTo("most secret");
      assertThat(json.get("sseEnabled").booleanValue()).isFalse();
      assertThat(json.at("/environments/0").propertyNames())
          .containsExactlyInAnyOrder("id", "name", "envType", "index", "createdAt", "updatedAt");

      assertThat(serverKeys()).isZero();
      assertThat(keysOf(owner)).hasSize(1);
      try (EnvironmentKeys opened =
          EnvironmentKeys.unwrap(
              keysOf(admin).getFirst(), keyring.x25519(), client.keys("prod").identityKey())) {
        assertThat(opened.keyDigest("K")).isEqualTo(client.keys("prod").keyDigest("K"));
      }
      assertThat(owner.get("/v1/apps/").is(200).each("id")).containsExactly(created.id());
    }
  }

  @Test
  void environmentsHaveTheTypesAndTheOrderOfTheBody() {
    Map<String, Object> body = client.appBody("vault", "p", "d", "s", "c");
    List<Map<String, Object>> environments = environments(body);
    environments.get(0).put("envType", "prod");
    environments.get(1).put("envType", "dev");
    environments.get(2).put("envType", "staging");
    TestApp app = TestApp.of(owner.post(APPS, body));
    TestResponse listed = owner.get("/v1/end-to-end/environments/?app_id=" + app.id()).is(200);
    assertThat(listed.each("name")).containsExactly("p", "d", "s", "c");
    assertThat(listed.each("envType")).containsExactly("prod", "dev", "staging", "custom");
  }

  @SuppressWarnings("unchecked") // made by the client, which is ours
  private static List<Map<String, Object>> environments(Map<String, Object> body) {
    return (List<Map<String, Object>>) Objects.requireNonNull(body.get("environments"));
  }

  @SuppressWarnings("unchecked") // as above
  private static List<Map<String, Object>> keys(Map<String, Object> environment) {
    return (List<Map<String, Object>>) Objects.requireNonNull(environment.get("keys"));
  }

  @Test
  void whoBecameARecipientMeanwhileMustNotBeLeftOut() {
    Map<String, Object> stale = client.appBody("vault", "prod");
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestResponse refused = owner.post(APPS, stale);
    refused.isError(409, RECIPIENTS_CHANGED.formatted("prod"));
    assertThat(refused.json().get("missing").valueStream().map(JsonNode::stringValue))
        .containsExactly(admin.account().toString());
    assertThat(refused.json().get("unexpected")).isEmpty();
    assertThat(owner.get("/v1/apps/").is(200).json().get("data")).isEmpty();
    owner.post(APPS, client.appBody("vault", "prod")).is(201);
  }

  @Test
  void strangersGetNoKeys() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller foreign = TestOrganisation.create(server).owner();
    for (TestCaller stranger : List.of(developer, foreign)) {
      Map<String, Object> body = client.appBody("vault", "prod");
      List<Map<String, Object>> keys = new ArrayList<>(keys(environments(body).getFirst()));
      Map<String, Object> extra = new LinkedHashMap<>(keys.getFirst());
      extra.put("accountId", stranger.account().toString());
      keys.add(extra);
      environments(body).getFirst().put("keys", keys);
      TestResponse refused = owner.post(APPS, body);
      refused.isError(409, RECIPIENTS_CHANGED.formatted("prod"));
      assertThat(refused.json().get("unexpected").valueStream().map(JsonNode::stringValue))
          .containsExactly(stranger.account().toString());
    }
    assertThat(keysOf(developer)).isEmpty();
    assertThat(owner.get("/v1/apps/").is(200).json().get("data")).isEmpty();
  }

  @Test
  void aServiceAccountMayCreateOneAndHoldsItsKeys() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    EndToEndClient itsClient = new EndToEndClient(bot);
    TestApp app = itsClient.app("vault", "prod");
    assertThat(keysOf(bot)).hasSize(1);
    assertThat(keysOf(owner)).hasSize(1);
    itsClient.environment(app, "more").is(201);
    assertThat(keysOf(bot)).hasSize(2);
  }

  @Test
  void whatIsNotInOrderIsRefusedByName() {
    refused(object(), "Missing required field: name");
    refused(object("name", "x"), "Missing required field: environments");
    refused(object("name", "x", "environments", 1), "'environments' must be a list.");
    refused(object("name", "x", "environments", List.of()), "'environments' must not be empty.");
    refused(
        object("name", "x", "environments", List.of("prod")),
        "Each entry in 'environments' must be an object.");
    refused(
        object("name", "x", "environments", Collections.nCopies(101, object())),
        "'environments' cannot exceed 100 entries.");
    refused(client.appBody("x".repeat(65), "prod"), "'name' cannot exceed 64 characters.");
    refused(client.appBody("x", "Prod", "prod"), "Duplicate environment name: 'prod'.");
    refused(
        client.appBody("x", "a b"),
        "Environment name is invalid. Only letters, numbers, hyphens and underscores are allowed"
            + " (max 64 characters).");
    refusedField("name", "", "Missing required field: name");
    refusedField(
        "envType", "test", "'envType' must be one of ['dev', 'staging', 'prod', 'custom'].");
    refusedField("keys", List.of(), "'keys' must not be empty.");
    String identityKey = "'identityKey' must be an X25519 public key of 64 hexadecimal digits.";
    for (String wrong :
        List.of(
            "x",
            "0".repeat(64),
            "01" + "0".repeat(62),
            "g".repeat(64),
            "a".repeat(63),
            "a".repeat(65))) {
      refusedField("identityKey", wrong, identityKey);
    }
    refusedField("identityKey", "", "Missing required field: identityKey");
    assertThat(owner.get("/v1/apps/").is(200).json().get("data")).isEmpty();
  }

  private void refusedField(String name, Object value, String expected) {
    Map<String, Object> body = client.appBody("x", "prod");
    environments(body).getFirst().put(name, value);
    refused(body, expected);
  }

  private void refused(Map<String, Object> body, String expected) {
    owner.post(APPS, body).isError(400, expected);
  }

  @Test
  void creatingTakesThePermission() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    developer
        .post(APPS, client.appBody("vault", "prod"))
        .isError(403, "You don't have permission to create apps.");
  }

  @Test
  void theAppCanBeReadRenamedAndDeleted() {
    TestApp app = client.app("vault", "prod");
    String path = APPS + app.id() + "/";
    assertThat(owner.get(path).is(200).json().get("sseEnabled").booleanValue()).isFalse();
    TestResponse renamed = owner.put(path, object("name", "safe", "description", "d")).is(200);
    assertThat(renamed.json().get("name").stringValue()).isEqualTo("safe");
    assertThat(renamed.json().get("sseEnabled").booleanValue()).isFalse();
    owner.put(path, object()).is(400);
    owner.delete(path).is(204);
    owner.get(path).isError(404, "App with ID " + app.id() + " not found");
    assertThat(keysOf(owner)).isEmpty();
  }

  @Test
  void theRoutesOfTheContractAnswerAsTheyDidBefore() {
    TestApp app = client.app("vault", "prod");
    String sse = "SSE is not enabled for this App.";
    String path = "/v1/apps/" + app.id() + "/";
    owner.get(path).isError(403, sse);
    owner.put(path, object("name", "x")).isError(403, sse);
    owner.delete(path).isError(403, sse);
    String text = "SSE is not enabled for this App";
    String environments = "/v1/environments/";
    owner.get(environments + "?app_id=" + app.id()).isError(400, text);
    owner.post(environments + "?app_id=" + app.id(), object("name", "x")).isError(400, text);
    String one = environments + app.environment("prod") + "/";
    owner.get(one).isError(400, text);
    owner.put(one, object("name", "x")).isError(400, text);
    owner.delete(one).isError(400, text);
    owner.get(app.secrets("prod")).isError(400, text);
  }

  @Test
  void appsThatTheServerOpensHaveTheirOwnRoutes() {
    TestApp open = organisation.app("open");
    String text = "SSE is enabled for this App";
    String path = APPS + open.id() + "/";
    owner.get(path).isError(400, text);
    owner.put(path, object("name", "x")).isError(400, text);
    owner.delete(path).isError(400, text);
    String environments = "/v1/end-to-end/environments/";
    owner.get(environments + "?app_id=" + open.id()).isError(400, text);
    owner.post(environments + "?app_id=" + open.id(), object()).isError(400, text);
    String one = environments + open.environment("Staging") + "/";
    owner.get(one).isError(400, text);
    owner.put(one, object("name", "x")).isError(400, text);
    owner.delete(one).isError(400, text);
  }

  @Test
  void environmentsAreAddedRenamedAndDeleted() {
    TestApp app = client.app("vault", "prod");
    TestResponse added = client.environment(app, "canary").is(201);
    assertThat(added.json().get("index").intValue()).isEqualTo(1);
    assertThat(added.json().get("envType").stringValue()).isEqualTo("custom");
    client
        .environment(app, "CANARY")
        .isError(409, "An environment named 'CANARY' already exists in this app.");
    String path = "/v1/end-to-end/environments/" + added.id() + "/";
    assertThat(owner.put(path, object("name", "bird")).is(200).json().get("name").stringValue())
        .isEqualTo("bird");
    owner
        .put(path, object("name", "Prod"))
        .isError(409, "An environment named 'Prod' already exists in this app.");
    owner.get(path).is(200);
    owner.delete(path).is(204);
    owner.get(path).isError(404, "Environment not found");
    assertThat(keysOf(owner)).hasSize(1);
    assertThat(serverKeys()).isZero();
  }

  @Test
  void anEnvironmentForYesterdaysRecipientsIsRefused() {
    TestApp app = client.app("vault", "prod");
    Map<String, Object> stale = client.environmentBody(app, "canary");
    organisation.member(DefaultRole.ADMIN);
    owner
        .post("/v1/end-to-end/environments/?app_id=" + app.id(), stale)
        .isError(409, RECIPIENTS_CHANGED.formatted("canary"));
    assertThat(owner.get("/v1/end-to-end/environments/?app_id=" + app.id()).is(200).each("name"))
        .containsExactly("prod");
  }

  @Test
  void whatHappenedIsOnRecordWithoutKeys() {
    TestApp app = client.app("vault", "prod");
    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.selectFrom(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                        .and(
                            AUDIT_EVENT.RESOURCE_ID.in(
                                UUID.fromString(app.id()),
                                UUID.fromString(app.environment("prod"))))
                        .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                        .fetch(row -> row.getDescription() + " " + row.getDetails()));
    assertThat(events)
        .containsExactlyInAnyOrder(
            "End-to-end encrypted app created {\"name\":\"vault\"}",
            "Environment created {\"name\":\"prod\"}");
  }

  @Test
  void whoReachesTheAppThroughATeamAndAddsAnEnvironmentIsListedOnIt() {
    TestApp app = client.app("vault", "prod");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.join(team, developer);
    organisation.scope(team, app, "prod");

    new EndToEndClient(developer).environment(app, "canary").is(201);

    assertThat(
            owner
                .get("/v1/members/" + developer.account() + "/access/")
                .is(200)
                .json()
                .at("/apps/0/id")
                .asString(""))
        .isEqualTo(app.id());
  }
}
