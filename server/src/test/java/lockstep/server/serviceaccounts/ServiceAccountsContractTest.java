package lockstep.server.serviceaccounts;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.ServerKey;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.Token;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519KeyPair;
import lockstep.server.ServerUnderTest;
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
final class ServiceAccountsContractTest extends OnBothDatabases {

  private static final String ACCOUNTS = "/v1/service-accounts/";

  private static String path(TestCaller caller) {
    return ACCOUNTS + caller.account() + "/";
  }

  private Map<String, Object> body(String name) {
    return object("name", name, "role_id", role(DefaultRole.SERVICE));
  }

  private String role(DefaultRole role) {
    return organisation.role(role).toString();
  }

  /** The account behind the answer that created it. */
  private TestCaller created(TestResponse response) {
    JsonNode json = response.is(201).json();
    return TestCaller.authorized(
        server.uri(),
        UUID.fromString(json.get("id").stringValue()),
        json.get("initialToken").get("bearerToken").stringValue());
  }

  private List<String> audited(UUID resource) {
    return server
        .database()
        .read(
            db ->
                db.select(AUDIT_EVENT.RESOURCE_TYPE, AUDIT_EVENT.ACTION)
                    .from(AUDIT_EVENT)
                    .where(AUDIT_EVENT.RESOURCE_ID.eq(resource))
                    .orderBy(AUDIT_EVENT.CREATED_AT)
                    .fetch(row -> row.value1() + " " + row.value2()));
  }

  @Test
  void aNewAccountComesWithATokenThatWorksAtOnceAndIsShownOnce() {
    TestResponse response = owner.post(ACCOUNTS, body("deploy-bot"));

    JsonNode json = response.is(201).json();
    assertThat(json.propertyNames())
        .containsExactly("id", "name", "role", "createdAt", "updatedAt", "initialToken");
    assertThat(json.get("role").get("name").stringValue()).isEqualTo("Service");
    JsonNode token = json.get("initialToken");
    assertThat(token.propertyNames())
        .containsExactly("id", "name", "createdAt", "expiresAt", "token", "bearerToken");
    assertThat(token.get("name").stringValue()).isEqualTo("Default");
    assertThat(token.get("expiresAt").isNull()).isTrue();
    assertThat(token.get("token").stringValue()).matches("pss_service:v2(:[0-9a-f]{64}){4}");
    assertThat(token.get("bearerToken").stringValue()).matches("ServiceAccount [0-9a-f]{64}");
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");

    TestCaller bot = created(response);
    bot.get(path(bot)).is(200);
    assertThat(owner.get(path(bot)).is(200).text())
        .doesNotContain(token.get("bearerToken").stringValue().split(" ", 2)[1]);
    assertThat(audited(bot.account())).containsExactly("sa create");
    assertThat(audited(UUID.fromString(token.get("id").stringValue())))
        .containsExactly("sa_token create");
  }

  @Test
  void theTokenGivesThePrivateKeyThatTheKeysOfEnvironmentsAreWrappedFor() {
    TestApp app = organisation.app("billing-api");
    TestResponse response = owner.post(ACCOUNTS, body("deploy-bot"));
    TestCaller bot = created(response);
    Token token = Token.parse(response.json().get("initialToken").get("token").stringValue());

    owner
        .put(
            path(bot) + "access/",
            object(
                "apps",
                List.of(
                    object("id", app.id(), "environments", List.of(app.environment("Staging"))))))
        .is(200);

    String share =
        server
            .database()
            .read(
                db ->
                    db.select(TOKEN.WRAPPED_KEY_SHARE)
                        .from(TOKEN)
                        .where(TOKEN.ACCOUNT_ID.eq(bot.account()))
                        .fetchSingle()
                        .value1());
    try (X25519KeyPair pair = token.reconstruct(share)) {
      String opened =
          server
              .database()
              .read(
                  db ->
                      db.select(
                              ENVIRONMENT_KEY.WRAPPED_SEED,
                              ENVIRONMENT_KEY.WRAPPED_SALT,
                              ENVIRONMENT.IDENTITY_KEY)
                          .from(ENVIRONMENT_KEY)
                          .join(ENVIRONMENT)
                          .on(ENVIRONMENT.ID.eq(ENVIRONMENT_KEY.ENVIRONMENT_ID))
                          .where(ENVIRONMENT_KEY.ACCOUNT_ID.eq(bot.account()))
                          .fetchSingle(
                              row -> {
                                try (EnvironmentKeys keys =
                                    EnvironmentKeys.unwrap(
                                        new WrappedEnvironmentKeys(row.value1(), row.value2()),
                                        pair,
                                        row.value3())) {
                                  return keys.identityKey();
                                }
                              }));
      assertThat(opened).hasSize(64);
    }
  }

