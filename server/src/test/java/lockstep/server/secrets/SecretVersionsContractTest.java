package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code GET /v1/secrets/:id/versions/}. */
@ContractTest
final class SecretVersionsContractTest extends SecretsContract {

  private String path(String id, String... parameters) {
    return address(parameters).replace("/v1/secrets/", "/v1/secrets/" + id + "/versions/");
  }

  private JsonNode versions(String id) {
    return owner.get(path(id)).is(200).json().get("data");
  }

  private static List<String> changed(JsonNode version) {
    List<String> names = new ArrayList<>();
    version.get("changed").forEach(name -> names.add(name.stringValue()));
    return names;
  }

  private static List<String> texts(JsonNode versions, String member) {
    List<String> texts = new ArrayList<>();
    versions.forEach(
        version -> {
          JsonNode text = version.get("plaintext").get(member);
          texts.add(text.isNull() ? "(none)" : text.stringValue());
        });
    return texts;
  }

  @Test
  void everyVersionIsListedNewestFirstWithWhatItChanged() {
    String id =
        createOne(
            secretWith("one", "value", "v1", "path", "/a", "comment", "c", "tags", List.of("x")));
    update(change(id, "value", "v2"));
    update(change(id, "key", "two", "path", "/b"));
    update(change(id, "comment", "d", "tags", List.of("x", "y"), "type", "config"));
    // The same again, encrypted anew, is no change.
    update(change(id, "key", "two", "value", "v2", "comment", "d"));
    delete(id);

    JsonNode versions = versions(id);

    assertThat(each(versions, "event"))
        .containsExactly("delete", "update", "update", "update", "update", "create");
    assertThat(versions.valueStream().map(one -> one.get("version").intValue()))
        .containsExactly(5, 5, 4, 3, 2, 1);
    assertThat(versions.valueStream().map(SecretVersionsContractTest::changed))
        .containsExactly(
            List.of(),
            List.of(),
            List.of("comment", "tags", "type"),
            List.of("path", "key"),
            List.of("value"),
            List.of());
    assertThat(texts(versions, "key")).containsExactly("TWO", "TWO", "TWO", "TWO", "ONE", "ONE");
    assertThat(texts(versions, "value")).containsExactly("v2", "v2", "v2", "v2", "v2", "v1");
    assertThat(texts(versions, "comment")).containsExactly("d", "d", "d", "c", "c", "c");
    assertThat(each(versions, "path")).containsExactly("/b", "/b", "/b", "/b", "/a", "/a");
    assertThat(versions.get(2).get("tags").toString()).isEqualTo("[\"x\",\"y\"]");
    assertThat(versions.get(0).get("ciphertext").isNull()).isTrue();
  }

