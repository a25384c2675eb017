package lockstep.server.protocol;

import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.EnvironmentKeys;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What writes have to look like, and that those that do not change nothing. */
@ContractTest
final class EncryptedWritesContractTest extends ProtocolContract {

  private static final String DUPLICATE = "Duplicate secret found";
  private static final String BAD_CIPHERTEXT = "Invalid ciphertext format";

  private Map<String, Object> without(String field) {
    Map<String, Object> secret = new LinkedHashMap<>(client.secret("A", "a"));
    secret.remove(field);
    return secret;
  }

  @Test
  void bodiesAreObjectsWithAList() {
    Map<String, String> refusals = new LinkedHashMap<>();
    refusals.put("", "Request body is required.");
    refusals.put("secrets=1", "Request body must be valid JSON.");
    refusals.put("[]", "Request body must be a JSON object.");
    for (String method : List.of("POST", "PUT", "DELETE")) {
      refusals.forEach(
          (body, error) ->
              assertRefused(400, error, () -> client.caller().sendText(method, SECRETS, body)));
      String rule =
          method.equals("DELETE")
              ? "'secrets' must be a list of secret IDs."
              : "'secrets' must be a list of objects.";
      for (String list : List.of("null", "{}", "\"x\"", "1", "[1]", "[null]", "[[]]")) {
        String body = "{\"secrets\":" + list + "}";
        assertRefused(400, rule, () -> client.caller().sendText(method, SECRETS, body));
      }
      assertRefused(400, rule, () -> client.caller().sendText(method, SECRETS, "{}"));
      String time = updatedAt();
      assertThat(client.caller().sendText(method, SECRETS, "{\"secrets\":[]}").is(200).text())
          .isEmpty();
      assertThat(updatedAt()).isEqualTo(time);
    }
  }

  @Test
  void ciphertextsAreAsLongAsWhatTheRestApiTakes() {
    // 65,536 bytes of text, and 1,024 characters of a name with four bytes each.
    Map<String, Integer> bytes = Map.of("key", 4_096, "value", 65_536, "comment", 65_536);
    bytes.forEach(
        (field, longest) -> {
          Map<String, Object> secret = new LinkedHashMap<>(client.secret("A" + field, "a"));
          secret.put(field, sealed(longest));
          client.create(secret).is(200);
          secret.put("keyDigest", "0".repeat(64));
          // Base64 has steps of three bytes.
          secret.put(field, sealed(longest + 3));
          String rule =
              "'%s' cannot exceed %d characters of ciphertext."
                  .formatted(field, sealed(longest).length());
          assertRefused(400, rule, () -> client.create(secret));
        });
    Map<String, Object> secret = new LinkedHashMap<>(client.secret("B", "b"));
    secret.put("override", object("value", sealed(65_539), "isActive", true));
    assertRefused(
        400,
        "'override.value' cannot exceed 87507 characters of ciphertext.",
        () -> client.create(secret));
  }

