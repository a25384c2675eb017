package lockstep.server.teams;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.ServerKeys;
import lockstep.server.keys.StoredGrants;
import lockstep.server.keys.WrappedKeys;
import lockstep.server.testing.ContractTest;
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
final class TeamMembershipContractTest extends OnBothDatabases {

  private TestApp app;
  private String teamId;
  private String team;
  private StoredGrants grants;

  @BeforeEach
  void prepareTeam() {
    app = organisation.app("billing-api");
    teamId = owner.post("/v1/teams/", Map.of("name", "Ops")).is(201).id();
    team = "/v1/teams/" + teamId + "/";
    grants = new StoredGrants(server, organisation);
  }

  private static Map<String, Object> members(UUID... accounts) {
    return object("member_ids", Arrays.stream(accounts).map(UUID::toString).toList());
  }

  private static Map<String, Object> bots(UUID... accounts) {
    Map<String, Object> body = members(accounts);
    body.put("member_type", "service_account");
    return body;
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

  private String ownedBot(String owningTeam, String name) {
    return owner
        .post(
            "/v1/service-accounts/",
            Map.of(
                "name",
                name,
                "role_id",
                organisation.role(DefaultRole.SERVICE).toString(),
                "team_id",
                owningTeam))
        .is(201)
        .id();
  }

  @Test
  void membersAreListedInTheOrderOfJoining() {
    TestCaller first = organisation.member(DefaultRole.DEVELOPER);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller second = organisation.member(DefaultRole.DEVELOPER);

    owner.post(team + "members/", members(second.account(), first.account())).is(200);
    JsonNode json = owner.post(team + "members/", bots(bot.account())).is(200).json();

    assertThat(
            StreamSupport.stream(json.get("members").spliterator(), false)
                .map(member -> member.get("id").stringValue()))
        .containsExactly(
            owner.account().toString(),
            second.account().toString(),
            first.account().toString(),
            bot.account().toString());
    assertThat(json.get("members").get(3).propertyNames()).containsExactly("type", "id", "name");
    assertThat(json.get("members").get(3).get("type").stringValue()).isEqualTo("service_account");

    organisation.deleteAccount(second);
    assertThat(owner.get(team).is(200).json().get("members")).hasSize(3);
  }

  @Test
  void whoJoinsGetsWhatIsInScopeAndWhoLeavesLosesIt() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    owner.put(team + "access/", apps(entry(app, "Development"))).is(200);
    developer.get(app.secrets()).is(403);

    owner.post(team + "members/", members(developer.account())).is(200);
    owner.post(team + "members/", members(developer.account())).is(200);
    owner.post(team + "members/", bots(bot.account())).is(200);

    developer.get(app.secrets()).is(200);
    bot.get(app.secrets()).is(200);
    assertThat(grants.reasons(developer.account(), app.environment("Development")))
        .containsExactly(teamId);

    owner.delete(team + "members/" + developer.account() + "/").is(204);
    owner.delete(team + "members/" + bot.account() + "/?memberType=service_account").is(204);

    developer.get(app.secrets()).isError(403, "User cannot access this environment");
    bot.get(app.secrets()).isError(403, "Service account cannot access this environment");
    assertThat(grants.environmentsOf(developer.account())).isEmpty();
  }

  @Test
  void aKeySurvivesAsLongAsAnyGrantIsLeft() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String environment = app.environment("Development");
    String other = owner.post("/v1/teams/", Map.of("name", "Other")).is(201).id();
    for (String id : List.of(teamId, other)) {
      owner.put("/v1/teams/" + id + "/access/", apps(entry(app, "Development"))).is(200);
      owner.post("/v1/teams/" + id + "/members/", members(developer.account())).is(200);
    }
    String access = "/v1/members/" + developer.account() + "/access/";
    owner.put(access, apps(entry(app, "Development"))).is(200);
    assertThat(grants.reasons(developer.account(), environment))
        .containsExactlyInAnyOrder(teamId, other, "individual");

