package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ContractTest
final class SecretCreateContractTest extends SecretsContract {

  private static final String NOT_A_LIST = "'secrets' must be a non-empty list.";

  @Test
  void aNewSecretIsAnsweredWithAllItsMembersInTheirOrder() {
    JsonNode created =
        create(
                secretWith(
                    "db_host",
                    "value",
                    "db.internal",
                    "path",
                    "backend",
                    "comment",
                    "primary",
                    "tags",
                    List.of("db"),
                    "type",
                    "config"))
            .get(0);

    assertThat(created.propertyNames())
        .containsExactly(
            "id",
            "environment",
            "folder",
            "path",
            "key",
            "keyDigest",
            "value",
            "comment",
            "tags",
            "type",
            "lifecycle",
            "version",
            "override",
            "createdAt",
            "updatedAt");
    assertThat(created.get("environment").stringValue()).isEqualTo(app.environment("Development"));
    assertThat(created.get("folder").stringValue()).matches("[0-9a-f-]{36}");
    assertThat(created.get("path").stringValue()).isEqualTo("/backend");
    assertThat(created.get("key").stringValue()).isEqualTo("DB_HOST");
    assertThat(created.get("value").stringValue()).isEqualTo("db.internal");
    assertThat(created.get("comment").stringValue()).isEqualTo("primary");
    assertThat(created.get("tags").toString()).isEqualTo("[\"db\"]");
    assertThat(created.get("type").stringValue()).isEqualTo("config");
    assertThat(created.get("lifecycle").stringValue()).isEqualTo("static");
    assertThat(created.get("version").intValue()).isEqualTo(1);
    assertThat(created.get("override").isNull()).isTrue();
    assertThat(created.get("createdAt").stringValue())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z")
        .isEqualTo(created.get("updatedAt").stringValue());
  }

  @Test
  void aSecretOfKeyAndValueAloneHasDefaults() {
    JsonNode created = create(secret("K", "")).get(0);

    assertThat(created.get("value").stringValue()).isEmpty();
    assertThat(created.get("comment").stringValue()).isEmpty();
    assertThat(created.get("tags").isEmpty()).isTrue();
    assertThat(created.get("type").stringValue()).isEqualTo("secret");
    assertThat(created.get("path").stringValue()).isEqualTo("/");
    assertThat(created.get("folder").isNull()).isTrue();
  }

  @Test
  void optionalMembersThatAreNullCountAsAbsent() {
    JsonNode created =
        create(secretWith("K", "type", null, "comment", null, "tags", null, "path", null)).get(0);

    assertThat(created.get("type").stringValue()).isEqualTo("secret");
    assertThat(created.get("comment").stringValue()).isEmpty();
    assertThat(created.get("path").stringValue()).isEqualTo("/");
  }

  @Test
  void whatWasCreatedIsReadBackUnchanged() {
    JsonNode created = create(secret("/a/b", "ONE", "1"), secret("/a/b", "TWO", "2"));

    assertThat(list()).isEqualTo(created);
  }

  @Test
  void theKeyDigestIsOfTheUpperCasedName() {
    JsonNode created = create(secret("straße", "v")).get(0);

    String digest =
        new StoredRows(server, app, "Development").withKeys(keys -> keys.keyDigest("STRASSE"));
    assertThat(created.get("key").stringValue()).isEqualTo("STRASSE");
    assertThat(created.get("keyDigest").stringValue()).isEqualTo(digest).matches("[0-9a-f]{64}");
  }

  @Test
  void theAnswerHasTheOrderOfTheRequest() {
    JsonNode created =
        create(secret("/z", "C", "1"), secret("A", "2"), secret("/a", "B", "3"), secret("0", "4"));

    assertThat(keys(created)).containsExactly("C", "A", "B", "0");
  }

  @Test
  void theTerraformClientGets200WhateverItsVersion() {
    String agent = "terraform-provider-phase/9.1.0-rc1 (darwin arm64; me@host)";
    owner.with("User-Agent", agent).post(app.secrets(), body(secret("A", "1"))).is(200);
    owner
        .with("User-Agent", "x terraform-provider-phase/0.2.0")
        .post(app.secrets(), body(secret("B", "1")))
        .is(201);
    owner
        .with("User-Agent", "terraform-provider-phase")
        .post(app.secrets(), body(secret("C", "1")))
        .is(201);
  }

