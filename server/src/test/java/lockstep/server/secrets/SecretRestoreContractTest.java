package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

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
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code POST /v1/secrets/:id/restore/}. */
@ContractTest
final class SecretRestoreContractTest extends SecretsContract {

  private static final String UNSEALING =
      "Sealed secrets cannot be unsealed. Delete and recreate the secret instead.";

  private String path(String id) {
    return app.secrets().replace("/v1/secrets/", "/v1/secrets/" + id + "/restore/");
  }

  private TestResponse restore(TestCaller caller, String id, int version) {
    return caller.post(path(id), Map.of("version", version));
  }

  private JsonNode restored(String id, int version) {
    return restore(owner, id, version).is(200).json().get("data");
  }

  @Test
  void aSecretGetsAllOfAnEarlierVersionAsANewOne() {
    String id =
        createOne(
            secretWith(
                "one", "value", "v1", "path", "/a/b", "comment", "c", "tags", List.of("y", "x")));
    JsonNode first = list().get(0);
    update(
        change(
            id,
            "key",
            "two",
            "value",
            "v2",
            "path",
            "/",
            "comment",
            "",
            "tags",
            List.of("z"),
            "type",
            "config"));
    JsonNode second = list().get(0);

    JsonNode answer = restored(id, 1);

    assertThat(answer.get("id").stringValue()).isEqualTo(id);
    assertThat(answer.get("version").intValue()).isEqualTo(3);
    assertThat(answer.get("restoredVersion").intValue()).isEqualTo(1);
    assertThat(answer.get("event").stringValue()).isEqualTo("update");
    assertSame(list().get(0), first, 3);
    restored(id, 2);
    assertSame(list().get(0), second, 4);
  }

  /** The same secret with the same content, in a later version. */
  private static void assertSame(JsonNode now, JsonNode then, int version) {
    for (String member :
        List.of(
            "id",
            "folder",
            "path",
            "key",
            "keyDigest",
            "value",
            "comment",
            "tags",
            "type",
            "lifecycle",
            "override",
            "createdAt")) {
      assertThat(now.get(member)).as(member).isEqualTo(then.get(member));
    }
    assertThat(now.get("version").intValue()).isEqualTo(version);
    assertThat(now.get("updatedAt").stringValue())
        .isGreaterThan(then.get("updatedAt").stringValue());
  }

  @Test
  void aDeletedSecretComesBackWithPersonalValues() {
    String id =
        createOne(secretWith("K", "tags", List.of("t"), "override", override("mine", true)));
    update(change(id, "value", "w"));
    JsonNode last = list().get(0);
    delete(id);
    assertThat(list()).isEmpty();

    assertThat(restored(id, 2).get("event").stringValue()).isEqualTo("create");

    assertSame(list().get(0), last, 3);
    delete(id);
    restored(id, 1);
    assertThat(list().get(0).get("value").stringValue()).isEqualTo("v");
    update(change(id, "value", "again"));
    assertThat(list().get(0).get("version").intValue()).isEqualTo(5);
  }

  @Test
  void aNameThatIsTakenIsAConflict() {
    String deleted = createOne(secret("K", "v"));
    delete(deleted);
    String renamed = createOne(secret("/f", "L", "v"));
    update(change(renamed, "key", "M"));
    create(secret("K", "other"), secret("/f", "L", "other"));

    assertRefused(409, DUPLICATE, () -> restore(owner, deleted, 1));
    assertRefused(409, DUPLICATE, () -> restore(owner, renamed, 1));
  }

  @Test
  void whatIsSealedStaysSealed() {
    String id = createOne(secret("K", "v1"));
    update(change(id, "value", "v2", "type", "sealed"));
    update(change(id, "key", "L", "value", "ignored"));

    assertRefused(400, UNSEALING, () -> restore(owner, id, 1));
    restored(id, 2);
    assertThat(secretNamed("K").get("value").stringValue()).isEqualTo("v2");
    delete(id);
    assertRefused(400, UNSEALING, () -> restore(owner, id, 1));
    restored(id, 3);
    assertThat(secretNamed("L").get("value").stringValue()).isEqualTo("v2");
    assertThat(secretNamed("L").get("type").stringValue()).isEqualTo("sealed");
  }