  @Test
  void theServerKeepsTheKeyringOfANewAccount() {
    TestCaller bot = created(owner.post(ACCOUNTS, body("deploy-bot")));

    String wrapped =
        server
            .database()
            .read(
                db ->
                    db.selectFrom(SERVICE_ACCOUNT)
                        .where(SERVICE_ACCOUNT.ID.eq(bot.account()))
                        .fetchSingle()
                        .getServerWrappedRecovery());

    try (ServiceAccountKeyring keyring =
        ServiceAccountKeyring.unwrap(
            wrapped, ServerKey.parse(ServerUnderTest.SERVER_SECRET).keyPair())) {
      assertThat(keyring.identityKey().hex()).hasSize(64);
    }
  }

  @Test
  void theBodyOfANewAccountIsCheckedInItsOrder() {
    owner.post(ACCOUNTS, Map.of()).isError(400, "Missing required field: name");
    owner
        .post(ACCOUNTS, Map.of("name", "x".repeat(65)))
        .isError(400, "'name' cannot exceed 64 characters.");
    owner
        .sendText("POST", ACCOUNTS, "{\"name\": \"bot\", \"token_name\": null}")
        .isError(400, "Missing required field: token_name");
    owner
        .post(ACCOUNTS, Map.of("name", "bot", "token_name", " "))
        .isError(400, "Missing required field: token_name");
    owner.post(ACCOUNTS, Map.of("name", "bot")).isError(400, "Missing required field: role_id");
    owner
        .post(ACCOUNTS, Map.of("name", "bot", "role_id", "nonsense", "team_id", "nonsense"))
        .isError(404, "Role not found.");
    TestOrganisation other = TestOrganisation.create(server);
    owner
        .post(
            ACCOUNTS, Map.of("name", "bot", "role_id", other.role(DefaultRole.SERVICE).toString()))
        .isError(404, "Role not found.");
    owner
        .post(ACCOUNTS, Map.of("name", "bot", "role_id", role(DefaultRole.ADMIN)))
        .isError(400, "Service accounts cannot be assigned the 'Admin' role.");
    Map<String, Object> inTeam = body("bot");
    inTeam.put("team_id", UUID.randomUUID().toString());
    owner.post(ACCOUNTS, inTeam).isError(404, "Team not found.");
    inTeam.put("team_id", 5);
    owner.post(ACCOUNTS, inTeam).isError(400, "'team_id' must be a string.");
    assertThat(owner.get(ACCOUNTS).is(200).json().get("data")).isEmpty();
  }

  @Test
  void listsAccountsNewestFirst() {
    TestCaller first = created(owner.post(ACCOUNTS, body("first")));
    TestCaller second = created(owner.post(ACCOUNTS, body("second")));

    TestResponse list = owner.get(ACCOUNTS).is(200);

    assertThat(list.each("id"))
        .containsExactly(second.account().toString(), first.account().toString());
    assertThat(list.json().get("data").get(0).propertyNames())
        .containsExactly("id", "name", "role", "createdAt", "updatedAt");
  }

  @Test
  void withoutThePermissionEveryIdIsRefusedAlike() {
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);

