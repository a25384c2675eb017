package lockstep.cli.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as people write them. */
final class DotenvParserTest {

  private static Map<String, String> read(String text) {
    return FileFormat.DOTENV.read(text).asMap();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '^',
      value = {
        "A=b, b",
        "export A=b, b",
        "  export   A = b  , b",
        "A=b # comment, b",
        "A=b#c, b#c",
        "A=#c, #c",
        "A= # comment, ^^",
        "A=, ^^",
        "A, ",
        "A='b # c' # comment, b # c",
        "A=\"b # c\"# comment, b # c",
        "A=`b 'c' \"d\"`, b 'c' \"d\"",
        "A='b\\n', b\\n",
        "A=\"\\\"b\\\" \\\\ \\$c \\`d\\` \\z\", \"b\" \\ $c `d` \\z",
        "A=b\\n$C${D}, b\\n$C${D}",
        "A=\"${B}\", ${B}",
        "A=b=c, b=c",
        "A=it's, it's",
        "export=b, b"
      })
  void aLineHasThisValue(String line, @org.jspecify.annotations.Nullable String value) {
    if (value == null) {
      assertThatThrownBy(() -> read(line)).isInstanceOf(FormatException.class);
    } else {
      assertThat(read(line).values()).containsExactly(value);
      assertThat(read("\n# a\n" + line + "\r\n\r\n").values()).containsExactly(value);
    }
  }

  @Test
  void escapesForEndsOfLinesCountInDoubleQuotesOnly() {
    assertThat(read("A=\"a\\nb\\r\\tc\"\nB='a\\nb'\nC=a\\nb"))
        .isEqualTo(Map.of("A", "a\nb\r\tc", "B", "a\\nb", "C", "a\\nb"));
  }

  @Test
  void quotedValuesMayHaveSeveralLines() {
    assertThat(read("A='1\n2\n'\nB=\"3\n #4\"\nC=5"))
        .isEqualTo(Map.of("A", "1\n2\n", "B", "3\n #4", "C", "5"));
  }

  @Test
  void aByteOrderMarkIsNoPartOfAName() {
    assertThat(read("\uFEFFA=1")).isEqualTo(Map.of("A", "1"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '^',
      value = {
        "^A=1\n\nA=2^, 3",
        "^A='1\n2'\nB^, 3",
        "^A=\"\\n\\n\"\nB^, 2",
        "^A=1\nB='2^, 2",
        "^A=\"1^, 1",
        "^A='1' 2^, 1",
        "^=1^, 1",
        "^A B=1^, 1",
        "^export^, 1"
      })
  void whatIsWrongIsToldWithItsLineAndNoValue(String text, int line) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("line " + line + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A-B", "A.B", "1A", "A B", "A=B", "É", "A;id"})
  void aNameThatIsNoVariableIsNotWritten(String name) {
    assertThatThrownBy(() -> FileFormat.DOTENV.write(Map.of(name, "secret")))
        .isInstanceOf(FormatException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void noVariableHoldsNul() {
    assertThatThrownBy(() -> FileFormat.DOTENV.write(Map.of("A", "a\0b")))
        .isInstanceOf(FormatException.class)
        .hasMessageNotContaining("a\0b");
  }
}