  private static String sealed(int bytes) {
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      return Ciphertext.encrypt("x".repeat(bytes), keys.publicKey()).text();
    }
  }

  @Test
  void whatIsNeededIsNeeded() {
    assertRefused(400, "Missing required field: key", () -> client.create(without("key")));
    assertRefused(400, "Missing required field: value", () -> client.create(without("value")));
    assertRefused(
        400, "A key was supplied without a digest", () -> client.create(without("keyDigest")));
    String id = client.createOne(client.secret("Z", "z"));
    assertRefused(400, "Secret ID not provided", () -> client.update(client.secret("A", "a")));
    assertRefused(
        400,
        "A key was supplied without a digest",
        () -> client.update(object("id", id, "key", client.encrypt("A"))));
    for (String digest : List.of("x", "0".repeat(63), "0".repeat(65), "g".repeat(64))) {
      assertRefused(
          400,
          "'keyDigest' must be 64 hexadecimal digits.",
          () -> client.create(client.secret("A", "a", "keyDigest", digest)));
    }
  }

  @Test
  void onlyCiphertextsAreStored() {
    String good = client.encrypt("x");
    String id = client.createOne(client.secret("Z", "z"));
    for (String bad :
        List.of(
            "",
            "plain",
            "ph:v1:" + "0".repeat(64) + ":",
            "ph:v1:" + "0".repeat(64) + ":x",
            good + " ",
            good.replace("ph:v1", "ph:v2"),
            good.substring(0, good.length() - 1),
            good.replace("ph:", "PH:"))) {
      for (String field : List.of("key", "value")) {
        assertRefused(
            400, BAD_CIPHERTEXT, () -> client.create(client.secret("A", "a", field, bad)));
        assertRefused(
            400,
            BAD_CIPHERTEXT,
            () -> client.update(client.secret("A", "a", "id", id, field, bad)));
      }
      if (!bad.isEmpty()) {
        assertRefused(
            400, BAD_CIPHERTEXT, () -> client.create(client.secret("A", "a", "comment", bad)));
      }
      assertRefused(
          400,
          BAD_CIPHERTEXT,
          () -> client.create(client.secret("A", "a", "override", object("value", bad))));
    }
  }

  @Test
  void valuesOfTheWrongKindAreRefused() {
    String id = client.createOne(client.secret("Z", "z"));
    Map<String, Object> whole =
        client.secret(
            "A",
            "a",
            "comment",
            client.encrypt("c"),
            "path",
            "/p",
            "tags",
            List.of("t"),
            "type",
            "secret",
            "override",
            object("value", client.encrypt("o"), "isActive", true));
    for (String field : whole.keySet()) {
      for (Object wrong : List.of(0, 1.5, true, List.of(1), object("a", 1), object())) {
        Map<String, Object> changed = new LinkedHashMap<>(whole);
        changed.put(field, wrong);
        assertThat(client.create(changed).status()).as(field + wrong).isEqualTo(400);
        changed.put("id", id);
        assertThat(client.update(changed).status()).as(field + wrong).isEqualTo(400);
      }
    }
    assertRefused(
        400,
        "'override.isActive' must be a boolean.",
        () ->
            client.create(
                client.secret(
                    "A",
                    "a",
                    "override",
                    object("value", client.encrypt("o"), "isActive", "yes"))));
    assertRefused(
        400,
        "Tag name exceeds 64 characters: '" + "t".repeat(32) + "'…",
        () -> client.create(client.secret("A", "a", "tags", List.of("t".repeat(65)))));
    assertRefused(
        400,
        "Folder name exceeds 64 characters: '" + "f".repeat(32) + "'…",
        () -> client.create(client.secret("A", "a", "path", "/" + "f".repeat(65))));
    assertThat(client.list()).hasSize(1);
  }

  @Test
  void membersThatNobodyKnowsAreIgnoredAndNullsCountAsAbsent() {
    client
        .caller()
        .sendText(
            "POST",
            SECRETS,
            """
            {"secrets":[{"key":"%s","keyDigest":"%s","value":"%s","comment":null,"path":null,
            "tags":null,"type":null,"override":null,"id":"%s","version":7,"environment":5,
            "createdAt":"x","folder":[],"lifecycle":"rotating"}],"more":1}"""
                .formatted(
                    client.encrypt("A"), client.digest("A"), client.encrypt("a"), UNKNOWN_ID))
        .is(200);
    JsonNode row = client.list().get(0);
    assertThat(row.get("id").stringValue()).isNotEqualTo(UNKNOWN_ID);
    assertThat(row.get("version").intValue()).isEqualTo(1);
    assertThat(row.get("lifecycle").stringValue()).isEqualTo("static");
    assertThat(row.get("environment").stringValue()).isEqualTo(app.environment("Development"));
  }

  @Test
  void aRowCanBeSentBackAsItWasRead() {
    String id =
        client.createOne(
            client.secret(
                "A", "a", "comment", client.encrypt("c"), "path", "/p", "tags", List.of("t")));
    JsonNode row = client.list().get(0);
    String sent = row.toString().replace("\"key_digest\"", "\"keyDigest\"");
    client.caller().sendText("PUT", SECRETS, "{\"secrets\":[" + sent + "]}").is(200);
    JsonNode after = client.list().get(0);
    assertThat(after.get("id").stringValue()).isEqualTo(id);
    for (String member : List.of("key", "value", "comment", "path", "tags", "key_digest")) {
      assertThat(after.get(member)).isEqualTo(row.get(member));
    }
    assertThat(after.get("version").intValue()).isEqualTo(2);
  }

  @Test
  void aNameExistsOncePerPath() {
    String first = client.createOne(client.secret("A", "1"));
    client.create(client.secret("A", "2", "path", "/other")).is(200);
    String third = client.createOne(client.secret("B", "3"));
    assertRefused(409, DUPLICATE, () -> client.create(client.secret("A", "x", "path", "//")));
    assertRefused(
        409, DUPLICATE, () -> client.create(client.secret("N", "x"), client.secret("N", "y")));
    assertRefused(409, DUPLICATE, () -> client.update(client.secret("A", "x", "id", third)));
    assertRefused(409, DUPLICATE, () -> client.update(object("id", first, "path", "other/")));
    // Judged by the state after the whole batch, so names can be exchanged.
    client
        .update(client.secret("B", "1", "id", first), client.secret("A", "3", "id", third))
        .is(200);
    assertThat(decrypted(client.list(), "key")).containsExactly("B", "A", "A");
  }

  @Test
  void batchesAreAllOrNothing() {
    assertRefused(
        400,
        BAD_CIPHERTEXT,
        () -> client.create(client.secret("A", "a"), client.secret("B", "b", "value", "x")));
    String id = client.createOne(client.secret("A", "a"));
    assertRefused(
        404,
        "Secret not found: " + UNKNOWN_ID,
        () ->
            client.update(
                client.secret("A", "b", "id", id), client.secret("B", "b", "id", UNKNOWN_ID)));
    assertRefused(
        400,
        "Duplicate secret ID in request: " + id,
        () -> client.update(client.secret("A", "b", "id", id), object("id", id)));
  }

  @Test
  void sealedSecretsKeepTheirValueAndType() {
    String id = client.createOne(client.secret("A", "once", "type", "sealed"));
    assertThat(decrypted(client.list(), "value")).containsExactly("once");
    client.update(client.secret("B", "twice", "id", id, "type", "sealed")).is(200);
    assertThat(decrypted(client.list(), "value")).containsExactly("once");
    assertThat(decrypted(client.list(), "key")).containsExactly("B");
    assertRefused(
        400,
        "Sealed secrets cannot be unsealed. Delete and recreate the secret instead.",
        () -> client.update(object("id", id, "type", "secret")));
    assertThat(client.create(client.secret("C", "c", "type", "other")).is(400).text())
        .contains("Invalid 'type': 'other'.");
  }

  @Test
  void rotatingSecretsAreLeftToTheEngine() {
    String id = client.createOne(client.secret("A", "a"));
    String other = client.createOne(client.secret("B", "b"));
    server
        .database()
        .write(
            db ->
                db.update(SECRET)
                    .set(SECRET.LIFECYCLE, "rotating")
                    .where(SECRET.ID.eq(UUID.fromString(id)))
                    .execute());
    assertRefused(
        400,
        "Rotating secrets are managed by the Phase rotation engine and cannot be updated via this"
            + " endpoint.",
        () -> client.update(client.secret("A", "b", "id", id)));
    assertRefused(
        400,
        "Rotating secrets are managed by the Phase rotation engine and cannot be deleted via this"
            + " endpoint.",
        () -> client.delete(other, id));
  }

  @Test
  void overridesAreReplacedAndStayWhenTheyAreNotNamed() {
    String id =
        client.createOne(
            client.secret("A", "a", "override", object("value", client.encrypt("one"))));
    client
        .update(
            object("id", id, "override", object("value", client.encrypt("two"), "isActive", false)))
        .is(200);
    client.update(object("id", id)).is(200);
    JsonNode own = client.list().get(0).get("override");
    assertThat(client.decrypt(own, "value")).isEqualTo("two");
    assertThat(own.get("is_active").booleanValue()).isFalse();
  }
}