    nobody.get(ACCOUNTS).isError(403, "You don't have permission to read service accounts.");
    nobody
        .sendText("POST", ACCOUNTS, "{broken")
        .isError(403, "You don't have permission to create service accounts.");
    for (String path : List.of(path(bot), ACCOUNTS + UUID.randomUUID() + "/", ACCOUNTS + "x/")) {
      nobody.get(path).isError(403, "You don't have permission to read service accounts.");
      nobody
          .put(path, Map.of())
          .isError(403, "You don't have permission to update service accounts.");
      nobody.delete(path).isError(403, "You don't have permission to delete service accounts.");
      nobody
          .put(path + "access/", Map.of())
          .isError(403, "You don't have permission to update service accounts.");
      nobody
          .post(path + "tokens/", Map.of())
          .isError(403, "You don't have permission to create service account tokens.");
      nobody
          .delete(path + "tokens/" + UUID.randomUUID() + "/")
          .isError(403, "You don't have permission to delete service account tokens.");
    }
  }

  @Test
  void whatIsNoServiceAccountOfTheOrganisationIsNotFound() {
    TestOrganisation other = TestOrganisation.create(server);
    TestCaller foreign = other.serviceAccount(DefaultRole.SERVICE);
    TestCaller deleted = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.deleteAccount(deleted);

    for (String path :
        List.of(path(foreign), path(deleted), path(owner), ACCOUNTS + UUID.randomUUID() + "/")) {
      owner.get(path).isError(404, "Service account not found.");
      owner.put(path, Map.of("name", "x")).isError(404, "Service account not found.");
      owner.delete(path).isError(404, "Service account not found.");
      owner
          .put(path + "access/", Map.of("apps", List.of()))
          .isError(404, "Service account not found.");
      owner.post(path + "tokens/", Map.of("name", "x")).isError(404, "Service account not found.");
      owner
          .delete(path + "tokens/" + UUID.randomUUID() + "/")
          .isError(404, "Service account not found.");
    }
  }

  @Test
  void accessAndTokensCannotBeRead() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);

    owner.get(path(bot) + "access/").is(405);
    owner.get(path(bot) + "tokens/").is(405);
  }

  @Test
  void nameAndRoleCanBeChanged() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);

    JsonNode json =
        owner
            .put(
                path(bot),
                Map.of("name", " <b>renamed</b> ", "role_id", role(DefaultRole.DEVELOPER)))
            .is(200)
            .json();

    assertThat(json.propertyNames())
        .containsExactly("id", "name", "role", "createdAt", "updatedAt", "tokens", "apps");
    assertThat(json.get("name").stringValue()).isEqualTo("renamed");
    assertThat(json.get("role").get("name").stringValue()).isEqualTo("Developer");
    assertThat(json).isEqualTo(owner.get(path(bot)).json());
    bot.get(path(bot)).isError(403, "You don't have permission to read service accounts.");
    assertThat(audited(bot.account())).containsExactly("sa update", "request refuse");
  }

  @Test
  void aChangeIsChecked() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);

    owner
        .put(path(bot), Map.of())
        .isError(400, "At least one of 'name' or 'role_id' must be provided.");
    owner.put(path(bot), Map.of("name", " ")).isError(400, "Missing required field: name");
    owner.put(path(bot), Map.of("role_id", "x")).isError(404, "Role not found.");
    owner
        .put(path(bot), Map.of("role_id", role(DefaultRole.OWNER)))
        .isError(400, "Service accounts cannot be assigned the 'Owner' role.");
    assertThat(audited(bot.account())).isEmpty();
  }

  @Test
  void aDeletedAccountLosesEverythingAtOnce() {
    TestApp app = organisation.app("billing-api");
    StoredGrants grants = new StoredGrants(server, organisation);
    TestResponse response = owner.post(ACCOUNTS, body("deploy-bot"));
    TestCaller bot = created(response);
    organisation.grant(bot, app, "Development");
    UUID team = organisation.team(null, null);
    organisation.join(team, bot);
    organisation.scope(team, app, "Development", "Staging");
    bot.get(app.secrets()).is(200);

    owner.delete(path(bot)).is(204);

    bot.get(app.secrets()).isError(401, "Token expired or deleted");
    owner.get(path(bot)).isError(404, "Service account not found.");
    assertThat(grants.environmentsOf(bot.account())).isEmpty();
    assertThat(audited(bot.account())).containsExactly("sa create", "sa delete");
    assertThat(
            audited(UUID.fromString(response.json().get("initialToken").get("id").stringValue())))
        .containsExactly("sa_token create", "sa_token delete", "sa_token refuse");
    String keyring =
        server
            .database()
            .read(
                db ->
                    db.selectFrom(SERVICE_ACCOUNT)
                        .where(SERVICE_ACCOUNT.ID.eq(bot.account()))
                        .fetchSingle()
                        .getServerWrappedKeyring());
    assertThat(keyring).isNull();
  }

  @Test
  void serviceAccountsManageOthersIfTheirRoleAllows() {
    TestCaller bot =
        organisation.serviceAccount(
            organisation.customRole(
                new PermissionSet(
                    Map.of(OrganisationResource.SERVICE_ACCOUNTS, Set.of(Action.values())),
                    Map.of())));
    TestCaller other = created(bot.post(ACCOUNTS, body("other")));

    bot.put(path(other), Map.of("name", "renamed")).is(200);
    bot.delete(path(other)).is(204);
  }
}