    owner.put(team + "access/", apps()).is(200);
    developer.get(app.secrets()).is(200);
    owner.put(access, apps()).is(200);
    developer.get(app.secrets()).is(200);
    assertThat(grants.reasons(developer.account(), environment)).containsExactly(other);
    owner.delete("/v1/teams/" + other + "/members/" + developer.account() + "/").is(204);
    developer.get(app.secrets()).is(403);
    assertThat(grants.environmentsOf(developer.account())).isEmpty();
  }

  @Test
  void theBodyOfAnAdditionIsCheckedInItsOrder() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller foreign = TestOrganisation.create(server).owner();
    String type = "'member_type' must be one of ['service_account', 'user'].";
    String list = "'member_ids' must be a non-empty list.";

    owner.post(team + "members/", Map.of("member_type", "User")).isError(400, type);
    owner.post(team + "members/", Map.of("member_type", 1)).isError(400, type);
    owner.post(team + "members/", Map.of()).isError(400, list);
    owner.post(team + "members/", Map.of("member_ids", "x")).isError(400, list);
    owner.post(team + "members/", Map.of("member_ids", List.of())).isError(400, list);
    owner.post(team + "members/", Map.of("member_ids", List.of(1))).isError(400, list);
    owner
        .post(
            team + "members/",
            Map.of(
                "member_ids",
                List.of("x", developer.account().toString(), foreign.account().toString())))
        .isError(404, "Member(s) not found: x, " + foreign.account() + ".");
    owner
        .post(team + "members/", bots(developer.account()))
        .isError(404, "Service account(s) not found: " + developer.account() + ".");
    assertThat(owner.get(team).is(200).json().get("members")).hasSize(1);
  }

  @Test
  void aListAsLongAsABodyCanBeIsAnsweredLikeAShortOne() {
    List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(26_000).toList();

    TestResponse refused = owner.post(team + "members/", Map.of("member_ids", ids)).is(404);

    assertThat(refused.text()).contains(ids.getFirst(), ids.getLast());
    List<Object> entries =
        ids.stream()
            .limit(10_000)
            .<Object>map(id -> object("id", id, "environments", List.of(id)))
            .toList();
    owner
        .put(team + "access/", Map.of("apps", entries))
        .isError(404, "App not found: " + ids.getFirst() + ".");
  }

  @Test
  void anAccountOwnedByAnotherTeamCannotJoin() {
    String other = owner.post("/v1/teams/", Map.of("name", "Other")).is(201).id();
    String bot = ownedBot(other, "theirs");

    owner
        .post(team + "members/", bots(UUID.fromString(bot)))
        .isError(
            409,
            "Service account 'theirs' is owned by another team and cannot be added to this team.");
  }

  @Test
  void aRemovalIsChecked() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    String owned = ownedBot(teamId, "ours");

    owner
        .delete(team + "members/x/?member_type=bot")
        .isError(400, "'member_type' must be one of ['service_account', 'user'].");
    for (String id : List.of("x", UUID.randomUUID().toString(), developer.account().toString())) {
      owner.delete(team + "members/" + id + "/").isError(404, "Member not found in this team.");
    }
    owner
        .delete(team + "members/" + developer.account() + "/?member_type=service_account")
        .isError(404, "Service account not found.");
    owner
        .delete(team + "members/" + owned + "/?member_type=service_account")
        .isError(
            409,
            "This service account is owned by the team and cannot be removed. Delete the service"
                + " account or transfer it to the organisation level first.");
    owner
        .delete(team + "members/" + bot.account() + "/?member_type=service_account")
        .isError(404, "Service account is not a member of this team.");
  }

  @Test
  void theBodyOfAScopeIsCheckedInItsOrder() {
    TestApp sealedApp = organisation.app("sealed");
    organisation.turnSseOff(sealedApp);
    String path = team + "access/";

    owner.put(path, Map.of()).isError(400, "Missing required field: apps");
    owner.put(path, Map.of("apps", "x")).isError(400, "'apps' must be a list.");
    owner.put(path, apps("x")).isError(400, "Each entry in 'apps' must be an object.");
    owner.put(path, apps(Map.of())).isError(400, "Each app entry must have an 'id'.");
    for (Object environments : List.of("x", List.of(), List.of(1))) {
      owner
          .put(path, apps(object("id", "x", "environments", environments)))
          .isError(
              400,
              "App entry for 'x' must include a non-empty 'environments' list. To revoke all team"
                  + " access for an app, omit it from the body.");
    }
    owner
        .put(path, apps(object("id", "x", "environments", List.of("y"))))
        .isError(404, "App not found: x.");
    owner
        .put(path, apps(object("id", sealedApp.id(), "environments", List.of("y"))))
        .isError(
            400, "App 'sealed' does not have SSE enabled. Only SSE apps can be granted to teams.");
    owner
        .put(path, apps(object("id", app.id(), "environments", List.of("y", "z"))))
        .isError(404, "Environment(s) not found in app 'billing-api': y, z.");
  }

  @Test
  void whoExtendsAScopeMustHaveWhatIsAdded() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    String path = team + "access/";
    owner.post(team + "members/", members(manager.account())).is(200);

    manager
        .put(path, apps(entry(app, "Development")))
        .isError(403, "You don't have access to app 'billing-api'.");
    owner.put(path, apps(entry(app, "Development", "Staging"))).is(200);
    manager
        .put(path, apps(entry(app, "Development", "Production")))
        .isError(403, "You don't have access to one or more environments in app 'billing-api'.");
    JsonNode json = manager.put(path, apps(entry(app, "Development"))).is(200).json();

    JsonNode scope = json.get("apps");
    assertThat(scope).hasSize(1);
    assertThat(scope.get(0).propertyNames()).containsExactly("id", "name", "environments");
    assertThat(scope.get(0).get("environments").get(0).propertyNames())
        .containsExactly("id", "name");
    assertThat(grants.environmentsOf(manager.account()))
        .containsExactly(app.environment("Development"));
  }

  @Test
  void aPendingMemberIsServedWhenItSignsInForTheFirstTime() {
    UUID pending = organisation.pendingMember(DefaultRole.DEVELOPER);
    owner.post(team + "members/", members(pending)).is(200);
    owner.put(team + "access/", apps(entry(app, "Development", "Staging"))).is(200);
    assertThat(grants.environmentsOf(pending)).isEmpty();

    EnvironmentGrants environmentGrants =
        new EnvironmentGrants(
            server.database(),
            ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)),
            Clock.systemUTC());
    OrganisationId organisationId = new OrganisationId(organisation.id());
    AccountId account = new AccountId(pending);
    IdentityKey key;
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      key = keyring.identityKey();
    }
    WrappedKeys ready = environmentGrants.prepareFirstSignIn(organisationId, account, key);
    server
        .database()
        .write(
            db -> {
              db.update(ACCOUNT)
                  .set(ACCOUNT.IDENTITY_KEY, key.hex())
                  .where(ACCOUNT.ID.eq(pending))
                  .execute();
              environmentGrants.serveFirstSignIn(db, organisationId, account, ready);
              return pending;
            });

    assertThat(grants.environmentsOf(pending))
        .containsExactlyInAnyOrder(app.environment("Development"), app.environment("Staging"));
    assertThat(grants.reasons(pending, app.environment("Staging"))).containsExactly(teamId);
  }

  @Test
  void parallelChangesOfScopeAndMembersLeaveKeysAndGrantsInStep() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String member = team + "members/" + developer.account() + "/";

    for (int round = 0; round < 5; round++) {
      owner.post(team + "members/", members(developer.account())).is(200);
      List<CompletableFuture<TestResponse>> requests =
          List.of(
              CompletableFuture.supplyAsync(
                  () -> owner.put(team + "access/", apps(entry(app, "Development")))),
              CompletableFuture.supplyAsync(
                  () -> owner.put(team + "access/", apps(entry(app, "Staging", "Production")))),
              CompletableFuture.supplyAsync(() -> owner.delete(member)));
      requests.forEach(request -> assertThat(request.join().status()).isIn(200, 204));

      grants.assertEveryKeyHasAGrant();
      assertThat(grants.environmentsOf(developer.account())).isEmpty();
      owner.post(team + "members/", members(developer.account())).is(200);
      assertThat(
              List.of(
                  Set.of(app.environment("Development")),
                  Set.of(app.environment("Staging"), app.environment("Production"))))
          .contains(grants.environmentsOf(developer.account()));
    }
  }
}
