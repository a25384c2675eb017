package lockstep.server.environmentkeys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.KEY_ROTATION;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.DecryptionException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestCeremony;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestResponse;
import lockstep.server.testing.TestRotation;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code /v1/end-to-end/environments/:id/rotations/}: other keys, made by a client. */
@ContractTest
final class ClientRotationContractTest extends ClientRotationContract {

  private List<JsonNode> events(String query) {
    return owner
        .get("/v1/audit/events/?" + query)
        .is(200)
        .json()
        .get("data")
        .valueStream()
        .toList();
  }

  @Test
  void everythingIsEncryptedAnewAndReadsAsBefore() {
    fill();
    EnvironmentKeys before = open(owner).keys();
    int texts = stored().ciphertexts().size();
    String updatedAt = updatedAt();

    TestRotation rotation = begin();
    rotation.sendAll();
    assertThat(identityKey()).isEqualTo(before.identityKey());
    requireAsFilled();
    JsonNode answer = rotation.complete().is(200).json();

    assertThat(identityKey())
        .isEqualTo(rotation.after().identityKey())
        .isEqualTo(answer.get("identityKey").stringValue());
    assertThat(
            List.of("secrets", "versions", "overrides", "accounts", "unreadable").stream()
                .map(name -> answer.get(name).intValue()))
        .containsExactly(3, 7, 2, 2, 0);
    assertThat(answer.get("updatedAt").stringValue())
        .isEqualTo(updatedAt())
        .isGreaterThan(updatedAt);
    requireAsFilled();
    try (FieldOpener old = before.opener();
        FieldOpener now = rotation.after().opener()) {
      assertThat(stored().ciphertexts()).hasSize(texts);
      for (String text : stored().ciphertexts()) {
        assertThat(now.open(text)).isNotEmpty();
        assertThatThrownBy(() -> old.open(text)).isInstanceOf(DecryptionException.class);
      }
    }
    assertThat(staged()).isZero();
    JsonNode event = events("action=update&resource_type=env").getFirst();
    assertThat(event.at("/details/oldIdentityKey").stringValue()).isEqualTo(before.identityKey());
    assertThat(event.at("/details/newIdentityKey").stringValue()).isEqualTo(identityKey());
    assertThat(event.at("/details/versions").intValue()).isEqualTo(7);
  }

  private String updatedAt() {
    return owner
        .get("/v1/end-to-end/environments/" + environment() + "/")
        .is(200)
        .json()
        .get("updatedAt")
        .stringValue();
  }

  @Test
  void historyGoesAlong() {
    TestClient mine = open(owner);
    String a = mine.createOne(mine.secret("A", "1"));
    String then = updatedAt();
    mine.update(mine.secret("A", "2", "id", a)).is(200);
    mine.createOne(mine.secret("UNCHANGED", "u"));

    rotate();

    String history = "/v1/environments/" + environment() + "/history/";
    JsonNode back =
        owner.post(history + "rollback/", Map.of("at", then)).is(200).json().get("data");
    assertThat(back.get("changed").valueStream().map(one -> one.get("id").stringValue()))
        .containsExactly(a);
    assertThat(values(owner)).isEqualTo(Map.of("A", "1"));
    // Nothing has changed but what did: equal ciphertexts are still equal.
    JsonNode again =
        owner.post(history + "rollback/", Map.of("at", then)).is(200).json().get("data");
    assertThat(again.get("changed")).isEmpty();
  }

  @Test
  void everyHolderGetsTheNewKeysAndGoesOnWithItsToken() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    client.give(vault, "prod", bot).is(200);
    TestCaller legacy = organisation.memberWith(PermissionSet.NONE);
    organisation.keyOf(legacy, vault, client.keys("prod"), "prod");
    TestCaller removed = organisation.member(DefaultRole.DEVELOPER);
    organisation.keyOf(removed, vault, client.keys("prod"), "prod");
    organisation.deleteAccount(removed);
    fill();

    TestRotation rotation = rotate();