  @Test
  void restoringIsUpdatingOrForDeletedSecretsCreating() {
    String live = createOne(secret("K", "v"));
    String deleted = createOne(secret("L", "v"));
    delete(deleted);
    TestCaller updater = memberWho(Action.UPDATE);
    TestCaller creator = memberWho(Action.CREATE);
    String mayNotUpdate = "You don't have permission to update secrets in this environment.";

    assertRefused(403, mayNotUpdate, () -> restore(memberWho(Action.READ), live, 1));
    assertRefused(403, mayNotUpdate, () -> restore(creator, live, 1));
    assertRefused(
        403,
        "You don't have permission to create secrets in this environment.",
        () -> restore(updater, deleted, 1));
    restore(updater, live, 1).is(200);
    restore(creator, deleted, 1).is(200);
    assertRefused(
        403,
        "User cannot access this environment",
        () -> restore(organisation.member(DefaultRole.DEVELOPER), live, 1));
    restore(organisation.serviceToken(app, "Development"), live, 1).is(401);
  }

  private TestCaller memberWho(Action action) {
    TestCaller member =
        organisation.memberWith(
            new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, Set.of(action))));
    organisation.grant(member, app, "Development");
    return member;
  }

  @Test
  void whatIsNotThereCannotBeRestored() {
    String id = createOne(secret("K", "v"));
    String elsewhere = owner.post(app.secrets("Staging"), body(secret("K", "v"))).is(201).id();
    for (String unknown : List.of("x", UNKNOWN_ID, elsewhere)) {
      assertRefused(404, "Secret not found: " + unknown, () -> restore(owner, unknown, 1));
    }
    for (int version : List.of(2, 0, -1, Integer.MAX_VALUE)) {
      assertRefused(404, "Version not found: " + version, () -> restore(owner, id, version));
    }
    assertRefused(
        404,
        "Version not found: 4294967297",
        () -> owner.post(path(id), Map.of("version", 4_294_967_297L)));
    assertRefused(400, "Missing required field: version", () -> owner.post(path(id), Map.of()));
    assertRefused(
        400, "'version' must be a number.", () -> owner.post(path(id), Map.of("version", "1")));
  }

  @Test
  void rotatingSecretsAreLeftToTheirEngine() {
    String id =
        new StoredRows(server, app, "Development")
            .insert("K", "v", row -> row.setLifecycle("rotating"))
            .toString();

    assertRefused(
        400,
        "Rotating secrets are managed by the Phase rotation engine and cannot be updated via this"
            + " endpoint.",
        () -> restore(owner, id, 1));
  }

  @Test
  void restoringIsOnRecord() {
    String id = createOne(secret("K", "v"));
    update(change(id, "value", "w"));
    restored(id, 1);
    delete(id);
    restored(id, 2);

    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.ACTION, AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                        .and(AUDIT_EVENT.DESCRIPTION.eq("Secret restored"))
                        .orderBy(AUDIT_EVENT.CREATED_AT)
                        .fetch(row -> row.value1() + " " + row.value2()));

    assertThat(events).hasSize(2);
    assertThat(events.get(0)).startsWith("update").contains(id + ":3", "\"restoredVersion\":1");
    assertThat(events.get(1)).startsWith("create").contains(id + ":4", "\"restoredVersion\":2");
  }

  @Test
  void ciphertextsOfEndToEndAppsAreRestoredAsTheyWere() {
    TestClient client =
        TestClient.open(owner, organisation.token(owner), app.environment("Development"));
    organisation.turnSseOff(app);
    String id = client.createOne(client.secret("K", "v1"));
    JsonNode first = client.list().get(0);
    client.update(Map.of("id", id, "value", client.encrypt("v2"))).is(200);

    restored(id, 1);

    assertThat(client.list().get(0).get("value")).isEqualTo(first.get("value"));
    client.delete(id).is(200);
    restored(id, 2);
    assertThat(client.decrypt(client.list().get(0), "value")).isEqualTo("v2");
    restore(organisation.member(DefaultRole.ADMIN), id, 1)
        .isError(403, "User cannot access this environment");
  }
}
