package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  private static final String NOT_JSON = "Request body must be valid JSON.";

  record App(
      UUID id,
      String name,
      @Nullable String description,
      boolean sseEnabled,
      Instant createdAt,
      Duration maxTtl,
      List<String> tags) {}

  private static String written(Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  private static Fields parse(String json) {
    return Json.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String refusal(byte[] json) {
    try {
      Json.parse(json);
      return "accepted";
    } catch (ApiException e) {
      assertThat(e.status()).isEqualTo(400);
      return e.message();
    }
  }

  private static String refusal(String json) {
    return refusal(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void recordsAreWrittenInOrderWithNulls() {
    App app =
        new App(
            UUID.fromString("0B8D6F1E-52C7-4A3E-9D5B-6A1F0C9E7D21"),
            "billing",
            null,
            true,
            Instant.parse("2026-02-03T04:05:06.070809999Z"),
            Duration.ofHours(1),
            List.of("b", "a"));
    assertThat(written(app))
        .isEqualTo(
            "{\"id\":\"0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d21\",\"name\":\"billing\","
                + "\"description\":null,\"sseEnabled\":true,"
                + "\"createdAt\":\"2026-02-03T04:05:06.070809Z\",\"maxTtl\":\"01:00:00\","
                + "\"tags\":[\"b\",\"a\"]}");
  }

  @Test
  void mapsKeepTheirOrderAndOptionalsAreNullOrTheirValue() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("z", Optional.of("x"));
    map.put("a", Optional.empty());
    assertThat(written(map)).isEqualTo("{\"z\":\"x\",\"a\":null}");
  }

  /** What is digested of an event is what is stored of it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "a\"\\\n", "\u00e9\u20ac", "\uD83D\uDD11", "\uD83D", "\uDD11\uD83D"})
  void whatIsKeptWrittenIsTheSameAsTextAndAsBytes(String text) {
    Json.Written written = Json.Written.of(Map.of("text", text));
    assertThat(written.utf8()).isEqualTo(written.json().getBytes(StandardCharsets.UTF_8));
    assertThat(written).isEqualTo(new Json.Written(written.json()));
    assertThat(new Json.Written(written.json()).utf8()).isEqualTo(written.utf8());
  }

  @Test
  void whatHasNoFormIsNotWritten() {
    assertThatThrownBy(() -> Json.write(new Object())).isInstanceOf(RuntimeException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-02-03T04:05:06Z, 2026-02-03T04:05:06.000000Z",
    "2026-12-31T23:59:59.999999999Z, 2026-12-31T23:59:59.999999Z",
    "1969-12-31T23:59:59.000001Z, 1969-12-31T23:59:59.000001Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00.000000Z",
    "+10000-01-01T00:00:00Z, +10000-01-01T00:00:00.000000Z",
  })
  void instantsHaveSixFractionDigits(String instant, String text) {
    assertThat(Json.text(Instant.parse(instant))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 00:00:00",
    "PT1H, 01:00:00",
    "P1D, 1 00:00:00",
    "P10DT1H2M3S, 10 01:02:03",
    "PT0.5S, 00:00:00.500000",
    "PT23H59M59.000001S, 23:59:59.000001",
    "PT-1S, -1 23:59:59",
  })
  void durationsAreDaysAndClock(String duration, String text) {
    assertThat(Json.text(Duration.parse(duration))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "{",
        "{}}",
        "{} x",
        "{}{}",
        "{}//",
        "{\"a\":1,}",
        "{\"a\":[1,]}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":0x1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":nul}",
        "{\"a\":True}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"\\ud800\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":null,\"\\u0061\":null}",
        "{\"b\":{\"a\":1,\"a\":1}}",
        "\uFEFF{}",
        "[",
        "nonsense",
        "NaN",
      })
  void whatIsNotStrictlyJsonIsRefused(String json) {
    assertThat(refusal(json)).isEqualTo(NOT_JSON);
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    assertThat(refusal(bytes('{', '"', 0xFF, '"', ':', '1', '}'))).isEqualTo(NOT_JSON);
    assertThat(refusal(bytes('{', '"', 0xC0, 0xAF, '"', ':', '1', '}'))).isEqualTo(NOT_JSON);
    assertThat(refusal(bytes('{', '"', 0xED, 0xA0, 0x80, '"', ':', '1', '}'))).isEqualTo(NOT_JSON);
    assertThat(refusal("{}".getBytes(StandardCharsets.UTF_16LE))).isEqualTo(NOT_JSON);
    assertThat(refusal("{}".getBytes(StandardCharsets.UTF_16))).isEqualTo(NOT_JSON);
    assertThat(refusal(bytes('{', 0, '}'))).isEqualTo(NOT_JSON);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "[{}]", "\"a\"", "1", "true", "1e999999999"})
  void otherJsonIsNotAnObject(String json) {
    assertThat(refusal(json)).isEqualTo("Request body must be a JSON object.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":\"\\u0000\"}",
        "{\"a\\u0000\":1}",
        "{\"a\":[{\"b\":\"x\\u0000y\"}]}",
        "{\"unknown\":{\"deep\":[\"\\u0000\"]}}"
      })
  void nullCharactersAreNamed(String json) {
    assertThat(refusal(json)).isEqualTo("Null bytes are not allowed.");
  }

  @Test
  void depthIsLimitedTo64() {
    assertThat(refusal("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}")).isEqualTo("accepted");
    assertThat(refusal("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}")).isEqualTo(NOT_JSON);
    assertThat(refusal("{\"a\":".repeat(64) + "1" + "}".repeat(64))).isEqualTo("accepted");
    assertThat(refusal("{\"a\":".repeat(65) + "1" + "}".repeat(65))).isEqualTo(NOT_JSON);
    assertThat(refusal("[".repeat(500_000))).isEqualTo(NOT_JSON);
    assertThat(refusal("{\"a\":".repeat(200_000))).isEqualTo(NOT_JSON);
  }

  @Test
  void aFewBytesEachDoNotBecomeMillionsOfObjects() {
    assertThat(refusal("{\"a\":[" + "1,".repeat(499_990) + "1]}")).isEqualTo("accepted");
    assertThat(refusal("{\"a\":[" + "1,".repeat(500_010) + "1]}")).isEqualTo(NOT_JSON);
  }

  @Test
  void recordsCanBeWrittenInSnakeCaseAndMapsStayAsTheyAre() {
    record Inner(boolean isActive, @Nullable String keyDigest) {}
    record Outer(String id, List<Inner> someThings, Map<String, String> byName) {}
    Outer outer = new Outer("1", List.of(new Inner(true, null)), Map.of("camelCase", "aB"));
    assertThat(new String(Json.writeSnakeCase(outer), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"id\":\"1\",\"some_things\":[{\"is_active\":true,\"key_digest\":null}],"
                + "\"by_name\":{\"camelCase\":\"aB\"}}");
  }

  @Test
  void monstrousNumbersCostNothing() {
    String digits = "9".repeat(1_000_000);
    assertThatCode(() -> parse("{\"a\":" + digits + "}")).doesNotThrowAnyException();
    for (String number :
        List.of(digits, "1e999999999", "-1E+999999999", "0." + digits, digits + "e" + digits)) {
      assertThatThrownBy(() -> parse("{\"a\":" + number + "}").integer("a"))
          .hasMessage("'a' must be a number.");
    }
  }

  /** A table that colliding names turn into a list would take minutes here. */
  @Test
  void collidingNamesCostNothing() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 1 << 15; i++) {
      json.append(i == 0 ? "\"" : ",\"");
      for (int bit = 0; bit < 15; bit++) {
        json.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // Equal hash codes.
      }
      json.append("\":1");
    }
    long begin = System.nanoTime();
    assertThat(parse(json.append('}').toString()).names()).hasSize(1 << 15);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void longNamesAndTextsAreRead() {
    String text = "é".repeat(200_000);
    assertThat(parse("{\"" + text + "\":\"" + text + "\"}").text(text)).contains(text);
    assertThat(parse("{\"a\":\"\\ud83d\\ude00\"}").text("a")).contains("😀");
  }
}