  @Test
  void everyVersionSaysWhoMadeItAndFromWhere() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER).with("User-Agent", "tool/1");
    organisation.grant(developer, app, "Development");
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(bot, app, "Development");
    TestCaller legacy = organisation.serviceToken(app, "Development");
    String id = createOne(secret("K", "v"));
    developer.put(app.secrets(), body(change(id, "value", "w"))).is(200);
    bot.put(app.secrets(), body(change(id, "value", "x"))).is(200);
    legacy.put(app.secrets(), body(change(id, "value", "y"))).is(200);
    // Also of accounts that have gone since.
    organisation.deleteAccount(developer);

    JsonNode versions = versions(id);

    assertThat(versions.valueStream().map(one -> one.at("/account/kind").stringValue()))
        .containsExactly("service_token", "service_account", "member", "member");
    assertThat(versions.valueStream().map(one -> one.at("/account/id").stringValue()))
        .containsExactly(
            legacy.account().toString(),
            bot.account().toString(),
            developer.account().toString(),
            owner.account().toString());
    assertThat(versions.valueStream().map(one -> one.at("/account/name").stringValue()))
        .allMatch(name -> !name.isEmpty());
    assertThat(versions.get(2).get("userAgent").stringValue()).isEqualTo("tool/1");
    assertThat(versions.get(2).get("clientAddress").stringValue()).isEqualTo("127.0.0.1");
  }

  @Test
  void longHistoriesComeInPages() {
    String id = createOne(secret("K", "v1"));
    for (int i = 2; i <= 5; i++) {
      update(change(id, "value", "v" + i));
    }

    List<String> values = new ArrayList<>();
    List<List<String>> changes = new ArrayList<>();
    String next = path(id, "limit", "2");
    int pages = 0;
    while (!next.isEmpty()) {
      JsonNode page = owner.get(next).is(200).json();
      values.addAll(texts(page.get("data"), "value"));
      page.get("data").forEach(one -> changes.add(changed(one)));
      JsonNode cursor = page.get("nextCursor");
      next = cursor.isNull() ? "" : path(id, "limit", "2", "cursor", cursor.stringValue());
      pages++;
    }

    assertThat(pages).isEqualTo(3);
    assertThat(values).containsExactly("v5", "v4", "v3", "v2", "v1");
    assertThat(changes.subList(0, 4)).allMatch(List.of("value")::equals);
    String full = path(id, "limit", "5");
    assertThat(owner.get(full).is(200).json().get("nextCursor").isNull()).isTrue();
  }

  @Test
  void aPageMustBeOneThatThereIs() {
    String id = createOne(secret("K", "v"));
    String other = createOne(secret("L", "v"));
    update(change(other));
    String foreign =
        owner.get(path(other, "limit", "1")).is(200).json().get("nextCursor").stringValue();
    for (String cursor : List.of("x", UNKNOWN_ID, foreign)) {
      owner.get(path(id, "cursor", cursor)).isError(400, "Invalid cursor");
    }
    for (String limit : List.of("0", "101", "-1", "x", "99999999999")) {
      owner.get(path(id, "limit", limit)).isError(400, "limit must be from 1 to 100");
    }
  }

  @Test
  void noVersionOfASealedSecretShowsAValue() {
    String id = createOne(secret("K", "canary"));
    String born = createOne(secretWith("L", "type", "sealed", "value", "canary"));
    update(change(id, "type", "sealed"));

    for (String one : List.of(id, born)) {
      assertThat(owner.get(path(one)).is(200).text()).doesNotContain("canary");
      assertThat(texts(versions(one), "value")).containsOnly("(none)");
      delete(one);
      assertThat(owner.get(path(one)).is(200).text()).doesNotContain("canary");
    }
    assertThat(texts(versions(id), "key")).containsOnly("K");
  }

  @Test
  void referencesStayAsTheyWereWritten() {
    createOne(secret("HOST", "db"));
    String id = createOne(secret("URL", "http://${HOST}"));

    assertThat(texts(versions(id), "value")).containsExactly("http://${HOST}");
  }

  @Test
  void whatNobodyCanDecryptIsNull() {
    TestClient client =
        TestClient.open(owner, organisation.token(owner), app.environment("Development"));
    String broken = client.encrypt("v").replaceAll(".{8}$", "AAAAAAA=");
    String id = createOne(secret("K", "v"));
    client.update(Map.of("id", id, "value", broken)).is(200);

    assertThat(texts(versions(id), "value")).containsExactly("(none)", "v");
  }

  @Test
  void readingIsOnRecord() {
    String id = createOne(secret("K", "canary"));
    update(change(id));
    owner.get(path(id, "limit", "1")).is(200);

    List<String> details =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                        .and(AUDIT_EVENT.ACTION.eq("read"))
                        .and(AUDIT_EVENT.DESCRIPTION.eq("Secret versions read"))
                        .fetch(AUDIT_EVENT.DETAILS));

    assertThat(details).hasSize(1);
    assertThat(details.getFirst()).contains("\"" + id + ":2\"").doesNotContain(id + ":1");
  }

  @Test
  void onlyWhoMayReadTheSecretsOfTheEnvironmentSeesTheirHistory() {
    String id = createOne(secret("K", "v"));
    TestCaller reader = memberWho(Action.READ);
    TestCaller writer = memberWho(Action.UPDATE);
    TestCaller stranger = organisation.member(DefaultRole.DEVELOPER);

    reader.get(path(id)).is(200);
    writer
        .get(path(id))
        .isError(403, "You don't have permission to read secrets in this environment.");
    stranger.get(path(id)).isError(403, "User cannot access this environment");
    organisation.serviceToken(app, "Development").get(path(id)).is(401);
    owner
        .get(path(id).replace("env=Development", "env=Staging"))
        .isError(404, "Secret not found: " + id);
    owner.get(path("x")).isError(404, "Secret not found: x");
    owner.get(path(UNKNOWN_ID)).isError(404, "Secret not found: " + UNKNOWN_ID);
  }

  private TestCaller memberWho(Action action) {
    TestCaller member =
        organisation.memberWith(
            new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, Set.of(action))));
    organisation.grant(member, app, "Development");
    return member;
  }

  @Test
  void endToEndAppsAnswerCiphertextsToWhoHasAKey() {
    TestClient client =
        TestClient.open(owner, organisation.token(owner), app.environment("Development"));
    organisation.turnSseOff(app);
    String id = client.createOne(client.secret("K", "v1"));
    client.update(Map.of("id", id, "value", client.encrypt("v2"))).is(200);
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    JsonNode versions = versions(id);

    assertThat(versions).hasSize(2);
    assertThat(versions.get(0).get("plaintext").isNull()).isTrue();
    assertThat(client.decrypt(versions.get(0).get("ciphertext"), "key")).isEqualTo("K");
    assertThat(client.decrypt(versions.get(0).get("ciphertext"), "value")).isEqualTo("v2");
    assertThat(client.decrypt(versions.get(1).get("ciphertext"), "value")).isEqualTo("v1");
    assertThat(changed(versions.get(0))).containsExactly("value");
    admin.get(path(id)).isError(403, "User cannot access this environment");
    client.update(Map.of("id", id, "type", "sealed")).is(200);
    assertThat(versions(id).valueStream().map(one -> one.at("/ciphertext/value").isNull()))
        .containsOnly(true);
  }
}
