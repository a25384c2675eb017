package lockstep.server.serviceaccounts;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.keys.StoredGrants;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ServiceAccountAccessContractTest extends OnBothDatabases {

  private TestApp app;
  private TestCaller bot;
  private String path;

  @BeforeEach
  void prepareAccount() {
    app = organisation.app("billing-api");
    bot = organisation.serviceAccount(DefaultRole.SERVICE);
    path = "/v1/service-accounts/" + bot.account() + "/access/";
  }

  private static Map<String, Object> apps(Object... entries) {
    return object("apps", List.of(entries));
  }

  private static Map<String, Object> entry(TestApp app, String... environmentNames) {
    return object(
        "id",
        app.id(),
        "environments",
        Arrays.stream(environmentNames).map(app::environment).toList());
  }

  @Test
  void givenAccessWorksAtOnceAndTakenAccessIsRefusedAtOnce() {
    bot.get(app.secrets()).is(403);

    JsonNode json = owner.put(path, apps(entry(app, "Development"))).is(200).json();

    assertThat(json.get("apps").get(0).get("environments").get(0).get("name").stringValue())
        .isEqualTo("Development");
    assertThat(json.get("tokens")).hasSize(1);
    bot.get(app.secrets()).is(200);

    owner.put(path, apps()).is(200);

    bot.get(app.secrets()).isError(403, "Service account cannot access this environment");
    new StoredGrants(server, organisation).assertEveryKeyHasAGrant();
  }

  @Test
  void anEmptyListOfEnvironmentsIsRefusedInItsOwnWords() {
    owner
        .put(path, apps(entry(app)))
        .isError(
            400,
            "'environments' for app '"
                + app.id()
                + "' must not be empty. To revoke all access, remove the app from the list.");
  }

  @Test
  void anAccountWithoutIdentityKeyGetsNoAccess() {
    server
        .database()
        .write(
            db ->
                db.update(ACCOUNT)
                    .setNull(ACCOUNT.IDENTITY_KEY)
                    .where(ACCOUNT.ID.eq(bot.account()))
                    .execute());

    owner
        .sendText("PUT", path, "broken")
        .isError(
            400,
            "Service account does not have an identity key set. Cannot grant environment access.");
  }

  @Test
  void anAccountThatManagesItsKeysItselfIsRefusedAfterTheEntriesWereChecked() {
    server
        .database()
        .write(
            db ->
                db.update(SERVICE_ACCOUNT)
                    .setNull(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING)
                    .where(SERVICE_ACCOUNT.ID.eq(bot.account()))
                    .execute());

    owner.put(path, apps("x")).is(400);
    owner.put(path, apps(object("id", UUID.randomUUID().toString()))).is(404);
    owner
        .put(path, apps(entry(app, "Development")))
        .isError(400, "Service account does not have server-side key management enabled.");
  }

  @Test
  void whoGivesAccessMustHaveIt() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);

    manager
        .put(path, apps(entry(app, "Development")))
        .isError(403, "You don't have access to app 'billing-api'.");
    organisation.grant(manager, app, "Development");
    manager
        .put(path, apps(entry(app, "Development", "Staging")))
        .isError(403, "You don't have access to one or more environments in app 'billing-api'.");
    manager.put(path, apps(entry(app, "Development"))).is(200);
  }

  @Test
  void theBodyIsCheckedAsForMembers() {
    owner.put(path, Map.of()).isError(400, "Missing required field: apps");
    owner.put(path, Map.of("apps", 1)).isError(400, "'apps' must be a list.");
    owner
        .put(path, apps(1))
        .isError(400, "Each entry in 'apps' must be an object with 'id' and 'environments'.");
    owner.put(path, apps(Map.of())).isError(400, "Each app entry must have an 'id' field.");
    owner.put(path, apps(object("id", "x"))).isError(404, "App not found: x");
    owner
        .put(path, apps(object("id", app.id())))
        .isError(400, "Each app entry must have an 'environments' list of environment IDs.");
    owner
        .put(path, apps(object("id", app.id(), "environments", List.of("x"))))
        .isError(404, "Environment(s) not found in app 'billing-api': x");
  }
}
