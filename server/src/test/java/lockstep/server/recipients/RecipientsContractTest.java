package lockstep.server.recipients;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.testing.EndToEndClient.keysOf;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.ServerKey;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.DecisionObserver;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.audit.Audit;
import lockstep.server.audit.Checkpoints;
import lockstep.server.ids.AccountId;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.ServerKeys;
import lockstep.server.keys.SuppliedKeys;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.CountingDatabase;
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
final class RecipientsContractTest extends OnBothDatabases {

  private EndToEndClient client;
  private TestApp app;

  @BeforeEach
  void createApp() {
    client = new EndToEndClient(owner);
    app = client.app("vault", "prod", "dev");
  }

  private Optional<WrappedEnvironmentKeys> stored(TestCaller account, String environment) {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(ENVIRONMENT_KEY)
                    .where(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.account()))
                    .and(
                        ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(
                            UUID.fromString(app.environment(environment))))
                    .fetchOptional(
                        row ->
                            new WrappedEnvironmentKeys(
                                row.getWrappedSeed(), row.getWrappedSalt())));
  }

  private JsonNode holder(TestCaller account, String environment) {
    return client.holders(app, environment).stream()
        .filter(holder -> holder.get("accountId").stringValue().equals(id(account)))
        .findFirst()
        .orElseThrow();
  }

  private static String id(TestCaller account) {
    return account.account().toString();
  }

  private TestResponse take(TestCaller caller, String account) {
    return caller.delete(keysOf(app, "prod") + account + "/");
  }

  @Test
  void aNewAppIsForEverybodyWithGlobalAccessAndItsCreator() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    organisation.pendingMember(DefaultRole.ADMIN);
    organisation.serviceAccount(DefaultRole.SERVICE);
    TestResponse answer = manager.get("/v1/end-to-end/recipients/").is(200);
    assertThat(answer.each("accountId"))
        .containsExactlyInAnyOrder(id(owner), id(admin), id(manager));
    assertThat(answer.each("kind")).containsOnly("member");
    assertThat(answer.json().at("/data/0").propertyNames())
        .containsExactlyInAnyOrder(
            "accountId", "kind", "name", "email", "identityKey", "serverManaged");
    assertThat(answer.json().get("serverPublicKey").stringValue()).matches("[0-9a-f]{64}");
  }

  @Test
  void aNewEnvironmentIsForTheServiceAccountsOfTheAppToo() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.list(bot, app);
    TestResponse answer = owner.get("/v1/end-to-end/recipients/?app_id=" + app.id()).is(200);
    assertThat(answer.each("accountId")).containsExactlyInAnyOrder(id(owner), id(bot));
    assertThat(answer.each("kind")).containsExactlyInAnyOrder("member", "service_account");
  }

  @Test
  void recipientsAreForThoseWhoMayCreate() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    developer
        .get("/v1/end-to-end/recipients/")
        .isError(403, "You don't have permission to create apps.");
    developer
        .get("/v1/end-to-end/recipients/?app_id=" + app.id())
        .isError(403, "User cannot access this app");
    organisation.list(developer, app);
    developer.get("/v1/end-to-end/recipients/?app_id=" + app.id()).is(200);
    TestApp open = organisation.app("open");
    owner
        .get("/v1/end-to-end/recipients/?app_id=" + open.id())
        .isError(400, "SSE is enabled for this App");
  }

  @Test
  void whoGetsAKeyCanOpenTheEnvironmentAndReachesTheApp() {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      TestCaller developer = organisation.member(organisation.role(DefaultRole.DEVELOPER), keyring);
      JsonNode before = holder(developer, "prod");
      assertThat(before.get("holdsKey").booleanValue()).isFalse();
      assertThat(before.get("required").booleanValue()).isFalse();
      developer
          .get("/v1/end-to-end/apps/" + app.id() + "/")
          .isError(403, "User cannot access this app");

      TestResponse given = client.give(app, "prod", developer).is(200);
      assertThat(given.each("accountId")).containsExactly(id(developer));
      assertThat(given.json().at("/data/0/holdsKey").booleanValue()).isTrue();
      assertThat(given.json().at("/data/0/individual").booleanValue()).isTrue();

      developer.get("/v1/end-to-end/apps/" + app.id() + "/").is(200);
      assertThat(
              developer.get("/v1/end-to-end/environments/?app_id=" + app.id()).is(200).each("name"))
          .containsExactly("prod");
      try (EnvironmentKeys opened =
          EnvironmentKeys.unwrap(
              stored(developer, "prod").orElseThrow(),
              keyring.x25519(),
              client.keys("prod").identityKey())) {
        assertThat(opened.identityKey()).isEqualTo(client.keys("prod").identityKey());
        assertThat(opened.keyDigest("K")).isEqualTo(client.keys("prod").keyDigest("K"));
      }
    }
  }

  @Test
  void givingTwiceChangesNothing() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    client.give(app, "prod", bot).is(200);
    Optional<WrappedEnvironmentKeys> first = stored(bot, "prod");
    client.give(app, "prod", bot).is(200);
    assertThat(first).isPresent();
    assertThat(stored(bot, "prod")).isEqualTo(first);
  }

  @Test
  void aMemberWhoGotGlobalAccessLaterIsServed() {
    TestCaller later = organisation.member(DefaultRole.ADMIN);
    JsonNode before = holder(later, "prod");
    assertThat(before.get("required").booleanValue()).isTrue();
    assertThat(before.get("holdsKey").booleanValue()).isFalse();
    client.give(app, "prod", later).is(200);
    assertThat(holder(later, "prod").get("holdsKey").booleanValue()).isTrue();
  }

  @Test
  void aTakenKeyIsGoneAndTheAppWithTheLastOne() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    client.give(app, "prod", developer).is(200);
    client.give(app, "dev", developer).is(200);
    take(owner, id(developer)).is(204);
    assertThat(stored(developer, "prod")).isEmpty();
    assertThat(stored(developer, "dev")).isPresent();
    developer
        .get("/v1/end-to-end/environments/" + app.environment("prod") + "/")
        .isError(403, "You don't have access to this environment.");
    owner.delete(keysOf(app, "dev") + id(developer) + "/").is(204);
    developer
        .get("/v1/end-to-end/apps/" + app.id() + "/")
        .isError(403, "User cannot access this app");
    take(owner, id(developer)).is(204);
  }

  @Test
  void aKeyThatATeamGrantsStays() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.join(team, developer);
    organisation.scope(team, app, "prod");
    Optional<WrappedEnvironmentKeys> ofTeam = stored(developer, "prod");
    assertThat(holder(developer, "prod").get("individual").booleanValue()).isFalse();
    client.give(app, "prod", developer).is(200);
    take(owner, id(developer)).is(204);
    assertThat(stored(developer, "prod")).isEqualTo(ofTeam).isPresent();
  }

  @Test
  void statingAllAccessOfAnAccountTakesTheseKeysToo() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    client.give(app, "prod", developer).is(200);
    String access = "/v1/members/" + developer.account() + "/access/";
    assertThat(owner.get(access).is(200).json().at("/apps/0/id").stringValue()).isEqualTo(app.id());
    owner.put(access, object("apps", List.of())).is(200);
    assertThat(stored(developer, "prod")).isEmpty();
    assertThat(stored(owner, "prod")).isPresent();
  }

  @Test
  void keysOfMembersWithGlobalAccessAreNotTaken() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    client.give(app, "prod", admin).is(200);
    TestCaller other = organisation.member(DefaultRole.ADMIN);
    for (TestCaller target : List.of(owner, admin)) {
      take(other, id(target))
          .isError(403, "Access cannot be changed for members with a global access role.");
      assertThat(stored(target, "prod")).isPresent();
    }
  }

  @Test
  void whoHasNoKeyGivesNone() {
    TestCaller later = organisation.member(DefaultRole.ADMIN);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    List<JsonNode> recipients =
        client.holders(app, "prod").stream()
            .filter(holder -> holder.get("accountId").stringValue().equals(id(developer)))
            .toList();
    Map<String, Object> body = object("keys", client.wrappedKeys("prod", recipients));
    later
        .post(keysOf(app, "prod"), body)
        .isError(403, "Only who has a key of this environment can give it to others.");
    organisation.list(developer, app);
    developer
        .post(keysOf(app, "prod"), body)
        .isError(403, "You don't have access to this environment.");
    organisation
        .serviceAccount(DefaultRole.SERVICE)
        .post(keysOf(app, "prod"), body)
        .isError(403, "Service account cannot access this app");
    assertThat(stored(developer, "prod")).isEmpty();
  }

  @Test
  void aHolderWithoutThePermissionGivesAndTakesNothing() {
    TestCaller holder = organisation.member(DefaultRole.DEVELOPER);
    TestCaller other = organisation.member(DefaultRole.DEVELOPER);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    client.give(app, "prod", holder).is(200);
    List<JsonNode> all = client.holders(app, "prod");
    for (TestCaller target : List.of(other, bot)) {
      List<JsonNode> one =
          all.stream()
              .filter(node -> node.get("accountId").stringValue().equals(id(target)))
              .toList();
      holder
          .post(keysOf(app, "prod"), object("keys", client.wrappedKeys("prod", one)))
          .isError(403, "You don't have permission to update members.");
      take(holder, id(target)).isError(403, "You don't have permission to update members.");
      assertThat(stored(target, "prod")).isEmpty();
    }
    TestCaller blind = organisation.memberWith(PermissionSet.NONE);
    client.give(app, "prod", blind).is(200);
    blind
        .get("/v1/end-to-end/environments/" + app.environment("prod") + "/recipients/")
        .isError(403, "You don't have permission to read members.");
  }

  @Test
  void serviceAccountsAreShownToThoseWhoMaySeeThem() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    client.give(app, "prod", developer).is(200);
    String address = "/v1/end-to-end/environments/" + app.environment("prod") + "/recipients/";
    assertThat(owner.get(address).is(200).each("accountId")).contains(id(bot));
    assertThat(developer.get(address).is(200).each("accountId"))
        .contains(id(owner))
        .doesNotContain(id(bot));
  }

  @Test
  void keysAreOnlyForAccountsOfOursThatHaveAnIdentityKey() {
    TestCaller foreign = TestOrganisation.create(server).owner();
    UUID pending = organisation.pendingMember(DefaultRole.DEVELOPER);
    Map<String, Object> entry = client.wrappedKeys("prod", client.holders(app, "prod")).getFirst();
    for (String account : List.of(id(foreign), UUID.randomUUID().toString())) {
      entry.put("accountId", account);
      owner
          .post(keysOf(app, "prod"), object("keys", List.of(entry)))
          .isError(404, "Account not found: " + account);
      take(owner, account).isError(404, "Account not found: " + account);
    }
    entry.put("accountId", pending.toString());
    owner
        .post(keysOf(app, "prod"), object("keys", List.of(entry)))
        .isError(
            400,
            "Member has not set up their identity key yet. They must log in to the console first.");
    int keys =
        server
            .database()
            .read(
                db ->
                    db.fetchCount(
                        ENVIRONMENT_KEY, ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.id())));
    assertThat(keys).isEqualTo(2);
  }

  @Test
  void oneBadEntryRefusesAll() {
    TestCaller good = organisation.member(DefaultRole.DEVELOPER);
    List<JsonNode> one =
        client.holders(app, "prod").stream()
            .filter(node -> node.get("accountId").stringValue().equals(id(good)))
            .toList();
    Map<String, Object> first = client.wrappedKeys("prod", one).getFirst();
    Map<String, Object> second = client.wrappedKeys("prod", one).getFirst();
    second.put("accountId", UUID.randomUUID().toString());
    owner.post(keysOf(app, "prod"), object("keys", List.of(first, second))).is(404);
    assertThat(stored(good, "prod")).isEmpty();
    assertThat(holder(good, "prod").get("holdsKey").booleanValue()).isFalse();
  }

  @Test
  void whatIsNotInOrderIsRefusedByName() {
    Map<String, Object> legal = client.wrappedKeys("prod", client.holders(app, "prod")).getFirst();
    refused(object(), "Missing required field: keys");
    refused(object("keys", "x"), "'keys' must be a list.");
    refused(object("keys", List.of()), "'keys' must not be empty.");
    refused(
        object("keys", List.of("x")),
        "Each entry in 'keys' must be an object with 'accountId', 'wrappedSeed' and 'wrappedSalt'.");
    refused(
        object("keys", List.of(legal, legal)),
        "Duplicate account in 'keys': '" + legal.get("accountId") + "'.");
    refusedField(legal, "accountId", "no-id", "'accountId' must be the id of an account.");
    for (String name : List.of("wrappedSeed", "wrappedSalt")) {
      String text =
          "'" + name + "' must be a ph:v1 ciphertext of a seed or salt in hexadecimal digits.";
      String right = String.valueOf(legal.get(name));
      for (String wrong :
          List.of(
              "x",
              right.substring(1),
              right + "=",
              " " + right,
              right.replace("ph:v1", "ph:v2"),
              right.substring(0, 71) + "AAAA",
              right + right.substring(71))) {
        refusedField(legal, name, wrong, text);
      }
      refusedField(legal, name, "", "Missing required field: " + name);
      refusedField(legal, name, 1, "'" + name + "' must be a string.");
    }
  }

  private void refusedField(Map<String, Object> legal, String name, Object value, String expected) {
    Map<String, Object> changed = new LinkedHashMap<>(legal);
    changed.put(name, value);
    refused(object("keys", List.of(changed)), expected);
  }

  private void refused(Map<String, Object> body, String expected) {
    owner.post(keysOf(app, "prod"), body).isError(400, expected);
  }

  @Test
  void appsThatTheServerOpensHaveTheirOwnRoutes() {
    TestApp open = organisation.app("open");
    String one = "/v1/end-to-end/environments/" + open.environment("Development") + "/";
    owner.get(one + "recipients/").isError(400, "SSE is enabled for this App");
    owner.post(one + "keys/", object()).isError(400, "SSE is enabled for this App");
    owner.delete(one + "keys/" + id(owner) + "/").isError(400, "SSE is enabled for this App");
  }

  @Test
  void keysForMoreAccountsAreNotMoreStatements() {
    CountingDatabase counting = new CountingDatabase(server.database());
    Access access = new Access(counting, DecisionObserver.NONE);
    ServerKey serverKey = ServerKey.parse(ServerKey.generateHex());
    Recipients recipients =
        new Recipients(
            counting,
            access,
            new EnvironmentKeyring(ServerKeys.of(serverKey)),
            new EnvironmentGrants(counting, ServerKeys.of(serverKey), Clock.systemUTC()),
            new Audit(counting, new Checkpoints(ServerKeys.of(serverKey)), Clock.systemUTC()));
    Caller caller = organisation.ownerAllowed(DefaultRole.OWNER.permissions());
    EnvironmentAccess granted =
        access.keysOfEnvironment(caller, app.environment("prod"), Action.CREATE);

    int one =
        counting.statementsOf(
            () ->
                recipients.give(
                    granted,
                    keysFor(organisation.member(DefaultRole.DEVELOPER)),
                    Optional.empty()));
    int many =
        counting.statementsOf(
            () ->
                recipients.give(
                    granted,
                    keysFor(
                        organisation.member(DefaultRole.DEVELOPER),
                        organisation.member(DefaultRole.DEVELOPER),
                        organisation.serviceAccount(DefaultRole.SERVICE),
                        organisation.serviceAccount(DefaultRole.SERVICE)),
                    Optional.empty()));

    assertThat(many).isEqualTo(one);
  }

  private SuppliedKeys keysFor(TestCaller... accounts) {
    Map<AccountId, WrappedEnvironmentKeys> keys = new LinkedHashMap<>();
    for (TestCaller account : accounts) {
      keys.put(
          new AccountId(account.account()),
          client.keys("prod").wrapFor(client.keys("prod").publicKey()));
    }
    return new SuppliedKeys(keys);
  }

  @Test
  void theNumberOfKeysInOneRequestIsBounded() {
    Map<String, Object> entry = client.wrappedKeys("prod", client.holders(app, "prod")).getFirst();
    owner
        .post(keysOf(app, "prod"), object("keys", Collections.nCopies(1001, entry)))
        .isError(400, "'keys' cannot exceed 1000 entries.");
    owner
        .post(keysOf(app, "prod"), object("keys", Collections.nCopies(1000, entry)))
        .isError(400, "Duplicate account in 'keys': '" + id(owner) + "'.");
  }

  @Test
  void accountsThatACallerMayNotSeeAreRefusedLikeThoseThatDoNotExist() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller ofTeam = organisation.serviceAccount(DefaultRole.SERVICE);
    own(organisation.team(null, null), ofTeam);
    TestCaller blind = organisation.memberWith(PermissionSet.NONE);
    TestCaller managing =
        organisation.memberWith(
            new PermissionSet(
                Map.of(OrganisationResource.MEMBERS, Set.of(Action.UPDATE)), Map.of()));
    TestCaller seeing =
        organisation.memberWith(
            new PermissionSet(
                Map.of(OrganisationResource.SERVICE_ACCOUNTS, Set.of(Action.UPDATE)), Map.of()));
    client.give(app, "prod", blind, managing, seeing).is(200);

    for (TestCaller caller : List.of(blind, managing)) {
      int status = caller.equals(blind) ? 403 : 404;
      String unknown = UUID.randomUUID().toString();
      String expected = take(caller, unknown).is(status).text();
      for (TestCaller hidden : List.of(bot, ofTeam)) {
        assertThat(take(caller, id(hidden)).is(status).text().replace(id(hidden), unknown))
            .isEqualTo(expected);
      }
    }
    String expected = take(seeing, UUID.randomUUID().toString()).is(403).text();
    assertThat(take(seeing, id(ofTeam)).is(403).text()).isEqualTo(expected);
    take(seeing, id(bot)).is(204);
  }

  private void own(UUID team, TestCaller serviceAccount) {
    server
        .database()
        .write(
            db ->
                db.update(SERVICE_ACCOUNT)
                    .set(SERVICE_ACCOUNT.TEAM_ID, team)
                    .where(SERVICE_ACCOUNT.ID.eq(serviceAccount.account()))
                    .execute());
  }

  @Test
  void recipientsSayWhoseKeysTheServerCanOpen() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.list(bot, app);
    TestResponse answer = owner.get("/v1/end-to-end/recipients/?app_id=" + app.id()).is(200);
    assertThat(
            answer
                .json()
                .get("data")
                .valueStream()
                .filter(one -> one.get("serverManaged").booleanValue())
                .map(one -> one.get("accountId").stringValue()))
        .containsExactly(id(bot));
    assertThat(holder(bot, "prod").get("serverManaged").booleanValue()).isTrue();
    assertThat(holder(owner, "prod").get("serverManaged").booleanValue()).isFalse();
  }

  @Test
  void anAccountMayDiscardItsOwnKeyToGetARightOne() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    for (TestCaller account : List.of(admin, developer, bot)) {
      client.give(app, "prod", account).is(200);
      Optional<WrappedEnvironmentKeys> first = stored(account, "prod");

      take(account, id(account)).is(204);
      assertThat(stored(account, "prod")).isEmpty();

      client.give(app, "prod", account).is(200);
      assertThat(stored(account, "prod")).isPresent().isNotEqualTo(first);
    }
  }

  @Test
  void whatATeamGrantedOfItGoesWithADiscardedKey() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.join(team, developer);
    organisation.scope(team, app, "prod");
    assertThat(stored(developer, "prod")).isPresent();

    take(developer, id(developer)).is(204);

    assertThat(stored(developer, "prod")).isEmpty();
  }
}