  @Test
  void membersThatTheServerSetsAreIgnored() {
    String id = UUID.randomUUID().toString();
    JsonNode created =
        create(
                secretWith(
                    "K",
                    "id",
                    id,
                    "keyDigest",
                    "00",
                    "version",
                    7,
                    "folder",
                    id,
                    "lifecycle",
                    "rotating",
                    "createdAt",
                    "2001-01-01T00:00:00Z",
                    "environment",
                    id,
                    "unknown",
                    List.of(1)))
            .get(0);

    assertThat(created.get("id").stringValue()).isNotEqualTo(id);
    assertThat(created.get("environment").stringValue()).isEqualTo(app.environment("Development"));
    assertThat(created.get("keyDigest").stringValue()).hasSize(64);
    assertThat(created.get("version").intValue()).isEqualTo(1);
    assertThat(created.get("folder").isNull()).isTrue();
    assertThat(created.get("lifecycle").stringValue()).isEqualTo("static");
    assertThat(created.get("createdAt").stringValue()).doesNotStartWith("2001");
  }

  @Test
  void theBodyMustHaveANonEmptyListOfSecrets() {
    for (Object wrong : Arrays.asList(null, List.of(), "x", Map.of(), 1, true)) {
      assertRefused(400, NOT_A_LIST, () -> owner.post(app.secrets(), object("secrets", wrong)));
    }
    assertRefused(400, NOT_A_LIST, () -> owner.post(app.secrets(), Map.of()));
  }

  @Test
  void anEmptyBodyAndOneThatIsNoObjectAreRefused() {
    for (String method : List.of("POST", "PUT", "DELETE")) {
      owner.sendText(method, app.secrets(), "").isError(400, "Request body is required.");
      owner
          .sendText(method, app.secrets(), "[]")
          .isError(400, "Request body must be a JSON object.");
      owner
          .sendText(method, app.secrets(), "{\"secrets\":")
          .isError(400, "Request body must be valid JSON.");
    }
  }

  @Test
  void everyEntryMustBeAnObject() {
    for (Object wrong : Arrays.asList(null, "x", 1, List.of())) {
      assertCreateRefused(
          400, "Each entry in 'secrets' must be an object.", secret("K", "v"), wrong);
    }
  }

  @Test
  void theKeyMustBeAStringThatIsNotBlank() {
    for (Object wrong : Arrays.asList(null, "", " ", "\t\n", 1, true, List.of("K"), Map.of())) {
      assertCreateRefused(
          400, "Each secret requires a non-empty 'key'.", object("key", wrong, "value", "v"));
    }
    assertCreateRefused(400, "Each secret requires a non-empty 'key'.", object("value", "v"));
  }

  @Test
  void theValueMustBeAString() {
    for (Object wrong : Arrays.asList(null, 1, true, List.of("v"), Map.of())) {
      assertCreateRefused(
          400, "Each secret requires a 'value' string.", object("key", "K", "value", wrong));
    }
    assertCreateRefused(400, "Each secret requires a 'value' string.", object("key", "K"));
  }

  @Test
  void commentAndPathMustBeStrings() {
    for (Object wrong : List.of(1, true, List.of("x"), Map.of())) {
      assertCreateRefused(400, "'comment' must be a string.", secretWith("K", "comment", wrong));
      assertCreateRefused(400, "'path' must be a string.", secretWith("K", "path", wrong));
    }
  }

  @Test
  void theChecksOfAnEntryComeInTheirOrder() {
    Map<String, Object> entry = object();
    assertThat(errorOf(entry)).isEqualTo("Each secret requires a non-empty 'key'.");
    entry.putAll(
        object(
            "key",
            "K".repeat(1_025),
            "type",
            "x",
            "override",
            1,
            "comment",
            1,
            "tags",
            1,
            "path",
            1));
    assertThat(errorOf(entry)).isEqualTo("'key' cannot exceed 1024 characters.");
    entry.put("key", "K");
    assertThat(errorOf(entry)).isEqualTo("Each secret requires a 'value' string.");
    entry.put("value", "v".repeat(65_537));
    assertThat(errorOf(entry)).isEqualTo("'value' cannot exceed 65536 bytes.");
    entry.put("value", "v");
    assertThat(errorOf(entry))
        .isEqualTo("Invalid 'type': 'x'. Must be one of ['config', 'sealed', 'secret'].");
    entry.put("type", "config");
    assertThat(errorOf(entry)).isEqualTo("'override' must be a JSON object.");
    entry.put("override", override("o", true));
    assertThat(errorOf(entry)).isEqualTo("'comment' must be a string.");
    entry.put("comment", "c");
    assertThat(errorOf(entry)).isEqualTo("'tags' must be a list of strings.");
    entry.put("tags", List.of());
    assertThat(errorOf(entry)).isEqualTo("'path' must be a string.");
    entry.put("path", "/");
    assertThat(errorOf(entry)).isEmpty();
  }

