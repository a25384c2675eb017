package lockstep.server.teams;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.keys.StoredGrants;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who sees and manages the service accounts that a team owns. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class TeamOwnedServiceAccountsContractTest extends OnBothDatabases {

  private static final String ACCOUNTS = "/v1/service-accounts/";
  private static final String NOT_FOUND = "Service account not found.";

  private TestCaller founder;
  private String team;
  private String bot;

  @BeforeEach
  void prepareTeamWithAccount() {
    founder =
        organisation.memberWith(
            new PermissionSet(Map.of(OrganisationResource.TEAMS, Set.of(Action.CREATE)), Map.of()));
    team = founder.post("/v1/teams/", Map.of("name", "Ops")).is(201).id();
    bot = ACCOUNTS + create(founder, "bot").is(201).id() + "/";
  }

  private TestResponse create(TestCaller caller, String name) {
    return caller.post(
        ACCOUNTS,
        Map.of(
            "name",
            name,
            "role_id",
            organisation.role(DefaultRole.SERVICE).toString(),
            "team_id",
            team));
  }

  private void join(String type, TestCaller... callers) {
    for (TestCaller caller : callers) {
      founder
          .post(
              "/v1/teams/" + team + "/members/",
              Map.of("member_type", type, "member_ids", List.of(caller.account().toString())))
          .is(200);
    }
  }

  private void override(String field, UUID role) {
    owner.put("/v1/teams/" + team + "/", Map.of(field, role.toString())).is(200);
  }

  private UUID managing(Action... actions) {
    Map<OrganisationResource, Set<Action>> permissions = new HashMap<>();
    permissions.put(OrganisationResource.SERVICE_ACCOUNTS, Set.of(actions));
    permissions.put(OrganisationResource.SERVICE_ACCOUNT_TOKENS, Set.of(actions));
    return organisation.customRole(new PermissionSet(permissions, Map.of()));
  }

  private static void assertManages(TestCaller caller, String account) {
    caller.put(account, Map.of("name", "renamed")).is(200);
    caller.put(account + "access/", Map.of("apps", List.of())).is(200);
    String token = caller.post(account + "tokens/", Map.of("name", "x")).is(201).id();
    caller.delete(account + "tokens/" + token + "/").is(204);
    caller.delete(account).is(204);
  }

  private static void assertInvisible(TestCaller caller, String account) {
    assertThat(caller.get(ACCOUNTS).is(200).each("id")).doesNotContain(account.split("/", -1)[3]);
    caller.get(account).isError(404, NOT_FOUND);
    caller.put(account, Map.of("name", "x")).isError(404, NOT_FOUND);
    caller.put(account + "access/", Map.of("apps", List.of())).isError(404, NOT_FOUND);
    caller.post(account + "tokens/", Map.of("name", "x")).isError(404, NOT_FOUND);
    caller.delete(account).isError(404, NOT_FOUND);
  }

  @Test
  void theOwnerOfTheTeamManagesWithoutAnyPermissionButReadsOnlyWithIt() {
    founder.get(bot).isError(403, "You don't have permission to read service accounts.");
    assertManages(founder, bot);
  }

  @Test
  void usersWithGlobalAccessManage() {
    owner.get(bot).is(200);
    assertManages(owner, bot);
  }

  @Test
  void outsideTheTeamAnAccountDoesNotExist() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller managingBot = organisation.serviceAccount(DefaultRole.MANAGER);

    assertInvisible(manager, bot);
    assertInvisible(managingBot, bot);

    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    nobody.delete(bot).isError(403, "You don't have permission to delete service accounts.");
  }

  @Test
  void withoutARoleOfTheTeamTheOwnRoleDecides() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller reader = organisation.member(managing(Action.READ));
    join("user", manager, reader);

    reader.get(bot).is(200);
    assertThat(reader.get(ACCOUNTS).is(200).json().get("data")).hasSize(1);
    reader.put(bot, Map.of()).isError(403, "You don't have permission to update service accounts.");
    reader
        .post(bot + "tokens/", Map.of())
        .isError(403, "You don't have permission to create service account tokens.");
    assertManages(manager, bot);
  }

  @Test
  void theRoleOfTheTeamReplacesTheOwnOneForMembers() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    join("user", manager, nobody);

    override("member_role_id", managing(Action.READ));
    manager.delete(bot).isError(403, "You don't have permission to delete service accounts.");
    nobody.get(bot).isError(403, "You don't have permission to read service accounts.");

    override("member_role_id", managing(Action.values()));
    nobody.get(bot).isError(403, "You don't have permission to read service accounts.");
    assertManages(nobody, bot);
  }

  @Test
  void serviceAccountsInTheTeamGoByItsRoleForThem() {
    TestCaller inside = organisation.serviceAccount(DefaultRole.SERVICE);
    join("service_account", inside);

    inside.get(bot).is(200);
    inside
        .put(bot, Map.of("name", "x"))
        .isError(403, "You don't have permission to update service accounts.");
    override("member_role_id", managing(Action.values()));
    inside
        .put(bot, Map.of("name", "x"))
        .isError(403, "You don't have permission to update service accounts.");
    override("service_account_role_id", managing(Action.values()));
    assertManages(inside, bot);
  }

  @Test
  void toCreateOneTakesBeingInTheTeamAndTheEffectiveRole() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller managingBot = organisation.serviceAccount(DefaultRole.MANAGER);
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);

    create(manager, "x").isError(403, "You are not a member of this team.");
    create(managingBot, "x").isError(403, "Service account is not a member of this team.");
    create(owner, "x").is(201);

    join("user", manager, nobody);
    create(manager, "x").is(201);
    String error =
        "Your effective role on this team does not grant permission to create service accounts.";
    create(nobody, "x").isError(403, error);
    override("member_role_id", managing(Action.READ));
    create(manager, "x").isError(403, error);
    override("member_role_id", managing(Action.CREATE));
    create(nobody, "x").is(201);
  }

  @Test
  void aTeamOfAnotherOrganisationDoesNotExist() {
    TestOrganisation other = TestOrganisation.create(server);
    Map<String, Object> body =
        object("name", "x", "role_id", other.role(DefaultRole.SERVICE).toString(), "team_id", team);

    other.owner().post(ACCOUNTS, body).isError(404, "Team not found.");
    other.owner().get(bot).isError(404, NOT_FOUND);
    other.owner().delete(bot).isError(404, NOT_FOUND);
  }

  @Test
  void aMemberWhoLeftTheTeamSeesItsAccountsNoMore() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    join("user", manager);
    manager.get(bot).is(200);

    founder.delete("/v1/teams/" + team + "/members/" + manager.account() + "/").is(204);

    assertInvisible(manager, bot);
  }

  @Test
  void aNewAccountIsInTheTeamAndReachesItsScope() {
    TestApp app = organisation.app("billing-api");
    owner
        .put(
            "/v1/teams/" + team + "/access/",
            object(
                "apps",
                List.of(
                    object("id", app.id(), "environments", List.of(app.environment("Staging"))))))
        .is(200);

    JsonNode json = create(founder, "second").is(201).json();

    UUID account = UUID.fromString(json.get("id").stringValue());
    StoredGrants grants = new StoredGrants(server, organisation);
    assertThat(grants.reasons(account, app.environment("Staging"))).containsExactly(team);
    TestCaller.authorized(
            server.uri(), account, json.get("initialToken").get("bearerToken").stringValue())
        .get(app.secrets("Staging"))
        .is(200);
    assertThat(owner.get("/v1/teams/" + team + "/").json().get("members")).hasSize(3);
  }
}
