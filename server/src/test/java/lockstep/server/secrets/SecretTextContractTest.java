package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Texts of secrets come back as they were sent, up to their limits. */
@ContractTest
final class SecretTextContractTest extends SecretsContract {

  private static final int MAXIMUM_BYTES = 65_536;

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "x",
        "\n",
        "\t\r\n ",
        " leading and trailing ",
        "multi\nline\r\ntext\n",
        "é",
        "e\u0301",
        "👩‍👩‍👧‍👦 🏳️‍🌈",
        "مرحبا بالعالم",
        "\u202eright to left\u202c",
        "\u0001\u001f\u007f\u0085\u2028\ufeff\uffff",
        "<script>alert('x')</script> & \"quotes\" \\ back",
        "'; drop table secret; --",
        "{\"json\": [1, null]}",
        "$ { } ${ ${} {{}} %s {0}",
        "\ud83d\ude00"
      })
  void valuesAndCommentsAreKeptAsTheyAre(String text) {
    JsonNode created = create(secretWith("K", "value", text, "comment", text)).get(0);

    assertThat(created.get("value").stringValue()).isEqualTo(text);
    assertThat(created.get("comment").stringValue()).isEqualTo(text);
    assertThat(secretNamed("K")).isEqualTo(created);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X",
        " X ",
        "A B",
        "A.B/C::D",
        "ÜÑÏ",
        "日本語",
        "😀",
        "שלום",
        "A\nB",
        "\u202eA",
        "<B>",
        "'\"\\"
      })
  void keysAreNotTrimmedOrCleaned(String key) {
    JsonNode created = create(secret(key, "v")).get(0);

    assertThat(created.get("key").stringValue()).isEqualTo(key);
    assertThat(secretNamed(key)).isEqualTo(created);
  }

  @Test
  void textsThatLookAlikeAreDifferentNames() {
    create(secret("É", "composed"), secret("E\u0301", "decomposed"), secret("\u00c5", "ring"));
    create(secret("\u212b", "angstrom sign"), secret("K", "letter"), secret("\u212a", "kelvin"));

    assertThat(secretNamed("E\u0301").get("value").stringValue()).isEqualTo("decomposed");
    assertThat(secretNamed("\u212b").get("value").stringValue()).isEqualTo("angstrom sign");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "value", "comment", "path"})
  void nullBytesAreRefused(String member) {
    assertCreateRefused(400, "Null bytes are not allowed.", secretWith("K", member, "a\0b"));
    String id = createOne(secret("K", "v"));
    assertUpdateRefused(400, "Null bytes are not allowed.", change(id, member, "a\0b"));
  }

  @Test
  void nullBytesInTagsOverridesAndMemberNamesAreRefused() {
    String error = "Null bytes are not allowed.";
    assertCreateRefused(400, error, secretWith("K", "tags", List.of("a\0")));
    assertCreateRefused(400, error, secretWith("K", "override", override("\0", true)));
    assertCreateRefused(400, error, secretWith("K", "ignored\0", "x"));
    assertRefused(400, error, () -> owner.get(app.secrets() + "&key=a%00"));
    assertRefused(400, error, () -> owner.delete(app.secrets(), Map.of("secrets", List.of("\0"))));
  }

  @Test
  void anUnpairedSurrogateIsNoJson() {
    assertRefused(
        400,
        "Request body must be valid JSON.",
        () ->
            owner.sendText(
                "POST", app.secrets(), "{\"secrets\":[{\"key\":\"K\",\"value\":\"\\ud800\"}]}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "é", "€", "😀"})
  void valuesAndCommentsAreLimitedInBytesOfUtf8(String character) {
    int bytes = character.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    int count = MAXIMUM_BYTES / bytes;
    String longest = character.repeat(count) + "x".repeat(MAXIMUM_BYTES - count * bytes);
    String tooLong = longest + "x";

    JsonNode created =
        create(
                secretWith(
                    "K", "value", longest, "comment", longest, "override", override(longest, true)))
            .get(0);

    assertThat(created.get("value").stringValue()).isEqualTo(longest);
    assertThat(created.get("comment").stringValue()).isEqualTo(longest);
    assertThat(created.get("override").get("value").stringValue()).isEqualTo(longest);
    assertThat(secretNamed("K")).isEqualTo(created);
    String id = created.get("id").stringValue();
    for (String field : List.of("value", "comment")) {
      String error = "'" + field + "' cannot exceed 65536 bytes.";
      assertCreateRefused(400, error, secretWith("L", field, tooLong));
      assertUpdateRefused(400, error, change(id, field, tooLong));
    }
    String error = "'override.value' cannot exceed 65536 bytes.";
    assertCreateRefused(400, error, secretWith("L", "override", override(tooLong, true)));
    assertUpdateRefused(400, error, change(id, "override", override(tooLong, true)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "É", "😀"})
  void keysAreLimitedTo1024Characters(String character) {
    String longest = character.repeat(1_024);
    String id = createOne(secret(longest, "v"));

    assertThat(secretNamed(longest).get("id").stringValue()).isEqualTo(id);
    String error = "'key' cannot exceed 1024 characters.";
    assertCreateRefused(400, error, secret(longest + character, "v"));
    assertUpdateRefused(400, error, change(id, "key", longest + character));
  }

  @Test
  void aBodyOverOneMebibyteIsTooLarge() {
    String filler = "x".repeat((1 << 20) - 60);
    assertRefused(
        413,
        "Request body too large.",
        () -> owner.post(app.secrets(), object("secrets", List.of(secret("K", filler + filler)))));
  }
}
