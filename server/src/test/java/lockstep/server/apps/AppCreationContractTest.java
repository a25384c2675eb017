package lockstep.server.apps;

import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a new app has, and who reaches it. */
@ContractTest
final class AppCreationContractTest extends OnBothDatabases {

  private static final String INVALID_NAME =
      "Environment name is invalid. Only letters, numbers, hyphens and underscores are allowed (max"
          + " 64 characters).";

  @Test
  void aNewAppHasThreeEnvironments() {
    TestResponse created = owner.post("/v1/apps/", object("name", "billing-api")).is(201);

    assertThat(created.json().propertyNames())
        .containsExactly(
            "id", "name", "description", "sseEnabled", "createdAt", "updatedAt", "environments");
    assertThat(created.json().get("description").isNull()).isTrue();
    assertThat(described(created))
        .containsExactly("Development dev 0", "Staging staging 1", "Production prod 2");
    assertThat(created.json().get("environments").get(0).propertyNames())
        .containsExactly("id", "name", "envType", "index", "createdAt", "updatedAt");
    assertThat(owner.get("/v1/environments/?app_id=" + created.id()).json().get("data"))
        .isEqualTo(created.json().get("environments"));
  }

  @Test
  void givenNamesReplaceTheThree() {
    TestResponse created =
        owner
            .post(
                "/v1/apps/",
                object("name", "n", "environments", List.of("zeta", " Alpha ", "production")))
            .is(201);
    assertThat(described(created))
        .containsExactly("zeta custom 0", "Alpha custom 1", "production custom 2");
    assertThat(owner.get("/v1/environments/?app_id=" + created.id()).each("name"))
        .containsExactly("zeta", "Alpha", "production");
  }

  private static List<String> described(TestResponse created) {
    List<String> described = new ArrayList<>();
    for (JsonNode environment : created.json().get("environments")) {
      described.add(
          environment.get("name").stringValue()
              + " "
              + environment.get("envType").stringValue()
              + " "
              + environment.get("index").intValue());
    }
    return described;
  }

  @Test
  void environmentsMustBeAListOfLegalDistinctNames() {
    for (Object wrong : List.of("dev", 1, true, object("a", "b"), object())) {
      refused(wrong, "'environments' must be a list of environment names.");
    }
    refused(List.of(), "'environments' must not be empty.");
    for (Object wrong : List.of("", " ", 1, true, List.of("dev"), object())) {
      refused(List.of("dev", wrong), "Each environment name must be a non-empty string.");
    }
    List<@Nullable Object> withNull = new ArrayList<>();
    withNull.add(null);
    refused(withNull, "Each environment name must be a non-empty string.");
    refused(List.of("dev", "dev"), "Duplicate environment name: 'dev'.");
    refused(List.of("dev", "prod", " DEV "), "Duplicate environment name: 'DEV'.");
    for (String illegal :
        List.of(
            "a b", "a.b", "ä", "a/b", "a:b", "<b>x</b>", "x\ny", "ſ", "\u212A", "x".repeat(65))) {
      refused(List.of("dev", illegal), INVALID_NAME);
    }
    assertThat(owner.get("/v1/apps/").text()).isEqualTo("{\"data\":[]}");
  }

  private void refused(Object environments, String error) {
    owner.post("/v1/apps/", object("name", "n", "environments", environments)).isError(400, error);
  }

  @Test
  void aNameIsRequired() {
    for (Object body :
        List.of(object(), object("name", ""), object("name", " "), object("description", "d"))) {
      owner.post("/v1/apps/", body).isError(400, "Missing required field: name");
    }
    owner.post("/v1/apps/", object("name", 1)).isError(400, "'name' must be a string.");
  }

  @Test
  void theCreatorAndEverybodyWithGlobalAccessReachTheApp() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller bystander = organisation.member(DefaultRole.MANAGER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    for (TestCaller creator : List.of(manager, account)) {
      TestResponse created = creator.post("/v1/apps/", object("name", "n")).is(201);

      assertThat(listedOn(created.id()))
          .containsExactlyInAnyOrder(owner.account(), admin.account(), creator.account());
      String environment = created.json().get("environments").get(1).get("id").stringValue();
      assertThat(holdersOf(environment))
          .containsExactlyInAnyOrder(owner.account(), admin.account(), creator.account());
      for (TestCaller caller : List.of(owner, admin, creator)) {
        caller.get("/v1/apps/" + created.id() + "/").is(200);
        caller.get("/v1/environments/" + environment + "/").is(200);
        caller.get("/v1/secrets/?app_id=" + created.id() + "&env=Staging").is(200);
      }
      bystander.get("/v1/apps/" + created.id() + "/").isError(403, "User cannot access this app");
    }
  }

  @Test
  void membersWithGlobalAccessWhoNeverSignedInAreListedButGetNoKeys() {
    UUID pending = organisation.pendingMember(DefaultRole.ADMIN);
    TestApp app = organisation.app("app");
    assertThat(listedOn(app.id())).contains(pending);
    assertThat(holdersOf(app.environment("Staging"))).containsExactly(owner.account());
  }

  @Test
  void removedMembersGetNothing() {
    TestCaller removed = organisation.member(DefaultRole.ADMIN);
    organisation.deleteAccount(removed);
    TestApp app = organisation.app("app");
    assertThat(listedOn(app.id())).containsExactly(owner.account());
    assertThat(holdersOf(app.environment("Staging"))).containsExactly(owner.account());
  }

  @Test
  void withoutAHolderWithGlobalAccessNoAppIsMade() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.pendingMember(DefaultRole.ADMIN);
    organisation.serviceAccount(DefaultRole.OWNER);
    organisation.deleteAccount(owner);
    for (TestCaller creator : List.of(manager, account)) {
      creator
          .post("/v1/apps/", object("name", "n"))
          .isError(
              400,
              "Cannot create environment: no global-access members with identity keys found in the"
                  + " organisation.");
      assertThat(creator.get("/v1/apps/").text()).isEqualTo("{\"data\":[]}");
    }
  }

  @Test
  void aCreatorWhoMayNotReadAppsStillGetsTheAnswer() {
    TestCaller creator =
        organisation.memberWith(
            new PermissionSet(Map.of(OrganisationResource.APPS, Set.of(Action.CREATE)), Map.of()));
    TestResponse created = creator.post("/v1/apps/", object("name", "n")).is(201);
    creator
        .get("/v1/apps/" + created.id() + "/")
        .isError(403, "You don't have permission to read apps.");
  }

  private Set<UUID> listedOn(String app) {
    return server
        .database()
        .read(
            db ->
                db.select(APP_ACCOUNT.ACCOUNT_ID)
                    .from(APP_ACCOUNT)
                    .where(APP_ACCOUNT.APP_ID.eq(UUID.fromString(app)))
                    .fetchSet(APP_ACCOUNT.ACCOUNT_ID));
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
}
