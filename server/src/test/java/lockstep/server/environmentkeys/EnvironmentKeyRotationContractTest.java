package lockstep.server.environmentkeys;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_VERSION;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static lockstep.server.testing.TestCaller.encoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.DecryptionException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestCeremony;
import lockstep.server.testing.TestClient;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/environments/:id/rotate-keys/}: other keys, and everything else as it was. */
@ContractTest
final class EnvironmentKeyRotationContractTest extends RotationContract {

  private static final String STALE =
      "This was not encrypted with the keys that the environment has since they were rotated."
          + " Fetch the keys again, and repeat the request with them.";

  /** What the owner sees, without the digests, which go with the keys. */
  private List<JsonNode> content(String address) {
    List<JsonNode> content = new ArrayList<>();
    for (JsonNode one : owner.get(address).is(200).json()) {
      ObjectNode copy = ((ObjectNode) one).deepCopy();
      copy.remove("keyDigest");
      content.add(copy);
    }
    return content;
  }

  @Test
  void everythingIsEncryptedAnewAndReadsAsBefore() {
    Map<String, Object> full = secret("/f", "A", "first");
    full.putAll(object("comment", "c", "tags", List.of("t"), "override", own("mine")));
    String a = create(full);
    update(object("id", a, "value", "second"));
    String gone = create(secret("GONE", "g"));
    owner.delete(app.secrets(), Map.of("secrets", List.of(gone))).is(200);
    create(secret("B", "to ${/f/A}"));
    owner.post(app.secrets("Staging"), body(secret("S", "from ${development.B}"))).is(201);
    TestClient before = open(owner);
    List<JsonNode> content = content(app.secrets());
    assertThat(content).hasSize(2);
    List<JsonNode> staging = content(app.secrets("Staging"));

    JsonNode answer = rotated();

    assertThat(content(app.secrets())).isEqualTo(content);
    assertThat(content(app.secrets("Staging"))).isEqualTo(staging);
    assertThat(answer.get("id").stringValue()).isEqualTo(environment());
    assertThat(answer.get("identityKey").stringValue())
        .isEqualTo(identityKey())
        .isNotEqualTo(before.keys().identityKey());
    assertThat(
            List.of(
                answer.get("secrets").intValue(),
                answer.get("versions").intValue(),
                answer.get("overrides").intValue(),
                answer.get("accounts").intValue(),
                answer.get("unreadable").intValue()))
        .containsExactly(3, 5, 1, 1, 0);
    assertThat(answer.get("updatedAt").stringValue())
        .isEqualTo(
            owner
                .get("/v1/environments/" + environment() + "/")
                .is(200)
                .json()
                .get("updatedAt")
                .stringValue());
    TestClient after = open(owner);
    try (FieldOpener old = before.keys().opener();
        FieldOpener now = after.keys().opener()) {
      assertThat(stored().ciphertexts()).hasSize(7 + 12 + 1);
      for (String text : stored().ciphertexts()) {
        assertThat(now.open(text)).isNotEmpty();
        assertThatThrownBy(() -> old.open(text)).isInstanceOf(DecryptionException.class);
      }
    }
    assertThat(after.list().valueStream().map(row -> row.get("key_digest").stringValue()))
        .containsExactly(after.digest("A"), after.digest("B"));
    assertThat(after.digest("A")).isNotEqualTo(before.digest("A"));
  }

  private static Map<String, Object> own(String value) {
    return object("value", value, "isActive", true);
  }

  @Test
  void everyHolderGetsTheNewKeysAndGoesOnWithItsToken() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller legacy = organisation.serviceToken(app, "Development");
    TestCaller removed = organisation.member(DefaultRole.DEVELOPER);
    for (TestCaller one : List.of(bot, developer, removed)) {
      organisation.grant(one, app, "Development");
    }
    organisation.deleteAccount(removed);
    create(secret("A", "a"));
    List<TestCaller> holders = List.of(owner, bot, developer, legacy);
    holders.forEach(this::open);

    assertThat(rotated().get("accounts").intValue()).isEqualTo(holders.size());