    assertThat(
            rotation.begun().get("holders").valueStream().map(one -> one.get("kind").stringValue()))
        .containsExactlyInAnyOrder("member", "member", "member", "service_account");
    for (TestCaller holder : List.of(owner, developer, bot)) {
      assertThat(open(holder).keys().identityKey()).isEqualTo(identityKey());
      assertThat(values(holder)).containsEntry("A", "a2");
    }
    assertThat(open(legacy).keys().identityKey()).isEqualTo(identityKey());
    int left =
        server
            .database()
            .read(
                db ->
                    db.fetchCount(
                        ENVIRONMENT_KEY, ENVIRONMENT_KEY.ACCOUNT_ID.eq(removed.account())));
    assertThat(left).isZero();
    // Once more, by somebody else, and with access given in between.
    TestClient after = open(owner);
    after.create(after.secret("LATER", "l")).is(200);
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    organisation.keyOf(admin, vault, after.keys(), "prod");
    TestRotation.perform(admin, open(admin).keys(), environment());
    assertThat(values(developer)).containsEntry("LATER", "l").containsEntry("A", "a2");
  }

  @Test
  void aLegacyTokenIsServedByItsOwnKey() {
    organisation.turnSseOff(organisation.app("open"));
    TestApp app = organisation.app("switched");
    TestCaller legacy = organisation.serviceToken(app, "Development");
    organisation.forgetIdentityKey(legacy);
    String id = app.environment("Development");
    TestClient before = TestClient.open(owner, organisation.token(owner), id);
    before.createOne(before.secret("A", "a"));
    owner.put(EndToEndClient.encryptionOf(app), Map.of("sseEnabled", false)).is(200);

    TestRotation.perform(owner, before.keys(), id);

    TestClient after = TestClient.open(legacy, organisation.token(legacy), id);
    assertThat(after.decrypt(after.list().get(0), "value")).isEqualTo("a");
  }

  @Test
  void whatIsRememberedFromBeforeIsNotUsed() {
    fill();
    TestClient before = open(owner);
    String tag =
        before.caller().get(TestClient.SECRETS).is(200).headers().firstValue("ETag").orElseThrow();
    rotate();
    before.caller().with("If-None-Match", tag).get(TestClient.SECRETS).is(200);
    assertThat(before.with("KeyDigest", before.digest("A")).list()).isEmpty();
    requireAsFilled();
  }

  @Test
  void whoSaysWithWhichKeysItEncryptedIsToldOfOtherOnes() {
    fill();
    TestClient before = open(owner);
    TestClient saying = before.with("IdentityKey", before.keys().identityKey());
    saying.create(saying.secret("SAID", "s")).is(200);
    rotate();
    String stale =
        "This was not encrypted with the keys that the environment has since they were rotated."
            + " Fetch the keys again, and repeat the request with them.";
    saying.create(saying.secret("NEW", "n")).isError(409, stale);
    String id = before.list().get(0).get("id").stringValue();
    saying.update(saying.secret("A", "n", "id", id)).isError(409, stale);
    saying.update(object("id", id, "path", "/moved")).is(200);
    assertThat(values(owner)).doesNotContainKey("NEW").containsEntry("A", "a2");
    TestClient after = open(owner);
    TestClient right = after.with("IdentityKey", after.keys().identityKey());
    right.create(right.secret("NEW", "n")).is(200);
    assertThat(values(owner)).containsEntry("NEW", "n");
  }

  @Test
  void whoGivesKeysAfterwardsSaysWhichOnes() {
    rotate();
    TestCaller late = organisation.member(DefaultRole.DEVELOPER);
    // It wraps the old ones.
    client.give(vault, "prod", late).is(400);
  }

  @Test
  void whatNobodyCouldDecryptStaysAsItIs() {
    TestClient mine = open(owner);
    String foreign = Ciphertext.encrypt("lost", TestCeremony.perform().publicKey()).text();
    mine.create(with(mine.secret("LOST", "x"), "value", foreign)).is(200);
    String digest = "0".repeat(64);
    mine.create(with(mine.secret("STRANGE", "y"), "keyDigest", digest)).is(200);
    TestRotation rotation = begin();
    rotation.sendAll();
    assertThat(rotation.complete().is(200).json().get("unreadable").intValue()).isEqualTo(1);
    TestClient after = open(owner);
    JsonNode rows = after.list();
    assertThat(after.decrypt(rows.get(0), "key")).isEqualTo("LOST");
    assertThat(rows.get(0).get("value").stringValue()).isEqualTo(foreign);
    assertThat(after.decrypt(rows.get(1), "value")).isEqualTo("y");
    assertThat(rows.get(1).get("key_digest").stringValue()).isEqualTo(digest);
  }

  @Test
  void whatIsAbandonedIsRemovedWhenTheNextOneBegins() {
    fill();
    TestRotation first = begin();
    first.sendAll();
    begin();
    assertThat(staged()).isEqualTo(1);
    first.complete().is(404);

    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    organisation.keyOf(admin, vault, client.keys("prod"), "prod");
    TestRotation.begin(admin, client.keys("prod"), environment());
    assertThat(staged()).isEqualTo(2);
    Instant old = Instant.now().minus(Duration.ofHours(25));
    server
        .database()
        .write(
            db ->
                db.update(KEY_ROTATION)
                    .set(KEY_ROTATION.TOUCHED_AT, old)
                    .where(KEY_ROTATION.ORGANISATION_ID.eq(organisation.id()))
                    .execute());
    begin();
    assertThat(staged()).isEqualTo(1);
  }

  @Test
  void whatIsAbandonedIsRemovedWhenTheServerRotatesTheKeys() {
    fill();
    begin().sendAll();
    owner.put(EndToEndClient.encryptionOf(vault), client.serverKeys(vault)).is(200);
    assertThat(staged()).isPositive();
    owner.post("/v1/environments/" + environment() + "/rotate-keys/", Map.of()).is(200);
    assertThat(staged()).isZero();
    requireAsFilled();
  }

  @Test
  void whatIsReadIsOnRecordFirst() {
    fill();
    begin().parts();
    List<JsonNode> read =
        events("action=read&resource_type=secret").stream()
            .filter(event -> event.at("/details/via").asString("").equals("rotation"))
            .toList();
    assertThat(read.stream().map(event -> event.get("description").stringValue()))
        .containsExactly(
            "Personal values of all members read to rotate keys",
            "Secrets read to rotate keys",
            "Secrets read to rotate keys");
    assertThat(read.getLast().at("/details/secrets")).hasSize(3);
    // Of the seven rows, one says that its version was deleted.
    assertThat(read.get(1).at("/details/secrets")).hasSize(6);
    assertThat(read.getFirst().at("/details/secrets")).hasSize(1);
  }

  /** More than ten megabytes of ciphertext, in parts that every proxy lets through. */
  @Test
  void aLargeEnvironmentIsSentInParts() {
    TestClient mine = open(owner);
    String large = "v".repeat(60_000);
    Map<String, String> expected = new TreeMap<>();
    for (int batch = 0; batch < 6; batch++) {
      List<Object> secrets = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String key = "K" + batch + "_" + i;
        secrets.add(mine.secret(key, large + i));
        expected.put(key, large + i);
      }
      mine.create(secrets.toArray()).is(200);
    }
    List<Object> small = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      small.add(mine.secret("S" + i, "v" + i, "path", "/s"));
      expected.put("S" + i, "v" + i);
    }
    mine.create(small.toArray()).is(200);
    TestRotation rotation = begin();
    List<Map<String, Object>> parts = rotation.parts();
    assertThat(parts).hasSizeGreaterThan(20);
    for (Map<String, Object> part : parts) {
      assertThat(lockstep.server.http.Json.write(part)).hasSizeLessThan(1 << 20);
      rotation.send(part).is(204);
    }
    rotation.send(object("keys", rotation.keys())).is(204);
    JsonNode answer = rotation.complete().is(200).json();
    assertThat(answer.get("secrets").intValue()).isEqualTo(expected.size());
    assertThat(values(developer)).isEqualTo(expected);
    TestResponse tooLarge =
        rotation.send(object("secrets", List.of(object("value", "x".repeat(1 << 20)))));
    tooLarge.is(413);
  }
}
