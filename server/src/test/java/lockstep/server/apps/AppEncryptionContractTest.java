package lockstep.server.apps;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.testing.EndToEndClient.encryptionOf;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class AppEncryptionContractTest extends OnBothDatabases {

  private static final Map<String, Object> OFF = object("sseEnabled", false);

  private EndToEndClient client;
  private TestApp app;

  @BeforeEach
  void createApp() {
    client = new EndToEndClient(owner);
    app = client.app("vault", "prod", "dev");
  }

  private int serverKeys() {
    return server
        .database()
        .read(
            db ->
                db.fetchCount(
                    ENVIRONMENT_SERVER_KEY,
                    ENVIRONMENT_SERVER_KEY.ORGANISATION_ID.eq(organisation.id())));
  }

  private int keysOf(TestCaller account) {
    return server
        .database()
        .read(
            db -> db.fetchCount(ENVIRONMENT_KEY, ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.account())));
  }

  private List<Boolean> serverHolds(TestResponse state) {
    return state
        .json()
        .get("environments")
        .valueStream()
        .map(environment -> environment.get("serverHoldsKey").booleanValue())
        .toList();
  }

  @SuppressWarnings("unchecked") // made by the client, which is ours
  private static List<Map<String, Object>> environments(Map<String, Object> body) {
    return (List<Map<String, Object>>) Objects.requireNonNull(body.get("environments"));
  }

  @Test
  void aServerThatWasGivenTheKeysReadsAndOneThatLostThemDoesNot() {
    owner.get(app.secrets("prod")).isError(400, "SSE is not enabled for this App");
    TestResponse on = owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    assertThat(on.json().get("sseEnabled").booleanValue()).isTrue();
    assertThat(serverHolds(on)).containsExactly(true, true);
    assertThat(serverKeys()).isEqualTo(2);

    owner.post(app.secrets("prod"), body(secret("K", "v"))).is(201);
    assertThat(owner.get(app.secrets("prod")).is(200).json().at("/0/value").stringValue())
        .isEqualTo("v");

    TestResponse off = owner.put(encryptionOf(app), OFF).is(200);
    assertThat(off.json().get("sseEnabled").booleanValue()).isFalse();
    assertThat(serverHolds(off)).containsExactly(false, false);
    assertThat(serverKeys()).isZero();
    owner.get(app.secrets("prod")).isError(400, "SSE is not enabled for this App");
    owner
        .post(app.secrets("prod"), body(secret("L", "v")))
        .isError(400, "SSE is not enabled for this App");

    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    assertThat(owner.get(app.secrets("prod")).is(200).json().at("/0/value").stringValue())
        .isEqualTo("v");
  }

  @Test
  void anAppThatTheServerMadeCanBeTakenFromIt() {
    TestApp open = organisation.app("open");
    owner.post(open.secrets(), body(secret("K", "v"))).is(201);
    TestApp referring = organisation.app("referring");
    owner.post(referring.secrets(), body(secret("R", "${open::Development.K}"))).is(201);
    assertThat(owner.get(referring.secrets()).is(200).json().at("/0/value").stringValue())
        .isEqualTo("v");
    assertThat(serverHolds(owner.put(encryptionOf(open), OFF).is(200)))
        .containsExactly(false, false, false);
    assertThat(owner.get(referring.secrets()).is(200).json().at("/0/value").stringValue())
        .isEqualTo("${open::Development.K}");
    owner.get(open.secrets()).isError(400, "SSE is not enabled for this App");
  }

  @Test
  void repeatingASwitchChangesNothing() {
    Map<String, Object> on = client.serverKeys(app);
    owner.put(encryptionOf(app), OFF).is(200);
    owner.put(encryptionOf(app), on).is(200);
    List<String> before = wrappedSeeds();
    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    assertThat(wrappedSeeds()).isEqualTo(before);
    owner.put(encryptionOf(app), OFF).is(200);
    owner.put(encryptionOf(app), OFF).is(200);
    assertThat(events())
        .containsExactly("Server-side encryption enabled", "Server-side encryption disabled");
  }

  private List<String> wrappedSeeds() {
    return server
        .database()
        .read(
            db ->
                db.select(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED)
                    .from(ENVIRONMENT_SERVER_KEY)
                    .where(ENVIRONMENT_SERVER_KEY.ORGANISATION_ID.eq(organisation.id()))
                    .orderBy(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID)
                    .fetch(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED));
  }

  private List<String> events() {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(AUDIT_EVENT)
                    .where(AUDIT_EVENT.RESOURCE_ID.eq(UUID.fromString(app.id())))
                    .and(AUDIT_EVENT.ACTION.eq("update"))
                    .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                    .fetch(AUDIT_EVENT.DESCRIPTION));
  }

  @Test
  void whatTheServerCannotOpenIsRefusedAndChangesNothing() {
    X25519PublicKey serverKey =
        X25519PublicKey.parse(
            owner.get(encryptionOf(app)).json().get("serverPublicKey").stringValue());
    List<WrappedEnvironmentKeys> wrong = new ArrayList<>();
    try (EnvironmentKeys other = EnvironmentKeys.generate()) {
      wrong.add(other.wrapFor(serverKey));
      wrong.add(client.keys("prod").wrapFor(other.publicKey()));
    }
    wrong.add(client.keys("dev").wrapFor(serverKey));
    WrappedEnvironmentKeys right = client.keys("prod").wrapFor(serverKey);
    wrong.add(new WrappedEnvironmentKeys(right.wrappedSeed(), wrong.get(1).wrappedSalt()));
    wrong.add(new WrappedEnvironmentKeys(right.wrappedSalt(), right.wrappedSeed()));
    for (WrappedEnvironmentKeys keys : wrong) {
      Map<String, Object> body = client.serverKeys(app);
      environments(body).getFirst().put("wrappedSeed", keys.wrappedSeed());
      environments(body).getFirst().put("wrappedSalt", keys.wrappedSalt());
      owner
          .put(encryptionOf(app), body)
          .isError(
              400,
              "The keys of environment "
                  + app.environment("prod")
                  + " cannot be opened by the server, or are those of another environment.");
      assertThat(serverKeys()).isZero();
      owner.get(app.secrets("prod")).isError(400, "SSE is not enabled for this App");
    }
    assertThat(events()).isEmpty();
  }

  @Test
  void allEnvironmentsGoTogether() {
    String text = "'environments' must list exactly the environments of the app. Fetch them again.";
    Map<String, Object> less = client.serverKeys(app);
    environments(less).removeLast();
    owner.put(encryptionOf(app), less).isError(409, text);
    owner
        .put(encryptionOf(app), object("sseEnabled", true, "environments", List.of()))
        .isError(409, text);
    Map<String, Object> more = client.serverKeys(app);
    Map<String, Object> extra = new LinkedHashMap<>(environments(more).getFirst());
    extra.put("id", organisation.app("other").environment("Staging"));
    environments(more).add(extra);
    owner.put(encryptionOf(app), more).isError(409, text);
    Map<String, Object> stale = client.serverKeys(app);
    client.environment(app, "later").is(201);
    owner.put(encryptionOf(app), stale).isError(409, text);
  }

  @Test
  void whatIsNotInOrderIsRefusedByName() {
    refused(object(), "Missing required field: sseEnabled");
    refused(object("sseEnabled", "yes"), "'sseEnabled' must be a boolean.");
    refused(object("sseEnabled", true), "Missing required field: environments");
    refused(object("sseEnabled", true, "environments", 1), "'environments' must be a list.");
    refused(
        object("sseEnabled", true, "environments", List.of(1)),
        "Each entry in 'environments' must be an object with 'id', 'wrappedSeed' and"
            + " 'wrappedSalt'.");
    Map<String, Object> twice = client.serverKeys(app);
    environments(twice).set(1, environments(twice).getFirst());
    refused(twice, "Duplicate environment in 'environments': '" + app.environment("prod") + "'.");
    Map<String, Object> noId = client.serverKeys(app);
    environments(noId).getFirst().put("id", "no-id");
    refused(noId, "'id' must be the id of an environment.");
    Map<String, Object> sloppy = client.serverKeys(app);
    environments(sloppy).getFirst().put("wrappedSeed", "ph:v1:x");
    refused(
        sloppy,
        "'wrappedSeed' must be a ph:v1 ciphertext of a seed or salt in hexadecimal digits.");
  }

  private void refused(Map<String, Object> body, String expected) {
    owner.put(encryptionOf(app), body).isError(400, expected);
  }

  @Test
  void switchingTakesThePermissionAndTheWholeApp() {
    TestCaller blind = organisation.memberWith(PermissionSet.NONE);
    organisation.list(blind, app);
    blind.get(encryptionOf(app)).isError(403, "You don't have permission to read encryption mode.");
    blind
        .put(encryptionOf(app), OFF)
        .isError(403, "You don't have permission to update encryption mode.");
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.list(bot, app);
    bot.get(encryptionOf(app)).is(200);
    bot.put(encryptionOf(app), OFF)
        .isError(403, "You don't have permission to update encryption mode.");

    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    developer.get(encryptionOf(app)).isError(403, "User cannot access this app");
    client.give(app, "prod", developer).is(200);
    JsonNode seen = developer.get(encryptionOf(app)).is(200).json();
    assertThat(seen.get("environments")).hasSize(1);
    developer
        .put(encryptionOf(app), OFF)
        .isError(403, "You don't have access to one or more environments in app 'vault'.");
    client.give(app, "dev", developer).is(200);
    developer.put(encryptionOf(app), client.serverKeys(app)).is(200);
  }

  @Test
  void whoWasSkippedMeanwhileIsServedWhenTheServerCan() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestCaller teammate = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.scope(team, app, "prod");
    organisation.join(team, teammate);
    assertThat(keysOf(admin)).isZero();
    assertThat(keysOf(teammate)).isZero();
    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    assertThat(keysOf(admin)).isEqualTo(2);
    assertThat(keysOf(teammate)).isEqualTo(1);
  }

  @Test
  void keysThatNobodyElseHasAreNotTakenFromTheServer() {
    TestApp open = organisation.app("open", "only");
    organisation.revokeAllKeys(owner);
    owner
        .put(encryptionOf(open), OFF)
        .isError(
            409,
            "No member has a key of environment 'only', so nobody could open it any more. Give"
                + " somebody access to it first.");
    owner.post(open.secrets("only"), body(secret("K", "v"))).is(201);
  }

  @Test
  void theAnswerHasWhatAClientNeedsToSwitch() {
    JsonNode state = owner.get(encryptionOf(app)).is(200).json();
    assertThat(state.propertyNames())
        .containsExactlyInAnyOrder("appId", "sseEnabled", "serverPublicKey", "environments");
    assertThat(state.at("/environments/0").propertyNames())
        .containsExactlyInAnyOrder(
            "id", "name", "envType", "index", "identityKey", "serverHoldsKey", "serverCanOpen");
    assertThat(state.at("/environments/0/identityKey").stringValue())
        .isEqualTo(client.keys("prod").identityKey())
        .isEqualTo(
            server
                .database()
                .read(
                    db ->
                        db.select(ENVIRONMENT.IDENTITY_KEY)
                            .from(ENVIRONMENT)
                            .where(ENVIRONMENT.ID.eq(UUID.fromString(app.environment("prod"))))
                            .fetchSingle()
                            .value1()));
  }

  @Test
  void aSaltThatFindsNoneOfTheSecretsIsRefused() {
    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    owner.post(app.secrets("prod"), body(secret("K", "v"))).is(201);
    owner.put(encryptionOf(app), OFF).is(200);

    owner
        .put(encryptionOf(app), withSalt(client.serverKeys(app), otherKeys()))
        .isError(
            400,
            "The salt of environment "
                + app.environment("prod")
                + " is not the one under which the names of its secrets were stored.");
    assertThat(serverKeys()).isZero();

    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    owner.post(app.secrets("prod"), body(secret("K", "w"))).is(409);
  }

  @Test
  void aWrongCopyOfTheServerIsReplacedByARightOne() {
    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    owner.post(app.secrets("prod"), body(secret("K", "v"))).is(201);
    WrappedEnvironmentKeys other = otherKeys();
    for (WrappedEnvironmentKeys wrong :
        List.of(
            other, new WrappedEnvironmentKeys(copyOfServer().wrappedSeed(), other.wrappedSalt()))) {
      replaceCopyOfServer(wrong);

      owner.put(encryptionOf(app), client.serverKeys(app)).is(200);

      assertThat(copyOfServer()).isNotEqualTo(wrong);
      owner.post(app.secrets("prod"), body(secret("K", "w"))).is(409);
    }
    assertThat(events())
        .containsExactly(
            "Server-side encryption enabled",
            "Server's copy of keys replaced",
            "Server's copy of keys replaced");
  }

  @Test
  void aRightCopyOfTheServerIsNotReplacedByAWrongOne() {
    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    owner.post(app.secrets("prod"), body(secret("K", "v"))).is(201);
    WrappedEnvironmentKeys right = copyOfServer();

    owner.put(encryptionOf(app), withSalt(client.serverKeys(app), otherKeys())).is(400);

    assertThat(copyOfServer()).isEqualTo(right);
  }

  private WrappedEnvironmentKeys otherKeys() {
    X25519PublicKey serverKey =
        X25519PublicKey.parse(
            owner.get(encryptionOf(app)).json().get("serverPublicKey").stringValue());
    try (EnvironmentKeys other = EnvironmentKeys.generate()) {
      return other.wrapFor(serverKey);
    }
  }

  private static Map<String, Object> withSalt(
      Map<String, Object> body, WrappedEnvironmentKeys other) {
    environments(body).getFirst().put("wrappedSalt", other.wrappedSalt());
    return body;
  }

  private WrappedEnvironmentKeys copyOfServer() {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(ENVIRONMENT_SERVER_KEY)
                    .where(
                        ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(
                            UUID.fromString(app.environment("prod"))))
                    .fetchSingle(
                        row ->
                            new WrappedEnvironmentKeys(
                                row.getWrappedSeed(), row.getWrappedSalt())));
  }

  private void replaceCopyOfServer(WrappedEnvironmentKeys copy) {
    server
        .database()
        .write(
            db ->
                db.update(ENVIRONMENT_SERVER_KEY)
                    .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED, copy.wrappedSeed())
                    .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SALT, copy.wrappedSalt())
                    .where(
                        ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(
                            UUID.fromString(app.environment("prod"))))
                    .execute());
  }

  @Test
  void whoIsServedLaterIsListedOnTheApp() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);

    assertThat(
            owner
                .get("/v1/members/" + admin.account() + "/access/")
                .is(200)
                .json()
                .at("/apps/0/id")
                .asString(""))
        .isEqualTo(app.id());
  }

  @Test
  void theServerCanOpenWhatAServiceAccountWhoseKeyringItHoldsCanOpen() {
    assertThat(serverCanOpen()).containsExactly(false, false);

    client.give(app, "dev", organisation.serviceAccount(DefaultRole.SERVICE)).is(200);
    assertThat(serverCanOpen()).containsExactly(false, true);

    TestCaller ownKeyring = organisation.serviceAccount(DefaultRole.SERVICE);
    server
        .database()
        .write(
            db ->
                db.update(SERVICE_ACCOUNT)
                    .setNull(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING)
                    .setNull(SERVICE_ACCOUNT.SERVER_WRAPPED_RECOVERY)
                    .where(SERVICE_ACCOUNT.ID.eq(ownKeyring.account()))
                    .execute());
    client.give(app, "prod", ownKeyring).is(200);
    assertThat(serverCanOpen()).containsExactly(false, true);

    owner.put(encryptionOf(app), client.serverKeys(app)).is(200);
    assertThat(serverCanOpen()).containsExactly(true, true);
  }

  private List<Boolean> serverCanOpen() {
    return owner
        .get(encryptionOf(app))
        .is(200)
        .json()
        .get("environments")
        .valueStream()
        .map(environment -> environment.get("serverCanOpen").booleanValue())
        .toList();
  }
}
