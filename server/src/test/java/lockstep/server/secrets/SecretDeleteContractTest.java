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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class SecretDeleteContractTest extends SecretsContract {

  private static final String NOT_IDS = "'secrets' must be a non-empty list of secret IDs.";

  @Test
  void theMessageCountsDistinctIds() {
    List<String> ids =
        each(create(secret("A", "1"), secret("B", "2"), secret("C", "3"), secret("D", "4")), "id");

    assertThat(deleteAnswer(ids.get(0))).isEqualTo("{\"message\":\"Deleted 1 secret\"}");
    assertThat(deleteAnswer(ids.get(1), ids.get(1), ids.get(1).toUpperCase(Locale.ROOT)))
        .isEqualTo("{\"message\":\"Deleted 1 secret\"}");
    assertThat(deleteAnswer(ids.get(2), ids.get(3), ids.get(2)))
        .isEqualTo("{\"message\":\"Deleted 2 secrets\"}");
    assertThat(list()).isEmpty();
  }

  private String deleteAnswer(String... ids) {
    return owner.delete(app.secrets(), Map.of("secrets", List.of(ids))).is(200).text();
  }

  @Test
  void theBodyMustHaveANonEmptyListOfStrings() {
    for (Object wrong :
        Arrays.asList(
            null,
            List.of(),
            "x",
            Map.of(),
            1,
            List.of(1),
            List.of(List.of()),
            Arrays.asList("x", null))) {
      assertRefused(400, NOT_IDS, () -> owner.delete(app.secrets(), object("secrets", wrong)));
    }
    assertRefused(400, NOT_IDS, () -> owner.delete(app.secrets(), Map.of()));
  }

  @Test
  void idsThatAreNoLiveSecretsAreListedAndNothingIsDeleted() {
    String id = createOne(secret("K", "v"));
    String deleted = createOne(secret("GONE", "v"));
    delete(deleted);
    String elsewhere = owner.post(app.secrets("Staging"), body(secret("K", "v"))).is(201).id();

    assertRefused(
        404,
        "Secret(s) not found in this environment: x, %s, , %s, %s, %s…"
            .formatted(UNKNOWN_ID, deleted, elsewhere, "z".repeat(200)),
        () ->
            owner.delete(
                app.secrets(),
                Map.of(
                    "secrets",
                    List.of("x", UNKNOWN_ID, id, "", deleted, "x", elsewhere, "z".repeat(201)))));
  }

  @Test
  void aRotatingSecretCannotBeDeleted() {
    String plain = createOne(secret("PLAIN", "v"));
    UUID rotating =
        new StoredRows(server, app, "Development")
            .insert("ROTATING", "v", row -> row.setLifecycle("rotating"));

    assertRefused(
        400,
        "Rotating secrets are managed by the Phase rotation engine and cannot be deleted via this"
            + " endpoint.",
        () -> owner.delete(app.secrets(), Map.of("secrets", List.of(plain, rotating.toString()))));
    assertRefused(
        404,
        "Secret(s) not found in this environment: x",
        () -> owner.delete(app.secrets(), Map.of("secrets", List.of(rotating.toString(), "x"))));
    assertThat(secretNamed("ROTATING").get("lifecycle").stringValue()).isEqualTo("rotating");
  }

  @Test
  void aDeletedSecretIsGoneEverywhereAndFreesItsName() {
    String id = createOne(secretWith("K", "path", "/a", "tags", List.of("t")));
    delete(id);

    assertThat(list()).isEmpty();
    assertThat(list("key", "K")).isEmpty();
    assertThat(list("path", "/a")).isEmpty();
    assertThat(list("tags", "t")).isEmpty();
    assertUpdateRefused(404, "Secret not found: " + id, change(id));
    assertRefused(
        404,
        "Secret(s) not found in this environment: " + id,
        () -> owner.delete(app.secrets(), Map.of("secrets", List.of(id))));

    JsonNode again = create(secretWith("K", "path", "/a", "value", "new")).get(0);
    assertThat(again.get("id").stringValue()).isNotEqualTo(id);
    assertThat(again.get("version").intValue()).isEqualTo(1);
    delete(again.get("id").stringValue());
    create(secretWith("K", "path", "/a"));
  }

  @Test
  void anotherSecretCanMoveToTheNameOfADeletedOne() {
    String a = createOne(secret("A", "1"));
    String b = createOne(secret("B", "2"));
    delete(a);

    assertThat(keys(update(change(b, "key", "A")))).containsExactly("A");
  }

  @Test
  void aLargeBatchCanBeDeletedAtOnce() {
    Object[] entries = new Object[1_200];
    Arrays.setAll(entries, i -> secret("K" + i, "v"));
    List<String> ids = each(create(entries), "id");

    assertThat(deleteAnswer(ids.toArray(String[]::new)))
        .isEqualTo("{\"message\":\"Deleted 1200 secrets\"}");
    assertThat(list()).isEmpty();
  }
}
