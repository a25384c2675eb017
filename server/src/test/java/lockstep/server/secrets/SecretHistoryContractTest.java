package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.SECRET_VERSION;
import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.DefaultRole;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.store.tables.tables.records.SecretVersionRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is kept of reads and changes, in the database. */
@ContractTest
final class SecretHistoryContractTest extends SecretsContract {

  private List<SecretVersionRecord> versions(String id) {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(SECRET_VERSION)
                    .where(SECRET_VERSION.SECRET_ID.eq(UUID.fromString(id)))
                    .and(SECRET_VERSION.ORGANISATION_ID.eq(organisation.id()))
                    .orderBy(SECRET_VERSION.CREATED_AT, SECRET_VERSION.ID)
                    .fetch());
  }

  private String opened(String ciphertext) {
    return new StoredRows(server, app, "Development")
        .withKeys(
            keys -> {
              try (FieldOpener opener = keys.opener()) {
                return opener.open(ciphertext);
              }
            });
  }

  private List<AuditEventRecord> events(String action) {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .and(AUDIT_EVENT.RESOURCE_TYPE.eq("secret"))
                    .and(AUDIT_EVENT.ACTION.eq(action))
                    .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                    .fetch());
  }

  @Test
  void everyVersionIsKeptAsItWas() {
    String id =
        createOne(
            secretWith(
                "one", "value", "v1", "path", "/a", "comment", "c1", "tags", List.of("x", "y")));
    update(change(id, "value", "v2", "type", "config", "comment", ""));
    update(change(id, "key", "two", "path", "/", "tags", List.of()));
    delete(id);

    List<SecretVersionRecord> rows = versions(id);
    assertThat(rows.stream().map(SecretVersionRecord::getEvent))
        .containsExactly("create", "update", "update", "delete");
    assertThat(rows.stream().map(SecretVersionRecord::getVersion)).containsExactly(1, 2, 3, 3);
    assertThat(rows.stream().map(row -> opened(row.getKeyCiphertext())))
        .containsExactly("ONE", "ONE", "TWO", "TWO");
    assertThat(rows.stream().map(row -> opened(row.getValueCiphertext())))
        .containsExactly("v1", "v2", "v2", "v2");
    assertThat(rows.stream().map(SecretVersionRecord::getPath))
        .containsExactly("/a", "/a", "/", "/");
    assertThat(rows.stream().map(SecretVersionRecord::getType))
        .containsExactly("secret", "config", "config", "config");
    assertThat(rows.stream().map(SecretVersionRecord::getTags))
        .containsExactly("[\"x\",\"y\"]", "[\"x\",\"y\"]", "[]", "[]");
    assertThat(opened(rows.get(0).getCommentCiphertext())).isEqualTo("c1");
    assertThat(rows.get(1).getCommentCiphertext()).isEmpty();
    assertThat(rows.get(0).getKeyDigest()).isNotEqualTo(rows.get(2).getKeyDigest());
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.getEnvironmentId().toString())
                    .isEqualTo(app.environment("Development")));
  }

  @Test
  void everyVersionNamesWhoWroteItAndFromWhere() {
    TestCaller developer =
        organisation.member(DefaultRole.DEVELOPER).with("User-Agent", "tool/1.0 (é)");
    organisation.grant(developer, app, "Development");
    String id = createOne(secret("K", "v"));
    developer.put(app.secrets(), body(change(id, "value", "w"))).is(200);

    List<SecretVersionRecord> rows = versions(id);
    assertThat(rows.get(0).getAccountId()).isEqualTo(owner.account());
    SecretVersionRecord second = rows.get(1);
    assertThat(second.getAccountId()).isEqualTo(developer.account());
    assertThat(second.getTokenId()).isEqualTo(tokenOf(developer));
    assertThat(second.getClientAddress()).isEqualTo("127.0.0.1");
    assertThat(second.getUserAgent()).startsWith("tool/1.0 (");
  }

  private UUID tokenOf(TestCaller caller) {
    return server
        .database()
        .read(
            db ->
                db.select(TOKEN.ID)
                    .from(TOKEN)
                    .where(TOKEN.ACCOUNT_ID.eq(caller.account()))
                    .fetchSingle()
                    .value1());
  }

  @Test
  void aLegacyServiceTokenHasAHistoryToo() {
    TestCaller legacy = organisation.serviceToken(app, "Development");

    String id = legacy.post(app.secrets(), body(secret("K", "v"))).is(201).id();

    assertThat(versions(id).getFirst().getAccountId()).isEqualTo(legacy.account());
    assertThat(events("create").getFirst().getAccountKind()).isEqualTo("service_token");
  }

  @Test
  void aRefusedBatchLeavesNoHistory() {
    String id = createOne(secret("A", "v"));
    createOne(secret("B", "v"));

    assertUpdateRefused(409, DUPLICATE, change(id, "key", "B"));
    assertCreateRefused(409, DUPLICATE, secret("C", "v"), secret("A", "v"));

    assertThat(versions(id)).hasSize(1);
    assertThat(events("create")).hasSize(2);
    assertThat(events("update")).isEmpty();
  }

  @Test
  void eventsListIdsAndVersions() {
    JsonNode created = create(secret("/p", "B", "v"), secret("A", "v"));
    String b = created.get(0).get("id").stringValue();
    String a = created.get(1).get("id").stringValue();
    update(change(b), change(a));
    update(change(b));
    list();
    list("key", "B");
    list("key", "NONE");
    delete(b, a);

    assertThat(secretsOf(events("create"))).containsExactly(List.of(b + ":1", a + ":1"));
    assertThat(secretsOf(events("update")))
        .containsExactly(List.of(b + ":2", a + ":2"), List.of(b + ":3"));
    assertThat(secretsOf(events("read")))
        .containsExactly(List.of(a + ":2", b + ":3"), List.of(b + ":3"), List.of());
    assertThat(secretsOf(events("delete"))).containsExactly(List.of(b + ":3", a + ":2"));
  }

  private static List<List<String>> secretsOf(List<AuditEventRecord> events) {
    return events.stream()
        .map(
            event ->
                lockstep.server.http.Json.parse(
                        event.getDetails().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .list("secrets")
                    .orElseThrow()
                    .stream()
                    .map(id -> id.text().orElseThrow())
                    .toList())
        .toList();
  }

  @Test
  void eventsNameWhoAndFromWhere() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE).with("User-Agent", "bot/2");
    organisation.grant(bot, app, "Development");
    create(secret("K", "v"));

    bot.get(app.secrets()).is(200);

    AuditEventRecord event = events("read").getFirst();
    assertThat(event.getAccountId()).isEqualTo(bot.account());
    assertThat(event.getAccountKind()).isEqualTo("service_account");
    assertThat(event.getAccountName()).startsWith("bot-");
    assertThat(event.getTokenId()).isEqualTo(tokenOf(bot));
    assertThat(event.getClientAddress()).isEqualTo("127.0.0.1");
    assertThat(event.getUserAgent()).isEqualTo("bot/2");
    assertThat(event.getRequestId()).isNotEmpty();
    assertThat(event.getEnvironmentId().toString()).isEqualTo(app.environment("Development"));
  }

  @Test
  void eventsHoldNoValueNameOrComment() {
    String canary = "canary" + UUID.randomUUID().toString().replace("-", "");
    String id =
        createOne(
            secretWith(
                canary, "value", canary, "comment", canary, "override", override(canary, true)));
    update(change(id, "value", canary + "2"));
    list("key", canary);
    delete(id);

    for (String action : List.of("create", "read", "update", "delete")) {
      assertThat(events(action))
          .isNotEmpty()
          .allSatisfy(event -> assertThat(event.toString()).doesNotContainIgnoringCase(canary));
    }
  }

  @Test
  void everyWriteGrowsRevisionAndTimeOfTheEnvironment() {
    String id = createOne(secret("K", "v"));
    List<Runnable> writes =
        List.of(
            () -> create(secret("L", "v")),
            () -> update(change(id)),
            () -> update(change(id, "override", override("o", true))),
            () -> delete(id));
    for (Runnable write : writes) {
      long revision = revision();
      String time = environmentUpdatedAt();
      write.run();
      assertThat(revision()).isEqualTo(revision + 1);
      assertThat(environmentUpdatedAt()).isGreaterThan(time);
    }
  }

  private long revision() {
    return server
        .database()
        .read(
            db ->
                db.select(ENVIRONMENT.REVISION)
                    .from(ENVIRONMENT)
                    .where(ENVIRONMENT.ID.eq(UUID.fromString(app.environment("Development"))))
                    .fetchSingle()
                    .value1());
  }

  @Test
  void theTimeOfTheEnvironmentGrowsEvenIfTheClockWentBack() {
    server
        .database()
        .write(
            db ->
                db.update(ENVIRONMENT)
                    .set(ENVIRONMENT.UPDATED_AT, java.time.Instant.parse("2999-01-01T00:00:00Z"))
                    .where(ENVIRONMENT.ID.eq(UUID.fromString(app.environment("Development"))))
                    .execute());

    JsonNode created = create(secret("K", "v")).get(0);

    assertThat(environmentUpdatedAt()).isEqualTo("2999-01-01T00:00:00.000001Z");
    assertThat(created.get("createdAt").stringValue()).isEqualTo("2999-01-01T00:00:00.000001Z");
    update(change(created.get("id").stringValue()));
    assertThat(environmentUpdatedAt()).isEqualTo("2999-01-01T00:00:00.000002Z");
  }

  @Test
  void aDeletedSecretKeepsItsHistory() {
    String id = createOne(secret("K", "v"));
    delete(id);
    create(secret("K", "v2"));

    assertThat(versions(id)).hasSize(2);
    assertThat(list()).hasSize(1);
  }
}
