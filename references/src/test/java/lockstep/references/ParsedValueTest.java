package lockstep.references;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ParsedValueTest {

  @Test
  void countsTheBytesOfEveryCharacter() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c > Character.MAX_VALUE || !Character.isSurrogate((char) c)) {
        String text = "a" + Character.toString(c) + "z";
        if (ParsedValue.utf8Bytes(text) != text.getBytes(StandardCharsets.UTF_8).length) {
          throw new AssertionError("counted wrongly: " + c);
        }
      }
    }
  }

  @Test
  void countsReferencesAsWritten() {
    assertThat(ParsedValue.of("é${KEY}").bytes()).isEqualTo(8);
  }
}
