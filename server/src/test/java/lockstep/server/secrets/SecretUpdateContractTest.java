package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class SecretUpdateContractTest extends SecretsContract {

  private static final String NO_ID = "Secret ID not provided";

  @Test
  void onlySuppliedMembersChange() {
    String id =
        createOne(
            secretWith("K", "path", "/a", "comment", "c", "tags", List.of("t"), "type", "config"));

    JsonNode updated = update(change(id, "value", "new")).get(0);

    assertThat(updated.get("id").stringValue()).isEqualTo(id);
    assertThat(updated.get("value").stringValue()).isEqualTo("new");
    assertThat(updated.get("key").stringValue()).isEqualTo("K");
    assertThat(updated.get("path").stringValue()).isEqualTo("/a");
    assertThat(updated.get("comment").stringValue()).isEqualTo("c");
    assertThat(updated.get("tags").toString()).isEqualTo("[\"t\"]");
    assertThat(updated.get("type").stringValue()).isEqualTo("config");
    assertThat(updated.get("version").intValue()).isEqualTo(2);
    assertThat(list()).containsExactly(updated);
  }

  @Test
  void everyMemberCanChangeAtOnce() {
    String id = createOne(secret("K", "v"));

    JsonNode updated =
        update(
                change(
                    id,
                    "key",
                    "new_key",
                    "value",
                    "",
                    "comment",
                    "now with",
                    "tags",
                    List.of("b", "a"),
                    "type",
                    "config",
                    "path",
                    "x//y/"))
            .get(0);

    assertThat(updated.get("key").stringValue()).isEqualTo("NEW_KEY");
    assertThat(updated.get("value").stringValue()).isEmpty();
    assertThat(updated.get("comment").stringValue()).isEqualTo("now with");
    assertThat(updated.get("tags").toString()).isEqualTo("[\"b\",\"a\"]");
    assertThat(updated.get("type").stringValue()).isEqualTo("config");
    assertThat(updated.get("path").stringValue()).isEqualTo("/x/y");
    assertThat(list()).containsExactly(updated);
    assertThat(list("key", "K")).isEmpty();
  }

  @Test
  void membersThatAreNullStayAsTheyAre() {
    JsonNode before = create(secretWith("K", "comment", "c", "tags", List.of("t"))).get(0);

    JsonNode after =
        update(
                change(
                    before.get("id").stringValue(),
                    "key",
                    null,
                    "value",
                    null,
                    "type",
                    null,
                    "comment",
                    null,
                    "tags",
                    null,
                    "path",
                    null))
            .get(0);

    for (String member : List.of("key", "value", "type", "comment", "tags", "path")) {
      assertThat(after.get(member)).isEqualTo(before.get(member));
    }
  }

  @Test
  void everyEntryGetsANewVersionAndTimeEvenIfNothingChanges() {
    JsonNode created = create(secret("A", "1"), secret("B", "2"));
    String a = created.get(0).get("id").stringValue();
    String time = created.get(0).get("updatedAt").stringValue();
    for (int version = 2; version < 12; version++) {
      JsonNode updated = update(change(a)).get(0);
      assertThat(updated.get("version").intValue()).isEqualTo(version);
      assertThat(updated.get("updatedAt").stringValue()).isGreaterThan(time);
      assertThat(updated.get("createdAt")).isEqualTo(created.get(0).get("createdAt"));
      time = updated.get("updatedAt").stringValue();
    }
    assertThat(secretNamed("B")).isEqualTo(created.get(1));
  }

  @Test
  void theAnswerHasTheOrderOfTheRequest() {
    JsonNode created = create(secret("A", "1"), secret("B", "2"), secret("C", "3"));

    JsonNode updated =
        update(
            change(created.get(2).get("id").stringValue()),
            change(created.get(0).get("id").stringValue()),
            change(created.get(1).get("id").stringValue()));

    assertThat(keys(updated)).containsExactly("C", "A", "B");
  }

  @Test
  void theIdMayBeInUpperCase() {
    String id = createOne(secret("K", "v"));

    assertThat(each(update(change(id.toUpperCase(Locale.ROOT), "value", "w")), "id"))
        .containsExactly(id);
  }

  @Test
  void theBodyMustHaveANonEmptyListOfSecrets() {
    for (Object wrong : Arrays.asList(null, List.of(), "x", Map.of(), 1)) {
      assertRefused(
          400,
          "'secrets' must be a non-empty list.",
          () -> owner.put(app.secrets(), object("secrets", wrong)));
    }
  }

  @Test
  void everyEntryMustBeAnObjectWithAnId() {
    String id = createOne(secret("K", "v"));
    for (Object wrong : Arrays.asList(null, "x", 1, List.of(), Map.of(), object("id", null))) {
      assertUpdateRefused(400, NO_ID, change(id, "value", "w"), wrong);
    }
    assertUpdateRefused(400, NO_ID, object("id", 1));
    assertUpdateRefused(400, NO_ID, object("key", "", "value", 1));
  }

  @Test
  void suppliedMembersFollowTheRulesOfCreating() {
    String id = createOne(secret("K", "v"));
    for (Object wrong : List.of("", " ", 1, Map.of())) {
      assertUpdateRefused(400, "Each secret requires a non-empty 'key'.", change(id, "key", wrong));
    }
    assertUpdateRefused(400, "Each secret requires a 'value' string.", change(id, "value", 1));
    assertUpdateRefused(
        400,
        "Invalid 'type': 'X'. Must be one of ['config', 'sealed', 'secret'].",
        change(id, "type", "X"));
    assertUpdateRefused(400, "'comment' must be a string.", change(id, "comment", 1));
    assertUpdateRefused(400, "'tags' must be a list of strings.", change(id, "tags", "t"));
    assertUpdateRefused(400, "'path' must be a string.", change(id, "path", 1));
    assertUpdateRefused(400, "'override' must be a JSON object.", change(id, "override", null));
  }

  @Test
  void anIdTwiceInABatchIsRefusedAsWritten() {
    String id = createOne(secret("K", "v"));
    String shouted = id.toUpperCase(Locale.ROOT);

    assertUpdateRefused(
        400, "Duplicate secret ID in request: " + shouted, change(id), change(shouted));
    assertUpdateRefused(400, "Duplicate secret ID in request: x", change("x"), change("x"));
  }

  @Test
  void anIdThatIsNoLiveSecretOfTheEnvironmentIsNotFound() {
    String id = createOne(secret("K", "v"));
    String deleted = createOne(secret("GONE", "v"));
    delete(deleted);
    String elsewhere = owner.post(app.secrets("Staging"), body(secret("K", "v"))).is(201).id();
    TestOrganisation other = TestOrganisation.create(server);
    String foreign = other.owner().post(other.app("x").secrets(), body(secret("K", "v"))).id();

    for (String unknown :
        List.of(
            UNKNOWN_ID,
            UUID.randomUUID().toString(),
            deleted,
            elsewhere,
            foreign,
            "x",
            "",
            "1-1-1-1-1",
            id + " ")) {
      assertUpdateRefused(
          404, "Secret not found: " + unknown, change(id, "value", "w"), change(unknown));
    }
    String longText = "z".repeat(300);
    assertUpdateRefused(404, "Secret not found: " + "z".repeat(200) + "…", change(longText));
  }

  @Test
  void theChecksOfABatchComeInTheirOrder() {
    String sealed = createOne(secretWith("SEALED", "type", "sealed"));
    String plain = createOne(secret("PLAIN", "v"));
    UUID rotating =
        new StoredRows(server, app, "Development")
            .insert("ROTATING", "v", row -> row.setLifecycle("rotating"));
    Map<String, Object> unsealing = change(sealed, "type", "secret");
    Map<String, Object> conflicting = change(plain, "key", "SEALED");
    Map<String, Object> rotated = change(rotating.toString());
    Map<String, Object> unknown = change(UNKNOWN_ID);
    Map<String, Object> wrong = object("id", plain, "comment", 1);

    assertUpdateRefused(
        400,
        "'comment' must be a string.",
        conflicting,
        unsealing,
        rotated,
        unknown,
        unknown,
        wrong);
    assertUpdateRefused(
        400,
        "Duplicate secret ID in request: " + UNKNOWN_ID,
        conflicting,
        unsealing,
        rotated,
        unknown,
        unknown);
    assertUpdateRefused(
        404, "Secret not found: " + UNKNOWN_ID, conflicting, unsealing, rotated, unknown);
    assertUpdateRefused(
        400,
        "Rotating secrets are managed by the Phase rotation engine and cannot be updated via this"
            + " endpoint.",
        conflicting,
        unsealing,
        rotated);
    assertUpdateRefused(
        400,
        "Sealed secrets cannot be unsealed. Delete and recreate the secret instead.",
        conflicting,
        unsealing);
    assertUpdateRefused(409, DUPLICATE, conflicting);
  }

  @Test
  void aNameIsTakenByAStoredSecret() {
    createOne(secret("/a", "TAKEN", "v"));
    String other = createOne(secret("/a", "OTHER", "v"));
    String root = createOne(secret("TAKEN", "v"));

    assertUpdateRefused(409, DUPLICATE, change(other, "key", "taken"));
    assertUpdateRefused(409, DUPLICATE, change(root, "path", "/a"));
    assertUpdateRefused(409, DUPLICATE, change(root, "path", "a/", "key", "other"));
    assertThat(
            update(change(other, "key", "other", "path", "//a")).get(0).get("path").stringValue())
        .isEqualTo("/a");
  }

  @Test
  void aNameIsTakenByAnotherEntryOfTheBatch() {
    JsonNode created = create(secret("A", "1"), secret("/x", "B", "2"));
    String a = created.get(0).get("id").stringValue();
    String b = created.get(1).get("id").stringValue();

    assertUpdateRefused(
        409, DUPLICATE, change(a, "key", "NEW"), change(b, "key", "new", "path", "/"));
    assertUpdateRefused(409, DUPLICATE, change(a), change(b, "key", "A", "path", "/"));
  }

  @Test
  void twoSecretsCanExchangeTheirNames() {
    JsonNode created = create(secret("A", "1"), secret("/x", "B", "2"));
    String a = created.get(0).get("id").stringValue();
    String b = created.get(1).get("id").stringValue();

    JsonNode updated =
        update(change(a, "key", "B", "path", "/x"), change(b, "key", "A", "path", "/"));

    assertThat(keys(updated)).containsExactly("B", "A");
    assertThat(secretNamed("A").get("id").stringValue()).isEqualTo(b);
    assertThat(secretNamed("B").get("value").stringValue()).isEqualTo("1");
    assertThat(secretNamed("B").get("keyDigest")).isEqualTo(created.get(1).get("keyDigest"));
  }

  @Test
  void namesCanBePassedOnInARing() {
    JsonNode created = create(secret("A", "1"), secret("B", "2"), secret("C", "3"));

    update(
        change(created.get(0).get("id").stringValue(), "key", "B"),
        change(created.get(1).get("id").stringValue(), "key", "C"),
        change(created.get(2).get("id").stringValue(), "key", "A"));

    assertThat(each(list(), "value")).containsExactly("1", "2", "3");
    assertThat(keys(list())).containsExactly("B", "C", "A");
  }

  @Test
  void aNameThatOneEntryGivesUpIsFreeForAnother() {
    JsonNode created = create(secret("A", "1"), secret("B", "2"));

    update(
        change(created.get(0).get("id").stringValue(), "key", "B"),
        change(created.get(1).get("id").stringValue(), "key", "C"));

    assertThat(keys(list())).containsExactly("B", "C");
  }

  @Test
  void aClientsNameStaysAsItIsUnlessTheKeyIsSent() {
    UUID id = new StoredRows(server, app, "Development").insert("db_name", "v");

    JsonNode updated = update(change(id.toString(), "value", "w")).get(0);
    assertThat(updated.get("key").stringValue()).isEqualTo("db_name");
    assertThat(updated.get("value").stringValue()).isEqualTo("w");
    assertThat(list("key", "db_name")).isEmpty();

    assertThat(keys(update(change(id.toString(), "key", "db_name")))).containsExactly("DB_NAME");
    assertThat(secretNamed("db_name").get("id").stringValue()).isEqualTo(id.toString());
  }

  @Test
  void oneWrongEntryRefusesTheWholeBatch() {
    JsonNode created = create(secret("A", "1"), secret("B", "2"));
    String a = created.get(0).get("id").stringValue();
    String b = created.get(1).get("id").stringValue();

    assertUpdateRefused(
        409,
        DUPLICATE,
        change(a, "value", "9", "tags", List.of("new"), "override", override("o", true)),
        change(b, "key", "A"));
  }
}
