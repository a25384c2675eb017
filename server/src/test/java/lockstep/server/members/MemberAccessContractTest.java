package lockstep.server.members;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import lockstep.server.access.DefaultRole;
import lockstep.server.keys.StoredGrants;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class MemberAccessContractTest extends OnBothDatabases {

  private static String access(TestCaller caller) {
    return "/v1/members/" + caller.account() + "/access/";
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

  private StoredGrants grants() {
    return new StoredGrants(server, organisation);
  }

  @Test
  void accessShowsTheAppsAMemberIsListedOnNewestFirstWithWhatItCanOpen() {
    TestApp older = organisation.app("older");
    TestApp newer = organisation.app("newer");
    TestApp throughTeam = organisation.app("through-team");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, older, "Production");
    organisation.list(developer, newer);
    UUID team = organisation.team(null, null);
    organisation.join(team, developer);
    organisation.scope(team, throughTeam, "Development");
    organisation.scope(team, older, "Development");

    JsonNode json = owner.get(access(developer)).is(200).json();

    assertThat(json.propertyNames())
        .containsExactly(
            "id", "username", "fullName", "email", "role", "createdAt", "updatedAt", "apps");
    JsonNode apps = json.get("apps");
    assertThat(apps).hasSize(2);
    assertThat(apps.get(0).get("name").stringValue()).isEqualTo("newer");
    assertThat(apps.get(0).get("environments")).isEmpty();
    assertThat(apps.get(1).propertyNames()).containsExactly("id", "name", "environments");
    JsonNode environments = apps.get(1).get("environments");
    assertThat(environments).hasSize(2);
    assertThat(environments.get(0).propertyNames()).containsExactly("id", "name", "envType");
    assertThat(environments.get(0).get("name").stringValue()).isEqualTo("Development");
    assertThat(environments.get(0).get("envType").stringValue()).isEqualTo("dev");
    assertThat(environments.get(1).get("name").stringValue()).isEqualTo("Production");
  }

  @Test
  void givenAccessWorksAtOnceAndTakenAccessIsRefusedAtOnce() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    developer.get(app.secrets()).is(403);

    TestResponse given = owner.put(access(developer), apps(entry(app, "Development", "Staging")));

    assertThat(given.is(200).json()).isEqualTo(owner.get(access(developer)).is(200).json());
    developer.get(app.secrets()).is(200);
    developer.get(app.secrets("Production")).is(403);

    owner.put(access(developer), apps(entry(app, "Staging"))).is(200);

    developer.get(app.secrets()).isError(403, "User cannot access this environment");
    developer.get(app.secrets("Staging")).is(200);

    owner.put(access(developer), apps()).is(200);

    developer.get("/v1/apps/" + app.id() + "/").isError(403, "User cannot access this app");
    assertThat(grants().environmentsOf(developer.account())).isEmpty();
  }

  @Test
  void aKeyGoesWithItsLastGrant() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.join(team, developer);
    organisation.scope(team, app, "Development");
    String development = app.environment("Development");

    owner.put(access(developer), apps(entry(app, "Development"))).is(200);
    assertThat(grants().reasons(developer.account(), development))
        .containsExactlyInAnyOrder("individual", team.toString());

    owner.put(access(developer), apps()).is(200);
    assertThat(grants().reasons(developer.account(), development)).containsExactly(team.toString());
    developer.get(app.secrets()).is(200);
  }

  @Test
  void repeatingARequestChangesNothing() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    JsonNode once = owner.put(access(developer), apps(entry(app, "Staging"))).is(200).json();

    JsonNode twice =
        owner.put(access(developer), apps(entry(app, "Staging", "Staging"))).is(200).json();

    assertThat(twice).isEqualTo(once);
    assertThat(grants().reasons(developer.account(), app.environment("Staging")))
        .containsExactly("individual");
  }

  @Test
  void ofAnAppListedTwiceTheLastEntryCounts() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    owner.put(access(developer), apps(entry(app, "Development"), entry(app, "Staging"))).is(200);

    assertThat(grants().environmentsOf(developer.account()))
        .containsExactly(app.environment("Staging"));
  }

  @Test
  void theAccessOfMembersWithGlobalAccessCannotBeChanged() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    owner
        .sendText("PUT", access(admin), "broken")
        .isError(403, "Access cannot be changed for members with a global access role.");
  }

  @Test
  void aMemberWithoutAUsableIdentityKeyGetsNoAccess() {
    String error =
        "Member has not set up their identity key yet. They must log in to the console first.";
    UUID pending = organisation.pendingMember(DefaultRole.DEVELOPER);
    TestCaller broken = organisation.member(DefaultRole.DEVELOPER);
    server
        .database()
        .write(
            db ->
                db.update(ACCOUNT)
                    .set(ACCOUNT.IDENTITY_KEY, "0".repeat(64))
                    .where(ACCOUNT.ID.eq(broken.account()))
                    .execute());

    owner.put("/v1/members/" + pending + "/access/", Map.of()).isError(400, error);
    owner.put(access(broken), apps()).isError(400, error);
  }

  @Test
  void theBodyIsCheckedInItsOrder() {
    TestApp app = organisation.app("billing-api");
    TestApp sealedApp = organisation.app("sealed");
    organisation.turnSseOff(sealedApp);
    TestOrganisation other = TestOrganisation.create(server);
    TestApp foreign = other.app("foreign");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String path = access(developer);

    owner.put(path, Map.of()).isError(400, "Missing required field: apps");
    owner.sendText("PUT", path, "{\"apps\": null}").isError(400, "Missing required field: apps");
    owner.put(path, object("apps", "all")).isError(400, "'apps' must be a list.");
    owner
        .put(path, apps("all"))
        .isError(400, "Each entry in 'apps' must be an object with 'id' and 'environments'.");
    owner.put(path, apps(Map.of())).isError(400, "Each app entry must have an 'id' field.");
    owner.put(path, apps(object("id", ""))).isError(400, "Each app entry must have an 'id' field.");
    owner.put(path, apps(object("id", 1))).isError(400, "'id' must be a string.");
    for (String unknown : List.of("nonsense", UUID.randomUUID().toString(), foreign.id())) {
      owner.put(path, apps(object("id", unknown))).isError(404, "App not found: " + unknown);
    }
    owner
        .put(path, apps(object("id", sealedApp.id())))
        .isError(400, "App 'sealed' does not have SSE enabled. Only SSE apps are supported.");
    for (String environments : List.of("null", "\"Development\"", "[1]", "[null]", "{}")) {
      owner
          .sendText(
              "PUT",
              path,
              "{\"apps\": [{\"id\": \"%s\", \"environments\": %s}]}"
                  .formatted(app.id(), environments))
          .isError(400, "Each app entry must have an 'environments' list of environment IDs.");
    }
    owner
        .put(path, apps(entry(app)))
        .isError(
            400,
            "'environments' for app '"
                + app.id()
                + "' must not be empty. To revoke all access, remove the app from the list"
                + " entirely.");
    String unknown = UUID.randomUUID().toString();
    owner
        .put(
            path,
            apps(
                object(
                    "id",
                    app.id(),
                    "environments",
                    List.of(
                        unknown, app.environment("Staging"), foreign.environment("Staging"), "x"))))
        .isError(
            404,
            "Environment(s) not found in app 'billing-api': "
                + unknown
                + ", "
                + foreign.environment("Staging")
                + ", x");
    owner
        .put(path, apps(entry(app, "Staging"), "wrong"))
        .isError(400, "Each entry in 'apps' must be an object with 'id' and 'environments'.");
    assertThat(grants().environmentsOf(developer.account())).isEmpty();
  }

  @Test
  void idsAreAcceptedInAnyCase() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    owner
        .put(
            access(developer)
                .toUpperCase(Locale.ROOT)
                .replace("/V1/MEMBERS/", "/v1/members/")
                .replace("/ACCESS/", "/access/"),
            apps(
                object(
                    "id",
                    app.id().toUpperCase(Locale.ROOT),
                    "environments",
                    List.of(app.environment("Staging").toUpperCase(Locale.ROOT)))))
        .is(200);

    assertThat(grants().environmentsOf(developer.account()))
        .containsExactly(app.environment("Staging"));
  }

  @Test
  void whoGivesAccessMustHaveIt() {
    TestApp app = organisation.app("billing-api");
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    manager
        .put(access(developer), apps(entry(app, "Staging")))
        .isError(403, "You don't have access to app 'billing-api'.");
    organisation.grant(manager, app, "Staging");
    manager
        .put(access(developer), apps(entry(app, "Staging", "Production")))
        .isError(403, "You don't have access to one or more environments in app 'billing-api'.");
    manager.put(access(developer), apps(entry(app, "Staging"))).is(200);
  }

  @Test
  void anEnvironmentThatTheServerCannotOpenIsSkipped() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    server
        .database()
        .write(
            db ->
                db.deleteFrom(ENVIRONMENT_SERVER_KEY)
                    .where(
                        ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(
                            UUID.fromString(app.environment("Staging"))))
                    .execute());

    owner.put(access(developer), apps(entry(app, "Staging", "Production"))).is(200);

    assertThat(grants().environmentsOf(developer.account()))
        .containsExactly(app.environment("Production"));
  }

  @Test
  void aChangeIsRecordedWithWhatWasAndWhatIs() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    owner.put(access(developer), apps(entry(app, "Staging"))).is(200);

    String details =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.RESOURCE_ID.eq(developer.account()))
                        .and(AUDIT_EVENT.ACTION.eq("access"))
                        .fetchSingle()
                        .value1());
    assertThat(details).contains("\"old\":{}").contains(app.environment("Staging"));
  }

  @Test
  void parallelRequestsLeaveTheOutcomeOfOneOfThem() {
    TestApp app = organisation.app("billing-api");
    TestApp second = organisation.app("second");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    for (int round = 0; round < 5; round++) {
      CompletableFuture<TestResponse> one =
          CompletableFuture.supplyAsync(
              () -> owner.put(access(developer), apps(entry(app, "Development", "Staging"))));
      CompletableFuture<TestResponse> two =
          CompletableFuture.supplyAsync(
              () ->
                  owner.put(
                      access(developer), apps(entry(app, "Staging"), entry(second, "Staging"))));
      one.join().is(200);
      two.join().is(200);

      grants().assertEveryKeyHasAGrant();
      assertThat(
              List.of(
                  Set.of(app.environment("Development"), app.environment("Staging")),
                  Set.of(app.environment("Staging"), second.environment("Staging"))))
          .contains(grants().environmentsOf(developer.account()));
    }
  }
}
