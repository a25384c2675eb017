package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which apps and environments an account reaches: by itself, through teams, by global access. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ReachContractTest extends OnBothDatabases {

  private TestApp app;
  private TestApp other;

  @BeforeEach
  void createApps() {
    app = organisation.app("app");
    other = organisation.app("other");
  }

  @Test
  void whoIsNotListedReachesNothing() {
    for (TestCaller stranger :
        List.of(
            organisation.member(DefaultRole.MANAGER),
            organisation.serviceAccount(DefaultRole.SERVICE))) {
      assertReachesNothing(stranger);
    }
  }

  @Test
  void whoIsListedReachesTheAppButNoEnvironment() {
    TestCaller member = organisation.member(DefaultRole.MANAGER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    for (TestCaller caller : List.of(member, account)) {
      organisation.list(caller, app);
      assertThat(caller.get("/v1/apps/").each("name")).containsExactly("app");
      caller.get(appPath(app)).is(200);
      assertOpens(caller, app);
      assertDoesNotReachOther(caller);
    }
  }

  @Test
  void aKeyOpensItsEnvironmentAndNoOther() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    for (TestCaller caller : List.of(member, account)) {
      organisation.grant(caller, app, "Staging", "Production");
      assertOpens(caller, app, "Staging", "Production");
      assertDoesNotReachOther(caller);
    }
  }

  @Test
  void withoutItsKeysAnAccountOpensNothing() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Staging");
    assertOpens(member, app, "Staging");
    organisation.revokeAllKeys(member);
    assertOpens(member, app);
  }

  @Test
  void ownersAndAdminsReachEverythingWithoutBeingListedOrHavingKeys() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    organisation.revokeAllKeys(owner);
    for (TestCaller caller : List.of(admin, owner)) {
      assertThat(caller.get("/v1/apps/").each("name")).containsExactly("other", "app");
      caller.get(appPath(app)).is(200);
      assertOpens(caller, app, "Development", "Staging", "Production");
    }
    TestApp later = organisation.app("later", "only");
    assertOpens(admin, later, "only");
  }

  @Test
  void serviceAccountsHaveNoGlobalAccessWhateverTheirRole() {
    for (DefaultRole role : List.of(DefaultRole.OWNER, DefaultRole.ADMIN)) {
      assertReachesNothing(organisation.serviceAccount(role));
    }
  }

  @Test
  void aTeamGivesReachOfWhatIsInItsScope() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    UUID team = organisation.team(null, null);
    for (TestCaller caller : List.of(member, account)) {
      organisation.join(team, caller);
      assertReachesNothing(caller);
    }
    organisation.scope(team, app, "Staging");
    for (TestCaller caller : List.of(member, account)) {
      assertThat(caller.get("/v1/apps/").each("name")).containsExactly("app");
      caller.get(appPath(app)).is(200);
      assertOpens(caller, app, "Staging");
      assertDoesNotReachOther(caller);
    }
  }

  @Test
  void aTeamGivesItsMembersAndNobodyElseReach() {
    UUID team = organisation.team(null, null);
    organisation.join(team, organisation.member(DefaultRole.DEVELOPER));
    organisation.scope(team, app, "Staging");
    assertReachesNothing(organisation.member(DefaultRole.DEVELOPER));
  }

  @Test
  void scopeWithoutAKeyReachesTheAppButOpensNothing() {
    UUID team = organisation.team(null, null);
    organisation.scope(team, app, "Staging");
    TestCaller late = organisation.member(DefaultRole.DEVELOPER);
    organisation.join(team, late);
    late.get(appPath(app)).is(200);
    assertOpens(late, app);
  }

  @Test
  void aDeletedTeamGivesNothing() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    UUID admin = organisation.role(DefaultRole.ADMIN);
    UUID team = organisation.team(admin, admin);
    organisation.join(team, member);
    organisation.join(team, account);
    organisation.scope(team, app, "Staging");
    organisation.deleteTeamOnly(team);
    assertReachesNothing(member);
    assertReachesNothing(account);
  }

  @Test
  void aGrantOfADeletedTeamOpensNothingEvenToWhoIsListedAnew() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.join(team, member);
    organisation.scope(team, app, "Staging");
    organisation.deleteTeamOnly(team);
    organisation.list(member, app);
    assertOpens(member, app);
  }

  @Test
  void oneGrantIsEnoughWhenAnotherIsGone() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    UUID deleted = organisation.team(null, null);
    UUID live = organisation.team(null, null);
    organisation.join(deleted, member);
    organisation.join(live, member);
    organisation.scope(deleted, app, "Staging", "Production");
    organisation.scope(live, app, "Staging");
    organisation.grant(member, app, "Production");
    organisation.deleteTeamOnly(deleted);
    assertOpens(member, app, "Staging", "Production");
  }

  @Test
  void everyDefaultRoleAllowsExactlyItsActions() {
    for (DefaultRole role : DefaultRole.values()) {
      assertAllows(organisation.member(role), role.permissions());
    }
    assertAllows(
        organisation.serviceAccount(DefaultRole.SERVICE), DefaultRole.SERVICE.permissions());
  }

  @Test
  void aCustomRoleAllowsWhatItListsAndNothingElse() {
    PermissionSet nothing = PermissionSet.NONE;
    PermissionSet some =
        new PermissionSet(
            Map.of(OrganisationResource.APPS, Set.of(Action.READ, Action.DELETE)),
            Map.of(
                AppResource.ENVIRONMENTS,
                Set.of(Action.UPDATE),
                AppResource.SECRETS,
                Set.of(Action.READ, Action.CREATE)));
    for (PermissionSet set : List.of(nothing, some)) {
      UUID role = organisation.customRole(set);
      for (TestCaller caller :
          List.of(organisation.member(role), organisation.serviceAccount(role))) {
        assertAllows(caller, set);
      }
    }
  }

  @Test
  void aTeamRoleAddsItsAppPermissionsOnTheAppsOfTheTeam() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(organisation.role(DefaultRole.ADMIN), null);
    organisation.join(team, developer);
    organisation.scope(team, app, "Staging");
    organisation.grant(developer, app, "Production");
    organisation.grant(developer, other, "Staging");

    developer
        .delete(environmentPath(other, "Staging"))
        .isError(403, "You don't have permission to delete environments.");
    developer
        .delete(environmentPath(app, "Development"))
        .isError(403, "You don't have access to this environment.");
    developer.delete(environmentPath(app, "Staging")).is(204);
    assertThat(developer.get("/v1/apps/").each("name")).containsExactly("other", "app");
  }

  @Test
  void aTeamRoleAddsNothingOfItsOrganisationPermissionsAndNoGlobalAccess() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(organisation.role(DefaultRole.OWNER), null);
    organisation.join(team, developer);
    organisation.scope(team, app, "Staging");
    developer
        .put(appPath(app), object("name", "n"))
        .isError(403, "You don't have permission to update apps.");
    developer.delete(appPath(app)).isError(403, "You don't have permission to delete apps.");
    developer
        .post("/v1/apps/", object("name", "n"))
        .isError(403, "You don't have permission to create apps.");
    assertOpens(developer, app, "Staging");
    assertDoesNotReachOther(developer);
  }

  @Test
  void aTeamRoleNeverTakesAway() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(organisation.customRole(PermissionSet.NONE), null);
    organisation.join(team, developer);
    organisation.scope(team, app, "Staging");
    assertOpens(developer, app, "Staging");
    developer.put(environmentPath(app, "Staging"), object("name", "renamed")).is(200);
  }

  @Test
  void rolesOfSeveralTeamsAreUnited() {
    TestCaller caller = organisation.member(organisation.customRole(PermissionSet.NONE));
    for (AppResource resource : List.of(AppResource.ENVIRONMENTS, AppResource.SECRETS)) {
      UUID role =
          organisation.customRole(
              new PermissionSet(Map.of(), Map.of(resource, Set.of(Action.READ))));
      UUID team = organisation.team(role, null);
      organisation.join(team, caller);
      organisation.scope(team, app, resource == AppResource.SECRETS ? "Production" : "Staging");
    }
    caller.get(environmentPath(app, "Staging")).is(200);
    caller.get(environmentPath(app, "Production")).is(200);
    caller.get(app.secrets("Staging")).is(200);
    caller.get(app.secrets("Production")).is(200);
    caller.get(appPath(app)).isError(403, "You don't have permission to read apps.");
  }

  @Test
  void teamsHaveOneRoleForMembersAndOneForServiceAccounts() {
    UUID none = organisation.customRole(PermissionSet.NONE);
    UUID reader =
        organisation.customRole(
            new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, Set.of(Action.READ))));
    String refused = "You don't have permission to read secrets in this environment.";
    for (boolean forMembers : List.of(true, false)) {
      TestCaller member = organisation.member(none);
      TestCaller account = organisation.serviceAccount(none);
      UUID team = organisation.team(forMembers ? reader : null, forMembers ? null : reader);
      organisation.join(team, member);
      organisation.join(team, account);
      organisation.scope(team, app, "Staging");
      (forMembers ? member : account).get(app.secrets("Staging")).is(200);
      (forMembers ? account : member).get(app.secrets("Staging")).isError(403, refused);
    }
  }

  @Test
  void rolesOfDeletedTeamsAndOfTeamsWithoutScopeAddNothing() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Staging");
    UUID admin = organisation.role(DefaultRole.ADMIN);
    UUID deleted = organisation.team(admin, null);
    UUID elsewhere = organisation.team(admin, null);
    organisation.join(deleted, developer);
    organisation.join(elsewhere, developer);
    organisation.scope(deleted, app, "Staging");
    organisation.scope(elsewhere, other, "Staging");
    organisation.deleteTeamOnly(deleted);
    developer
        .delete(environmentPath(app, "Staging"))
        .isError(403, "You don't have permission to delete environments.");
  }

  @Test
  void globalAccessGivesReachButNotActions() {
    UUID role = organisation.customRole(PermissionSet.NONE);
    server
        .database()
        .write(
            db -> db.update(ROLE).set(ROLE.GLOBAL_ACCESS, true).where(ROLE.ID.eq(role)).execute());
    TestCaller caller = organisation.member(role);
    caller.get("/v1/apps/").isError(403, "You don't have permission to read apps.");
    caller.get(appPath(app)).isError(403, "You don't have permission to read apps.");
    caller
        .get(environmentPath(app, "Staging"))
        .isError(403, "You don't have permission to read environments.");
    caller
        .get(app.secrets())
        .isError(403, "You don't have permission to read secrets in this environment.");
  }

  /** Tries every action on an app, an environment and secrets that the caller has access to. */
  private void assertAllows(TestCaller caller, PermissionSet set) {
    TestApp fresh = organisation.app("fresh");
    organisation.revokeAllKeys(caller);
    organisation.grant(caller, fresh, "Development", "Staging");
    check(caller.get(appPath(fresh)), set.allows(OrganisationResource.APPS, Action.READ));
    check(
        caller.put(appPath(fresh), object("name", "n")),
        set.allows(OrganisationResource.APPS, Action.UPDATE));
    check(
        caller.post("/v1/apps/", object("name", "n")),
        set.allows(OrganisationResource.APPS, Action.CREATE));
    String environment = environmentPath(fresh, "Staging");
    check(caller.get(environment), set.allows(AppResource.ENVIRONMENTS, Action.READ));
    check(
        caller.put(environment, object("name", "m")),
        set.allows(AppResource.ENVIRONMENTS, Action.UPDATE));
    check(
        caller.post("/v1/environments/?app_id=" + fresh.id(), object("name", "x")),
        set.allows(AppResource.ENVIRONMENTS, Action.CREATE));
    String id = owner.post(fresh.secrets(), TestApp.body(TestApp.secret("K", "v"))).id();
    check(caller.get(fresh.secrets()), set.allows(AppResource.SECRETS, Action.READ));
    check(
        caller.post(fresh.secrets(), TestApp.body(TestApp.secret("L", "v"))),
        set.allows(AppResource.SECRETS, Action.CREATE));
    check(
        caller.put(fresh.secrets(), TestApp.body(object("id", id, "value", "w"))),
        set.allows(AppResource.SECRETS, Action.UPDATE));
    check(
        caller.delete(fresh.secrets(), TestApp.body(id)),
        set.allows(AppResource.SECRETS, Action.DELETE));
    check(caller.delete(environment), set.allows(AppResource.ENVIRONMENTS, Action.DELETE));
    check(caller.delete(appPath(fresh)), set.allows(OrganisationResource.APPS, Action.DELETE));
  }

  private static void check(TestResponse response, boolean allowed) {
    if (allowed) {
      assertThat(response.status()).as(response.text()).isIn(200, 201, 204);
    } else {
      assertThat(response.is(403).text()).contains("You don't have permission to ");
    }
  }

  private void assertReachesNothing(TestCaller caller) {
    assertThat(caller.get("/v1/apps/").is(200).text()).isEqualTo("{\"data\":[]}");
    assertThat(caller.get(appPath(app)).is(403).text()).contains(" cannot access this app");
    assertThat(caller.get("/v1/environments/?app_id=" + app.id()).is(403).text())
        .contains(" cannot access this app");
    for (String name : app.environments().keySet()) {
      assertThat(caller.get(environmentPath(app, name)).is(403).text())
          .contains(" cannot access this app");
      assertThat(caller.get(app.secrets(name)).is(403).text())
          .contains(" cannot access this environment");
    }
  }

  /** Opens these environments of the app, and no others. */
  private static void assertOpens(TestCaller caller, TestApp app, String... names) {
    assertThat(caller.get("/v1/environments/?app_id=" + app.id()).is(200).each("name"))
        .containsExactlyInAnyOrder(names);
    for (String name : app.environments().keySet()) {
      int expected = List.of(names).contains(name) ? 200 : 403;
      caller.get(environmentPath(app, name)).is(expected);
      caller.get(app.secrets(name)).is(expected);
    }
  }

  private void assertDoesNotReachOther(TestCaller caller) {
    assertThat(caller.get(appPath(other)).is(403).text()).contains(" cannot access this app");
    assertThat(caller.get(other.secrets()).is(403).text())
        .contains(" cannot access this environment");
  }

  private static String appPath(TestApp app) {
    return "/v1/apps/" + app.id() + "/";
  }

  private static String environmentPath(TestApp app, String name) {
    return "/v1/environments/" + app.environment(name) + "/";
  }
}
