package lockstep.server.environments;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code /v1/environments/}, rule by rule. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class EnvironmentsContractTest extends OnBothDatabases {

  private static final String INVALID_NAME =
      "Environment name is invalid. Only letters, numbers, hyphens and underscores are allowed (max"
          + " 64 characters).";
  private static final String[] MEMBERS = {
    "id", "name", "envType", "index", "createdAt", "updatedAt"
  };

  private TestApp app;
  private String list;

  @BeforeEach
  void createApp() {
    app = organisation.app("app");
    list = "/v1/environments/?app_id=" + app.id();
  }

  @Test
  void environmentsAreListedByIndex() {
    owner.post(list, object("name", "Alpha")).is(201);
    TestResponse found = owner.get(list).is(200);
    assertThat(found.each("name")).containsExactly("Development", "Staging", "Production", "Alpha");
    int index = 0;
    for (JsonNode environment : found.json().get("data")) {
      assertThat(environment.propertyNames()).containsExactly(MEMBERS);
      assertThat(environment.get("index").intValue()).isEqualTo(index++);
      assertThat(environment)
          .isEqualTo(owner.get(path(environment.get("id").stringValue())).is(200).json());
    }
  }

  @Test
  void aNewEnvironmentIsCustomAndComesLast() {
    JsonNode created = owner.post(list, object("name", "canary")).is(201).json();
    assertThat(created.propertyNames()).containsExactly(MEMBERS);
    assertThat(created.get("name").stringValue()).isEqualTo("canary");
    assertThat(created.get("envType").stringValue()).isEqualTo("custom");
    assertThat(created.get("index").intValue()).isEqualTo(3);
    assertThat(created.get("createdAt")).isEqualTo(created.get("updatedAt"));

    owner.delete(path(app.environment("Staging"))).is(204);
    assertThat(owner.post(list, object("name", "b")).is(201).json().get("index").intValue())
        .isEqualTo(4);
    owner.delete(path(created.get("id").stringValue())).is(204);
    assertThat(owner.post(list, object("name", "c")).is(201).json().get("index").intValue())
        .isEqualTo(5);
  }

  @Test
  void anAppWithoutEnvironmentsStartsAtZero() {
    app.environments().values().forEach(id -> owner.delete(path(id)).is(204));
    assertThat(owner.get(list).is(200).text()).isEqualTo("{\"data\":[]}");
    assertThat(owner.post(list, object("name", "a")).is(201).json().get("index").intValue())
        .isEqualTo(0);
  }

  @Test
  void aNewEnvironmentTakesSecretsAtOnce() {
    owner.post(list, object("name", "canary")).is(201);
    owner.post(app.secrets("canary"), TestApp.body(TestApp.secret("K", "v"))).is(201);
    assertThat(owner.get(app.secrets("CANARY")).is(200).each("value")).containsExactly("v");
    assertThat(owner.get(app.secrets("Staging")).is(200).text()).isEqualTo("[]");
  }

  @Test
  void theNameIsRequired() {
    String id = app.environment("Staging");
    for (String body : List.of("{}", "{\"name\":\"\"}", "{\"name\":null}")) {
      owner.sendText("POST", list, body).isError(400, "Missing required field: name");
      owner.sendText("PUT", path(id), body).isError(400, "Missing required field: name");
    }
    for (Object wrong : List.of(1, true, List.of("a"), object())) {
      owner.post(list, object("name", wrong)).isError(400, "'name' must be a string.");
      owner.put(path(id), object("name", wrong)).isError(400, "'name' must be a string.");
    }
  }

  @Test
  void theNameIsAsciiLettersDigitsHyphensAndUnderscores() {
    String id = app.environment("Staging");
    for (String illegal :
        List.of(
            " ",
            "a b",
            " a",
            "a ",
            "a.b",
            "a/b",
            "ä",
            "日本",
            "a\n",
            "\na",
            "a\r",
            "<b>",
            "a'b",
            "a%20",
            "ſ",
            "\u212A",
            "\uFF41",
            "\u0661",
            "a\u200B",
            "x".repeat(65))) {
      owner.post(list, object("name", illegal)).isError(400, INVALID_NAME);
      owner.put(path(id), object("name", illegal)).isError(400, INVALID_NAME);
    }
    for (String legal : List.of("a", "A", "0", "-", "_", "--", "aZ09-_", "null", "x".repeat(64))) {
      TestResponse created = owner.post(list, object("name", legal));
      if (created.status() != 409) {
        created.is(201);
        assertThat(created.json().get("name").stringValue()).isEqualTo(legal);
      }
    }
  }

  @Test
  void namesAreUniqueInAnAppWhateverTheirCase() {
    for (String taken : List.of("Staging", "staging", "STAGING")) {
      String error = "An environment named '" + taken + "' already exists in this app.";
      owner.post(list, object("name", taken)).isError(409, error);
      owner.put(path(app.environment("Production")), object("name", taken)).isError(409, error);
    }
    TestApp other = organisation.app("other");
    owner.put(path(other.environment("Staging")), object("name", "free")).is(200);
    owner.post("/v1/environments/?app_id=" + other.id(), object("name", "staging")).is(201);
  }

  @Test
  void aDeletedOrRenamedEnvironmentFreesItsName() {
    owner.delete(path(app.environment("Staging"))).is(204);
    owner.post(list, object("name", "staging")).is(201);
    owner.put(path(app.environment("Production")), object("name", "live")).is(200);
    owner.post(list, object("name", "PRODUCTION")).is(201);
  }

  @Test
  void renamingChangesTheNameAlone() {
    String id = app.environment("Production");
    owner.post(app.secrets("Production"), TestApp.body(TestApp.secret("K", "v"))).is(201);
    JsonNode before = owner.get(path(id)).json();
    JsonNode after =
        owner.put(path(id), object("name", "live", "envType", "dev", "index", 9)).is(200).json();
    assertThat(after.get("name").stringValue()).isEqualTo("live");
    for (String kept : List.of("id", "envType", "index", "createdAt")) {
      assertThat(after.get(kept)).isEqualTo(before.get(kept));
    }
    assertThat(after.get("updatedAt").stringValue())
        .isGreaterThan(before.get("updatedAt").stringValue());
    assertThat(owner.get(path(id)).json()).isEqualTo(after);
    assertThat(owner.get(app.secrets("live")).each("value")).containsExactly("v");
    owner
        .get(app.secrets("Production"))
        .isError(404, "Environment 'Production' not found in App " + app.id());
  }

  @Test
  void anEnvironmentMayKeepItsNameOrChangeItsCase() {
    String id = app.environment("Staging");
    owner.put(path(id), object("name", "Staging")).is(200);
    assertThat(
            owner.put(path(id), object("name", "STAGING")).is(200).json().get("name").stringValue())
        .isEqualTo("STAGING");
  }

  @Test
  void aDeletedEnvironmentIsGoneWithItsSecretsAndKeys() {
    String id = app.environment("Staging");
    owner.post(app.secrets("Staging"), TestApp.body(TestApp.secret("/a", "K", "v"))).is(201);
    organisation.scope(organisation.team(null, null), app, "Staging", "Production");

    owner.delete(path(id)).is(204);

    owner.get(path(id)).isError(404, "Environment not found");
    owner.put(path(id), object("name", "n")).isError(404, "Environment not found");
    owner.delete(path(id)).isError(404, "Environment not found");
    owner
        .get(app.secrets("Staging"))
        .isError(404, "Environment 'Staging' not found in App " + app.id());
    assertThat(owner.get(list).each("name")).containsExactly("Development", "Production");
    assertThat(holdersOf(id)).isEmpty();
    owner.post(list, object("name", "Staging")).is(201);
    assertThat(owner.get(app.secrets("Staging")).is(200).text()).isEqualTo("[]");
  }

  @Test
  void theListNeedsAnAppAndRefusesUnknownOnes() {
    for (String path : List.of("/v1/environments/", "/v1/environments/?app_id=")) {
      owner.get(path).isError(403, "Could not resolve app from request.");
      owner.post(path, object("name", "n")).isError(403, "Could not resolve app from request.");
    }
    for (String id : List.of("x", UUID.randomUUID().toString())) {
      owner.get("/v1/environments/?app_id=" + id).isError(404, "App with ID " + id + " not found");
    }
  }

  @Test
  void anAppNamedBesideTheIdMustBeItsApp() {
    TestApp other = organisation.app("other");
    String id = app.environment("Staging");
    owner.get(path(id) + "?app_id=" + app.id()).is(200);
    owner.get(path(id) + "?appId=" + app.id()).is(200);
    for (String wrong : List.of(other.id(), "x", UUID.randomUUID().toString())) {
      String path = path(id) + "?app_id=" + wrong;
      owner.get(path).isError(404, "Environment not found");
      owner.put(path, object("name", "n")).isError(404, "Environment not found");
      owner.delete(path).isError(404, "Environment not found");
    }
  }

  @Test
  void endToEndEncryptedAppsAreRefused() {
    String id = app.environment("Staging");
    organisation.turnSseOff(app);
    String error = "SSE is not enabled for this App";
    owner.get(list).isError(400, error);
    owner.post(list, object("name", "n")).isError(400, error);
    owner.get(path(id)).isError(400, error);
    owner.put(path(id), object("name", "n")).isError(400, error);
    owner.delete(path(id)).isError(400, error);
  }

  @Test
  void eachActionNeedsItsPermission() {
    for (Action allowed : Action.values()) {
      TestApp fresh = organisation.app("fresh");
      String freshList = "/v1/environments/?app_id=" + fresh.id();
      String path = path(fresh.environment("Staging"));
      TestCaller caller =
          organisation.memberWith(
              new PermissionSet(Map.of(), Map.of(AppResource.ENVIRONMENTS, Set.of(allowed))));
      organisation.grant(caller, fresh, "Staging");
      check(caller.get(freshList), allowed == Action.READ, "read");
      check(caller.get(path), allowed == Action.READ, "read");
      check(caller.post(freshList, object("name", "n")), allowed == Action.CREATE, "create");
      check(caller.put(path, object("name", "m")), allowed == Action.UPDATE, "update");
      check(caller.delete(path), allowed == Action.DELETE, "delete");
    }
  }

  private static void check(TestResponse response, boolean allowed, String action) {
    if (allowed) {
      assertThat(response.status()).as(response.text()).isIn(200, 201, 204);
    } else {
      response.isError(403, "You don't have permission to " + action + " environments.");
    }
  }

  @Test
  void keysGoToGlobalAccessListedServiceAccountsAndTheCreator() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestCaller creator = organisation.member(DefaultRole.DEVELOPER);
    TestCaller listedMember = organisation.member(DefaultRole.DEVELOPER);
    TestCaller listedAccount = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller unlistedAccount = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller teammate = organisation.member(DefaultRole.DEVELOPER);
    organisation.pendingMember(DefaultRole.ADMIN);
    for (TestCaller caller : List.of(creator, listedMember, listedAccount)) {
      organisation.list(caller, app);
    }
    UUID team = organisation.team(null, null);
    organisation.join(team, teammate);
    organisation.scope(team, app, "Staging");

    String id = creator.post(list, object("name", "canary")).is(201).id();

    assertThat(holdersOf(id))
        .containsExactlyInAnyOrder(
            owner.account(), admin.account(), creator.account(), listedAccount.account());
    for (TestCaller holder : List.of(owner, admin, creator, listedAccount)) {
      holder.get(path(id)).is(200);
      holder.get(app.secrets("canary")).is(200);
    }
    listedMember.get(path(id)).isError(403, "You don't have access to this environment.");
    teammate.get(path(id)).isError(403, "You don't have access to this environment.");
    unlistedAccount.get(path(id)).isError(403, "Service account cannot access this app");
  }

  @Test
  void withoutAHolderWithGlobalAccessNoEnvironmentIsMade() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    organisation.grant(manager, app, "Staging");
    organisation.deleteAccount(owner);
    manager
        .post(list, object("name", "n"))
        .isError(
            400,
            "Cannot create environment: no global-access members with identity keys found in the"
                + " organisation.");
    assertThat(manager.get(list).each("name")).containsExactly("Staging");
  }

  @Test
  void withoutEnvironmentAccessAnIdIsRefusedToUsersAndServiceAccounts() {
    String id = app.environment("Staging");
    TestCaller member = organisation.member(DefaultRole.MANAGER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(member, app, "Development");
    organisation.grant(account, app, "Development");
    assertThat(member.get(list).each("name")).containsExactly("Development");
    assertThat(account.get(list).each("name")).containsExactly("Development");
    member.get(path(id)).isError(403, "You don't have access to this environment.");
    member
        .put(path(id), object("name", "n"))
        .isError(403, "You don't have access to this environment.");
    account.get(path(id)).isError(403, "Service account doesn't have access to this environment.");
    account
        .delete(path(id))
        .isError(403, "Service account doesn't have access to this environment.");
    assertThat(owner.get(path(id)).is(200).json().get("name").stringValue()).isEqualTo("Staging");
  }

  private Set<UUID> holdersOf(String environment) {
    return server
        .database()
        .read(
            db ->
                db.select(ENVIRONMENT_KEY.ACCOUNT_ID)
                    .from(ENVIRONMENT_KEY)
                    .where(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(UUID.fromString(environment)))
                    .fetchSet(ENVIRONMENT_KEY.ACCOUNT_ID));
  }

  private static String path(String id) {
    return "/v1/environments/" + id + "/";
  }
}