  private String errorOf(Map<String, Object> entry) {
    JsonNode answer = owner.post(app.secrets(), body(entry)).json();
    return answer.isArray() ? "" : answer.get("error").stringValue();
  }

  @Test
  void theFirstWrongEntryIsReported() {
    assertCreateRefused(
        400,
        "Each secret requires a 'value' string.",
        secret("GOOD", "1"),
        object("key", "K"),
        object("value", "v"));
  }

  @Test
  void oneWrongEntryRefusesTheWholeBatch() {
    create(secret("OLD", "1"));

    assertCreateRefused(
        400, "'path' must be a string.", secret("A", "1"), secretWith("B", "path", 1));
    assertCreateRefused(
        409, DUPLICATE, secret("A", "1"), secret("/new", "B", "2"), secret("old", "3"));
  }

  @Test
  void aWrongEntryIsReportedBeforeADuplicateOne() {
    create(secret("OLD", "1"));

    assertCreateRefused(
        400,
        "Each secret requires a non-empty 'key'.",
        secret("OLD", "1"),
        secret("OLD", "1"),
        object("value", "v"));
  }

  @Test
  void aNameIsTakenByAStoredSecretAtTheSamePathOnly() {
    create(secret("/a", "db_name", "1"));

    assertCreateRefused(409, DUPLICATE, secret("a/", "DB_NAME", "2"));
    create(secret("DB_NAME", "2"), secret("/A", "DB_NAME", "3"), secret("/a/b", "DB_NAME", "4"));
    owner.post(app.secrets("Staging"), body(secret("/a", "DB_NAME", "5"))).is(201);
  }

  @Test
  void aNameIsTakenByAnotherEntryOfTheBatch() {
    assertCreateRefused(409, DUPLICATE, secret("k", "1"), secret("K", "2"));
    assertCreateRefused(409, DUPLICATE, secret("/a//b/", "K", "1"), secret("a/b", "K", "2"));
    assertCreateRefused(409, DUPLICATE, secret("straße", "1"), secret("STRASSE", "2"));
    create(secret("K", "1"), secret("/a", "K", "2"), secret(" K", "3"), secret("K ", "4"));
  }

  @Test
  void aClientsNameInLowerCaseDoesNotTakeTheNameInUpperCase() {
    new StoredRows(server, app, "Development").insert("db_name", "theirs");

    create(secret("db_name", "ours"));

    assertThat(keys(list())).containsExactlyInAnyOrder("db_name", "DB_NAME");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "az", "lt", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva"})
  void theLocaleOfTheServerDoesNotMatter(String locale) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(locale));
    try {
      JsonNode created = create(secret("title_ı_ﬁ_ǆ_i", "v")).get(0);
      assertThat(created.get("key").stringValue()).isEqualTo("TITLE_I_FI_Ǆ_I");
      assertThat(secretNamed("title_i_ﬁ_ǆ_i").get("id")).isEqualTo(created.get("id"));
      assertCreateRefused(
          400, "'value' cannot exceed 65536 bytes.", secret("K", "v".repeat(65_537)));
      assertCreateRefused(
          400, "'key' cannot exceed 1024 characters.", secret("K".repeat(1_025), "v"));
      assertCreateRefused(
          400,
          "Tag name exceeds 64 characters: '" + "t".repeat(32) + "'…",
          secretWith("K", "tags", List.of("t".repeat(65))));
      assertCreateRefused(
          400,
          "Folder name exceeds 64 characters: '" + "f".repeat(32) + "'…",
          secretWith("K", "path", "f".repeat(65)));
      assertCreateRefused(
          400,
          "'path' cannot exceed 4096 characters.",
          secretWith("K", "path", "/f".repeat(2_049)));
      owner
          .delete(app.secrets(), Map.of("secrets", List.of(created.get("id").stringValue())))
          .is(200);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aBatchCanBeLarge() {
    Object[] entries =
        IntStream.range(0, 2_000).mapToObj(i -> secret("KEY_" + i, "v" + i)).toArray();

    JsonNode created = create(entries);

    assertThat(created).hasSize(2_000);
    assertThat(list()).isEqualTo(created);
  }
}
