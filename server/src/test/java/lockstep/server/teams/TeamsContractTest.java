package lockstep.server.teams;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class TeamsContractTest extends OnBothDatabases {

  private static final String TEAMS = "/v1/teams/";

  private String role(DefaultRole role) {
    return organisation.role(role).toString();
  }

  private static String create(TestCaller caller, String name) {
    return TEAMS + caller.post(TEAMS, Map.of("name", name)).is(201).id() + "/";
  }

  private void manageByScim(String team) {
    server
        .database()
        .write(
            db ->
                db.update(TEAM)
                    .set(TEAM.IS_SCIM_MANAGED, true)
                    .where(TEAM.ID.eq(UUID.fromString(team.split("/", -1)[3])))
                    .execute());
  }

  @Test
  void whoCreatesATeamOwnsItAndIsInIt() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);

    JsonNode json =
        manager
            .post(
                TEAMS,
                Map.of(
                    "name",
                    " <i>Ops</i> ",
                    "member_role_id",
                    role(DefaultRole.OWNER),
                    "service_account_role_id",
                    role(DefaultRole.SERVICE)))
            .is(201)
            .json();

    assertThat(json.propertyNames())
        .containsExactly(
            "id",
            "name",
            "description",
            "isScimManaged",
            "memberRole",
            "serviceAccountRole",
            "owner",
            "createdAt",
            "updatedAt",
            "members",
            "apps");
    assertThat(json.get("name").stringValue()).isEqualTo("Ops");
    assertThat(json.get("description").stringValue()).isEmpty();
    assertThat(json.get("isScimManaged").booleanValue()).isFalse();
    assertThat(json.get("memberRole").get("name").stringValue()).isEqualTo("Owner");
    assertThat(json.get("serviceAccountRole").get("id").stringValue())
        .isEqualTo(role(DefaultRole.SERVICE));
    assertThat(json.get("owner").get("id").stringValue()).isEqualTo(manager.account().toString());
    JsonNode member = json.get("members").get(0);
    assertThat(member.propertyNames()).containsExactly("type", "id", "email", "fullName");
    assertThat(member.get("type").stringValue()).isEqualTo("user");
    assertThat(member.get("email")).isEqualTo(json.get("owner").get("email"));
    assertThat(json.get("apps")).isEmpty();
    assertThat(manager.get(TEAMS + json.get("id").stringValue() + "/").is(200).json())
        .isEqualTo(json);
  }

  @Test
  void aTeamCreatedByAServiceAccountHasNoOwnerAndNoMembers() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.MANAGER);

    JsonNode json = bot.post(TEAMS, Map.of("name", "Ops")).is(201).json();

    assertThat(json.get("owner").isNull()).isTrue();
    assertThat(json.get("members")).isEmpty();
    bot.get(TEAMS + json.get("id").stringValue() + "/")
        .isError(403, "You don't have access to this team.");
  }

  @Test
  void listsAllTeamsByNameToEverybodyWithThePermission() {
    create(owner, "beta");
    create(owner, "Alpha");
    create(owner, "gamma");
    String deleted = create(owner, "aardvark");
    owner.delete(deleted).is(204);

    TestResponse list = organisation.member(DefaultRole.DEVELOPER).get(TEAMS).is(200);

    assertThat(list.each("name")).containsExactly("Alpha", "beta", "gamma");
    assertThat(list.json().get("data").get(0).propertyNames())
        .containsExactly(
            "id",
            "name",
            "description",
            "isScimManaged",
            "memberRole",
            "serviceAccountRole",
            "owner",
            "createdAt",
            "updatedAt");
  }

  @Test
  void withoutThePermissionEveryIdIsRefusedAlike() {
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    String existing = create(owner, "Ops");

    nobody.get(TEAMS).isError(403, "You don't have permission to read teams.");
    nobody.post(TEAMS, Map.of()).isError(403, "You don't have permission to create teams.");
    for (String team : List.of(existing, TEAMS + UUID.randomUUID() + "/", TEAMS + "x/")) {
      nobody.get(team).isError(403, "You don't have permission to read teams.");
      nobody.put(team, Map.of()).isError(403, "You don't have permission to update teams.");
      nobody.delete(team).isError(403, "You don't have permission to delete teams.");
      nobody
          .post(team + "members/", Map.of())
          .isError(403, "You don't have permission to update teams.");
      nobody
          .delete(team + "members/" + owner.account() + "/")
          .isError(403, "You don't have permission to update teams.");
      nobody
          .put(team + "access/", Map.of())
          .isError(403, "You don't have permission to update teams.");
    }
  }

  @Test
  void whatIsNoLiveTeamOfTheOrganisationIsNotFound() {
    String foreign = create(TestOrganisation.create(server).owner(), "Foreign");
    String deleted = create(owner, "Deleted");
    owner.delete(deleted).is(204);

    for (String team : List.of(foreign, deleted, TEAMS + UUID.randomUUID() + "/")) {
      owner.get(team).isError(404, "Team not found.");
      owner.put(team, Map.of("name", "x")).isError(404, "Team not found.");
      owner.delete(team).isError(404, "Team not found.");
      owner.post(team + "members/", Map.of()).isError(404, "Team not found.");
      owner.delete(team + "members/" + owner.account() + "/").isError(404, "Team not found.");
      owner.put(team + "access/", Map.of()).isError(404, "Team not found.");
    }
  }

  @Test
  void whoIsNotInTheTeamNeedsGlobalAccess() {
    String team = create(owner, "Ops");
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    String error = "You don't have access to this team.";

    manager.get(team).isError(403, error);
    manager.put(team, Map.of()).isError(403, error);
    manager.delete(team).isError(403, error);
    manager.post(team + "members/", Map.of()).isError(403, error);
    manager.delete(team + "members/" + owner.account() + "/").isError(403, error);
    manager.put(team + "access/", Map.of()).isError(403, error);

    owner
        .post(team + "members/", Map.of("member_ids", List.of(manager.account().toString())))
        .is(200);
    manager.get(team).is(200);
    manager.put(team, Map.of("name", "Renamed")).is(200);
  }

  @Test
  void theOwnerOfATeamManagesItsMembersAndAccessWithoutAnyPermission() {
    TestCaller founder =
        organisation.memberWith(
            new PermissionSet(Map.of(OrganisationResource.TEAMS, Set.of(Action.CREATE)), Map.of()));
    String team = create(founder, "Ops");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    founder.get(team).isError(403, "You don't have permission to read teams.");
    founder.put(team, Map.of()).isError(403, "You don't have permission to update teams.");
    founder.delete(team).isError(403, "You don't have permission to delete teams.");
    founder
        .post(team + "members/", Map.of("member_ids", List.of(developer.account().toString())))
        .is(200);
    founder.delete(team + "members/" + developer.account() + "/").is(204);
    founder.put(team + "access/", Map.of("apps", List.of())).is(200);
    // Still so when the owner has left the team.
    founder.delete(team + "members/" + founder.account() + "/").is(204);
    founder.put(team + "access/", Map.of("apps", List.of())).is(200);
  }

  @Test
  void theBodyOfANewTeamIsChecked() {
    owner.post(TEAMS, Map.of()).isError(400, "Missing required field: name");
    owner
        .post(TEAMS, Map.of("name", "x".repeat(65)))
        .isError(400, "'name' cannot exceed 64 characters.");
    owner
        .post(TEAMS, Map.of("name", "x", "description", "x".repeat(10_001)))
        .isError(400, "'description' cannot exceed 10000 characters.");
    owner.post(TEAMS, Map.of("name", "x", "member_role_id", "x")).isError(404, "Role not found.");
    owner
        .post(
            TEAMS,
            Map.of(
                "name",
                "x",
                "service_account_role_id",
                TestOrganisation.create(server).role(DefaultRole.SERVICE).toString()))
        .isError(404, "Role not found.");
    for (String flag : List.of("is_scim_managed", "isScimManaged")) {
      owner
          .post(TEAMS, Map.of("name", "x", flag, false))
          .isError(
              400,
              "The is_scim_managed flag is set automatically by the SCIM provisioning flow and"
                  + " cannot be set via this endpoint.");
    }
    owner.post(TEAMS, Map.of("name", "x", "member_role_id", "")).is(201);
    owner.post(TEAMS, Map.of("name", "x")).is(201);
  }

  @Test
  void onlyWhatIsSentChanges() {
    String team =
        TEAMS
            + owner
                .post(
                    TEAMS,
                    Map.of(
                        "name",
                        "Ops",
                        "description",
                        "text",
                        "member_role_id",
                        role(DefaultRole.ADMIN),
                        "service_account_role_id",
                        role(DefaultRole.SERVICE)))
                .is(201)
                .id()
            + "/";

    JsonNode json =
        owner.put(team, Map.of("member_role_id", "", "description", " ")).is(200).json();

    assertThat(json.get("name").stringValue()).isEqualTo("Ops");
    assertThat(json.get("description").stringValue()).isEmpty();
    assertThat(json.get("memberRole").isNull()).isTrue();
    assertThat(json.get("serviceAccountRole").get("name").stringValue()).isEqualTo("Service");
    assertThat(owner.get(team).is(200).json()).isEqualTo(json);
    owner.put(team, Map.of()).isError(400, "At least one field must be provided.");
    owner.put(team, Map.of("name", " ")).isError(400, "Missing required field: name");
  }

  @Test
  void aTeamManagedByScimIsNotChangedHere() {
    String team = create(owner, "Ops");
    manageByScim(team);

    owner
        .sendText("PUT", team, "broken")
        .isError(
            403,
            "This team is managed by SCIM. Name, description, and role overrides must be updated"
                + " via the SCIM provider.");
    owner
        .delete(team)
        .isError(
            403,
            "SCIM-managed teams cannot be deleted via the API. Delete the corresponding group in"
                + " the SCIM provider.");
    owner
        .post(team + "members/", Map.of())
        .isError(
            403,
            "User membership of SCIM-managed teams is controlled by the SCIM provider."
                + " Service-account additions are permitted.");
    owner
        .delete(team + "members/" + owner.account() + "/")
        .isError(403, "User membership of SCIM-managed teams is controlled by the SCIM provider.");
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    owner
        .post(
            team + "members/",
            Map.of(
                "member_type", "service_account", "member_ids", List.of(bot.account().toString())))
        .is(200);
    owner.delete(team + "members/" + bot.account() + "/?member_type=service_account").is(204);
    owner.put(team + "access/", Map.of("apps", List.of())).is(200);
  }

  @Test
  void aDeletedTeamTakesItsGrantsItsServiceAccountsAndTheirTokensAlong() {
    StoredGrants grants = new StoredGrants(server, organisation);
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Staging");
    String team = create(owner, "Ops");
    owner
        .post(team + "members/", Map.of("member_ids", List.of(developer.account().toString())))
        .is(200);
    owner
        .put(
            team + "access/",
            object(
                "apps",
                List.of(
                    object(
                        "id",
                        app.id(),
                        "environments",
                        List.of(app.environment("Development"), app.environment("Staging"))))))
        .is(200);
    JsonNode bot =
        owner
            .post(
                "/v1/service-accounts/",
                Map.of(
                    "name",
                    "bot",
                    "role_id",
                    role(DefaultRole.SERVICE),
                    "team_id",
                    team.split("/", -1)[3]))
            .is(201)
            .json();
    UUID botId = UUID.fromString(bot.get("id").stringValue());
    TestCaller botCaller =
        TestCaller.authorized(
            server.uri(), botId, bot.get("initialToken").get("bearerToken").stringValue());
    botCaller.get(app.secrets()).is(200);
    developer.get(app.secrets()).is(200);

    owner.delete(team).is(204);

    developer.get(app.secrets()).isError(403, "User cannot access this environment");
    developer.get(app.secrets("Staging")).is(200);
    botCaller.get(app.secrets()).isError(401, "Token expired or deleted");
    assertThat(grants.environmentsOf(developer.account()))
        .containsExactly(app.environment("Staging"));
    assertThat(grants.environmentsOf(botId)).isEmpty();
    grants.assertEveryKeyHasAGrant();
    List<String> recorded =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.RESOURCE_TYPE)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                        .and(AUDIT_EVENT.ACTION.eq("delete"))
                        .fetch(row -> row.value1()));
    assertThat(recorded).containsExactlyInAnyOrder("sa_token", "sa", "team");
  }
}
