package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldsTest {
  private static Fields fields(String json) {
    return Json.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void nullCountsAsAbsentUnlessAskedFor() {
    Fields fields = fields("{\"a\":null,\"b\":\"\"}");
    assertThat(fields.has("a")).isFalse();
    assertThat(fields.text("a")).isEmpty();
    assertThat(fields.fields("a")).isEmpty();
    assertThat(fields.isPresentEvenNull("a")).isTrue();
    assertThat(fields.value("a")).get().matches(JsonValue::isNull);
    assertThat(fields.has("b")).isTrue();
    assertThat(fields.isPresentEvenNull("c")).isFalse();
    assertThat(fields.names()).containsExactly("a", "b");
  }

  @Test
  void valuesOfTheRightType() {
    Fields fields =
        fields("{\"t\":\" x \",\"b\":false,\"n\":-7,\"l\":[1,\"a\",null],\"o\":{\"i\":true}}");
    assertThat(fields.text("t")).contains(" x ");
    assertThat(fields.flag("b")).contains(false);
    assertThat(fields.integer("n")).contains(-7L);
    assertThat(fields.list("l").orElseThrow())
        .satisfiesExactly(
            first -> assertThat(first.integer()).contains(1L),
            second -> assertThat(second.text()).contains("a"),
            third -> assertThat(third.isNull()).isTrue());
    assertThat(fields.fields("o").orElseThrow().flag("i")).contains(true);
  }

  @Test
  void wrongTypesAreNamed() {
    Fields fields = fields("{\"n\":1,\"t\":\"x\",\"o\":{\"v\":1},\"f\":1.5,\"h\":1e2}");
    assertThatThrownBy(() -> fields.text("n")).hasMessage("'n' must be a string.");
    assertThatThrownBy(() -> fields.list("n")).hasMessage("'n' must be a list.");
    assertThatThrownBy(() -> fields.fields("n")).hasMessage("'n' must be an object.");
    assertThatThrownBy(() -> fields.flag("n")).hasMessage("'n' must be a boolean.");
    assertThatThrownBy(() -> fields.integer("t")).hasMessage("'t' must be a number.");
    assertThatThrownBy(() -> fields.integer("f")).hasMessage("'f' must be a number.");
    assertThatThrownBy(() -> fields.integer("h")).hasMessage("'h' must be a number.");
    assertThatThrownBy(() -> fields.fields("o").orElseThrow().text("v"))
        .hasMessage("'o.v' must be a string.");
    assertThatThrownBy(() -> fields.fields("o").orElseThrow().requiredText("w"))
        .hasMessage("Missing required field: o.w");
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, true",
    "-9223372036854775808, true",
    "9223372036854775808, false",
    "-0, true",
    "123456789012345678901234567890, false"
  })
  void integersFit64Bits(String number, boolean fits) {
    Fields fields = fields("{\"n\":" + number + "}");
    assertThat(fields.value("n").orElseThrow().integer().isPresent()).isEqualTo(fits);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":null}",
        "{\"name\":\"\"}",
        "{\"name\":\" \\t \"}",
        "{\"name\":\"<b></b>\"}",
        "{\"name\":\"\\u0001\\u009f\"}",
        "{\"name\":\"\\u00a0\"}"
      })
  void requiredCleanedTextMustLeaveSomething(String json) {
    assertThatThrownBy(() -> fields(json).requiredCleanedText("name", 64))
        .hasMessage("Missing required field: name");
  }

  @Test
  void cleanedTextIsCountedInCodePointsAfterCleaning() {
    assertThat(fields("{\"a\":\" <i>" + "😀".repeat(64) + "</i>\"}").cleanedText("a", 64))
        .contains("😀".repeat(64));
    assertThatThrownBy(() -> fields("{\"a\":\"" + "x".repeat(65) + "\"}").cleanedText("a", 64))
        .hasMessage("'a' cannot exceed 64 characters.");
    assertThat(fields("{\"a\":\"  \"}").cleanedText("a", 64)).contains("");
    assertThat(fields("{}").cleanedText("a", 64)).isEmpty();
  }

  @Test
  void nothingIsPrinted() {
    Fields fields = fields("{\"password\":\"hunter2\"}");
    assertThat(List.of(fields, fields.value("password")).toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "plain|plain",
        "<b>bold</b>|bold",
        "a < b|a < b",
        "a <3 b > c|a <3 b > c",
        "1<2>3|1<2>3",
        "<<b>b>x|x",
        "<scr<script>ipt>alert(1)</scr</script>ipt>|ipt>alert(1)ipt>",
        "<img src=x onerror=alert(1)>|~~",
        "<!-- c -->x|x",
        "<?php ?>x|x",
        "<b unclosed|<b unclosed",
        "a<|a<",
        "~ \u00a0x\t~|x",
        "a\u0001\u0008\u000b\u000c\u000e\u001f\u007f\u0085\u009fb|ab",
        "a\u00a0b|a\u00a0b",
        "<\u0001b>x|x"
      })
  void textIsCleaned(String text, String cleaned) {
    assertThat(CleanText.clean(text)).isEqualTo(cleaned);
  }

  @Test
  void lineBreaksInsideStay() {
    assertThat(CleanText.clean("\na\r\n\tb\n")).isEqualTo("a\r\n\tb");
  }

  @Test
  void cleaningTakesLinearTime() {
    int n = 300_000;
    assertThat(CleanText.clean("<".repeat(n) + "b>".repeat(n))).isEmpty();
    assertThat(CleanText.clean("<b".repeat(n))).hasSize(2 * n);
  }

  @Test
  void echoIsCutAt200Characters() {
    assertThat(Echo.shorten("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(Echo.shorten("x".repeat(201))).isEqualTo("x".repeat(200) + "…");
    assertThat(Echo.shorten("😀".repeat(201))).isEqualTo("😀".repeat(200) + "…");
  }
}
