package lockstep.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class JsonTreeTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
        "[1.5, -0.0, 1e3, 123456789012345678901234567890.5, 1e999]",
        "{\"twice\": 1, \"other\": 2, \"twice\": 3}",
        "\"\uD83D\uDD11 Schlüssel\""
      })
  void readsWhatAMapperReads(String json) {
    assertThat(JsonTree.read(bytes(json))).isEqualTo(JsonMapper.shared().readTree(bytes(json)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[1,]",
        "{\"a\"}",
        "{\"a\": }",
        "{} {}",
        "1 2",
        "]",
        "nul",
        "NaN",
        "'a'",
        "{a: 1}"
      })
  void refusesWhatAMapperRefuses(String json) {
    assertThatThrownBy(() -> JsonMapper.shared().readTree(bytes(json)))
        .isInstanceOf(JacksonException.class);
    assertThatThrownBy(() -> JsonTree.read(bytes(json))).isInstanceOf(JacksonException.class);
  }

  @Test
  void refusesWhatIsNestedTooDeeply() {
    byte[] deep = bytes("[".repeat(100_000) + "]".repeat(100_000));

    assertThatThrownBy(() -> JsonTree.read(deep)).isInstanceOf(JacksonException.class);
  }
}