    int number = 0;
    for (TestCaller holder : holders) {
      TestClient client = open(holder);
      assertThat(client.keys().identityKey()).isEqualTo(identityKey());
      assertThat(client.decrypt(client.list().get(0), "value")).isEqualTo("a");
      String key = "NEW_" + number++;
      client.create(client.secret(key, "by " + key)).is(200);
      assertThat(value(key)).isEqualTo("by " + key);
    }
    // Who is no longer there gets nothing that it could open the new state with.
    int left =
        server
            .database()
            .read(
                db ->
                    db.fetchCount(
                        ENVIRONMENT_KEY, ENVIRONMENT_KEY.ACCOUNT_ID.eq(removed.account())));
    assertThat(left).isZero();
  }

  @Test
  void aLegacyTokenOfAnotherServerIsServedByItsOwnKey() {
    TestCaller legacy = organisation.serviceToken(app, "Development");
    organisation.forgetIdentityKey(legacy);
    create(secret("A", "a"));
    assertThat(rotated().get("accounts").intValue()).isEqualTo(2);
    TestClient client = open(legacy);
    assertThat(client.decrypt(client.list().get(0), "value")).isEqualTo("a");
  }

  @Test
  void historyStaysReadableAndComparable() {
    String start = updatedAt();
    String a = create(secret("A", "1"));
    create(secret("B", "b"));
    String one = updatedAt();
    update(object("id", a, "value", "2"));
    update(object("id", a, "key", "RENAMED"));
    String history = "/v1/environments/" + environment() + "/history/";
    String at = history + "?show=true&at=" + encoded(one);
    String diff =
        history + "diff/?show=true&from=" + encoded(start) + "&to=" + encoded(updatedAt());
    List<JsonNode> then = withoutDigests(at);
    List<JsonNode> difference = withoutDigests(diff);
    String versions = app.secrets().replace("/secrets/", "/secrets/" + a + "/versions/");
    List<JsonNode> known = withoutDigests(versions + "&show=true");

    rotated();

    assertThat(withoutDigests(at)).isEqualTo(then);
    assertThat(withoutDigests(diff)).isEqualTo(difference);
    assertThat(withoutDigests(versions + "&show=true")).isEqualTo(known).hasSize(3);
    // Keys are no content: nothing has changed since before they were rotated.
    assertThat(
            owner
                .get(history + "diff/?from=" + encoded(one) + "&to=" + encoded(updatedAt()))
                .is(200)
                .json()
                .get("data")
                .valueStream()
                .map(each -> each.get("id").stringValue()))
        .containsExactly(a);

    JsonNode back = owner.post(history + "rollback/", Map.of("at", one)).is(200).json().get("data");
    assertThat(back.get("changed").valueStream().map(ref -> ref.get("id").stringValue()))
        .containsExactly(a);
    assertThat(value("A")).isEqualTo("1");
    owner
        .post(
            app.secrets().replace("/secrets/", "/secrets/" + a + "/restore/"), Map.of("version", 2))
        .is(200);
    assertThat(value("A")).isEqualTo("2");
    TestClient client = open(owner);
    assertThat(client.with("KeyDigest", client.digest("A")).list()).hasSize(1);
  }

  private String updatedAt() {
    return owner
        .get("/v1/environments/" + environment() + "/")
        .is(200)
        .json()
        .get("updatedAt")
        .stringValue();
  }

  private List<JsonNode> withoutDigests(String address) {
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode row : owner.get(address).is(200).json().get("data")) {
      JsonNode copy = row.deepCopy();
      copy.findParents("keyDigest").forEach(parent -> ((ObjectNode) parent).remove("keyDigest"));
      rows.add(copy);
    }
    return rows;
  }

  @Test
  void whatIsRememberedFromBeforeIsNotUsed() {
    create(secret("A", "${B}"));
    create(secret("B", "b"));
    TestClient before = open(owner);
    String tag = owner.get(app.secrets()).is(200).headers().firstValue("ETag").orElseThrow();
    String encryptedTag =
        before.caller().get(TestClient.SECRETS).headers().firstValue("ETag").orElseThrow();
    for (int round = 0; round < 3; round++) {
      rotated();
      assertThat(value("A")).isEqualTo("b");
      TestClient client = open(owner);
      assertThat(client.decrypt(client.list().get(1), "value")).isEqualTo("b");
    }
    owner.with("If-None-Match", tag).get(app.secrets()).is(200);
    before.caller().with("If-None-Match", encryptedTag).get(TestClient.SECRETS).is(200);
    assertThat(before.with("KeyDigest", before.digest("A")).list()).isEmpty();
  }

  @Test
  void whoEncryptsWithTheOldKeysIsRefused() {
    TestClient before = open(owner);
    String id = before.createOne(before.secret("A", "a"));
    rotated();

    before.create(before.secret("B", "b")).isError(409, STALE);
    before.update(before.secret("A", "b", "id", id)).isError(409, STALE);
    before.update(object("id", id, "value", before.encrypt("b"))).isError(409, STALE);
    before.update(object("id", id, "comment", before.encrypt("b"))).isError(409, STALE);
    before
        .update(object("id", id, "override", object("value", before.encrypt("b"))))
        .isError(409, STALE);
    TestClient after = open(owner);
    after
        .create(
            after.secret("C", "c"),
            object(
                "key",
                after.encrypt("D"),
                "keyDigest",
                after.digest("D"),
                "value",
                before.encrypt("d")))
        .isError(409, STALE);
    assertThat(content(app.secrets())).hasSize(1);
    assertThat(value("A")).isEqualTo("a");

    // What carries no ciphertext needs no keys.
    before.update(object("id", id, "path", "/moved", "comment", "")).is(200);
    after.update(after.secret("A", "b", "id", id)).is(200);
    assertThat(value("A")).isEqualTo("b");
    before.delete(id).is(200);
  }

  @Test
  void newKeysGoToWhoGetsAccessLater() {
    create(secret("A", "a"));
    rotated();
    TestCaller admin = organisation.member(DefaultRole.DEVELOPER);
    String role = organisation.role(DefaultRole.ADMIN).toString();
    owner.put("/v1/members/" + admin.account() + "/", Map.of("role_id", role)).is(200);
    TestClient client = open(admin);
    assertThat(client.decrypt(client.list().get(0), "value")).isEqualTo("a");
  }

  @Test
  void whatNobodyCouldDecryptStaysAsItIs() {
    create(secret("A", "a"));
    TestClient client = open(owner);
    String foreign = Ciphertext.encrypt("lost", TestCeremony.perform().publicKey()).text();
    Map<String, Object> lost = client.secret("LOST", "x");
    lost.put("value", foreign);
    client.create(lost).is(200);
    Map<String, Object> strange = client.secret("STRANGE", "x");
    String digest = "0".repeat(64);
    strange.put("keyDigest", digest);
    client.create(strange).is(200);

    assertThat(rotated().get("unreadable").intValue()).isEqualTo(1);

    TestClient after = open(owner);
    JsonNode rows = after.list();
    assertThat(after.decrypt(rows.get(1), "key")).isEqualTo("LOST");
    assertThat(rows.get(1).get("value").stringValue()).isEqualTo(foreign);
    assertThat(after.decrypt(rows.get(2), "value")).isEqualTo("x");
    assertThat(rows.get(2).get("key_digest").stringValue()).isEqualTo(digest);
  }

  @Test
  void aCopyWithAnotherSaltIsNoBasis() {
    create(secret("A", "a"));
    server
        .database()
        .write(
            db ->
                db.update(SECRET)
                    .set(SECRET.KEY_DIGEST, "f".repeat(64))
                    .where(SECRET.ENVIRONMENT_ID.eq(UUID.fromString(environment())))
                    .execute());
    server
        .database()
        .write(
            db ->
                db.update(SECRET_VERSION)
                    .set(SECRET_VERSION.KEY_DIGEST, "f".repeat(64))
                    .where(SECRET_VERSION.ENVIRONMENT_ID.eq(UUID.fromString(environment())))
                    .execute());
    String before = identityKey();
    assertThat(rotate(owner).is(409).text()).contains("another salt");
    assertThat(identityKey()).isEqualTo(before);
  }

  @Test
  void aCopyThatIsOfNoUseIsNoBasis() {
    server
        .database()
        .write(
            db -> {
              try (EnvironmentKeys other = EnvironmentKeys.generate()) {
                return db.update(ENVIRONMENT)
                    .set(ENVIRONMENT.IDENTITY_KEY, other.identityKey())
                    .where(ENVIRONMENT.ID.eq(UUID.fromString(environment())))
                    .execute();
              }
            });
    assertThat(rotate(owner).is(409).text()).contains("of no use");
  }

  @Test
  void aHolderWithoutAPublicKeyIsNamed() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Development");
    organisation.forgetIdentityKey(developer);
    String before = identityKey();
    assertThat(rotate(owner).is(409).text()).contains(developer.account().toString());
    assertThat(identityKey()).isEqualTo(before);
  }

  @Test
  void onlyClientsRotateWhatOnlyTheyCanOpen() {
    TestApp vault = new EndToEndClient(owner).app("vault", "prod");
    owner
        .post(path(vault.environment("prod")), Map.of())
        .isError(
            409,
            "The server cannot open this app, so it cannot rotate keys in it. A client that has a"
                + " key of the environment can: see /v1/end-to-end/environments/:id/rotations/.");
    organisation.turnSseOff(app);
    rotate(owner).is(409);
  }

  @Test
  void itTakesThePermissionsForEnvironmentsAndEncryption() {
    rotate(organisation.member(DefaultRole.ADMIN)).is(200);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(bot, app, "Development");
    rotate(bot).is(403);
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    rotate(manager).isError(403, "User cannot access this app");
    owner.post(path("01890000-0000-7000-8000-000000000000"), Map.of()).is(404);
    owner.post(path("x"), Map.of()).is(404);
  }

  @Test
  void itIsOnRecordWithoutAnyKey() {
    create(secret("A", "a"));
    TestClient before = open(owner);
    rotated();
    String details =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.DESCRIPTION.eq("Environment keys rotated"))
                        .and(AUDIT_EVENT.ENVIRONMENT_ID.eq(UUID.fromString(environment())))
                        .fetchSingle()
                        .value1());
    assertThat(details)
        .contains(before.keys().identityKey(), identityKey(), "\"secrets\":1", "\"accounts\":1")
        .doesNotContain("ph:v1");
  }

  private static String value(TestClient client, String key) {
    return client.decrypt(client.with("KeyDigest", client.digest(key)).list().get(0), "value");
  }

  @Test
  void theSwitchBetweenKindsOfEncryptionWorksWithTheNewKeys() {
    create(secret("A", "a"));
    rotated();
    organisation.turnSseOff(app);
    TestClient client = open(owner);
    assertThat(client.decrypt(client.list().get(0), "value")).isEqualTo("a");
    // Nothing can be told any more, and nothing is.
    client.create(client.secret("B", "b")).is(200);
    assertThat(value(open(owner), "B")).isEqualTo("b");
  }
}
