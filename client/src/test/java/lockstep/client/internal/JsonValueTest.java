package lockstep.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

final class JsonValueTest {

  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"\\u00e9\\n\"",
    "\"\\q\"",
    "\"\\u12\"",
    "\"",
    "0",
    "-0",
    "-7",
    "01",
    "1.5",
    "1e3",
    "2147483648",
    "12345678901234567890",
    "true",
    "tru",
    "null",
    "false",
    " ",
    "\n",
    "\u0000",
    "\uFFFD",
    "\uD83D\uDD11",
    "-",
    "x"
  };

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonValue byJackson(byte[] json) {
    return JsonValue.of(JsonTree.read(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "\"text\"",
        " \n",
        "",
        "{\"a\": {\"b\": [1, [], {}, null, true, false, \"\"]}, \"c\": \"\\u00e9\\n\\\"\"}",
        "[0, -1, 2147483647, 2147483648, -9223372036854775808, 9223372036854775808]",
        "[1.5, -0.0, -0, 1e3, 1e999]",
        "{\"twice\": 1, \"other\": 2, \"twice\": 3}",
        "\"\\ud83d\\udd11 Schlüssel \\/ \\b\\f\\r\\t\\\\\"",
        "\uFEFF{\"a\": 1}"
      })
  void readsWhatJacksonReads(String json) {
    assertThat(JsonValue.read(bytes(json))).isEqualTo(byJackson(bytes(json)));
  }

  /** Whatever the pieces make: the same value, or the same refusal. */
  @Test
  void isOfJacksonsOpinionWhateverItGets() {
    Random random = new Random(20260102);
    List<String> different = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(9);
      for (int j = 0; j < length; j++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      String json = text.toString();
      if (!opinion(() -> JsonValue.read(bytes(json)))
          .equals(opinion(() -> byJackson(bytes(json))))) {
        different.add(json);
      }
    }
    assertThat(different).isEmpty();
  }

  private static Object opinion(java.util.function.Supplier<JsonValue> reading) {
    try {
      return reading.get();
    } catch (JacksonException e) {
      return "refused";
    }
  }

  @Test
  void otherEncodingsAreRead() {
    byte[] utf16 = "{\"a\": \"b\"}".getBytes(StandardCharsets.UTF_16BE);

    assertThat(JsonValue.read(utf16).path("a").text()).contains("b");
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    byte[] latin = "\"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> JsonValue.read(latin)).isInstanceOf(JacksonException.class);
  }

  @Test
  void whatIsNestedTooDeeplyIsRefused() {
    byte[] deep = bytes("[".repeat(100_000) + "]".repeat(100_000));

    assertThatThrownBy(() -> JsonValue.read(deep)).isInstanceOf(JacksonException.class);
  }

  @Test
  void membersHaveTheTypesThatTheyHave() {
    JsonValue value = JsonValue.read(bytes("{\"t\":\"x\",\"n\":5,\"l\":5000000000,\"b\":true}"));

    assertThat(value.path("t").text()).contains("x");
    assertThat(value.path("t").integer()).isEmpty();
    assertThat(value.path("n").integer()).contains(5);
    assertThat(value.path("l").integer()).isEmpty();
    assertThat(value.path("b").bool()).contains(true);
    assertThat(value.path("n").bool()).isEmpty();
    assertThat(value.get("absent")).isNull();
    assertThat(value.path("absent").isNull()).isTrue();
    assertThat(value.elements()).isEmpty();
    assertThat(value.toString()).doesNotContain("x\"");
  }
}
