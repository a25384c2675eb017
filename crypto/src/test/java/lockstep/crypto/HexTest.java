package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HexTest {

  @Test
  void writesLowerCase() {
    assertThat(Hex.encode(new byte[] {0, (byte) 0xab, (byte) 0xff})).isEqualTo("00abff");
  }

  @Test
  void readsEitherCase() {
    assertThat(Hex.decode("00aBFf")).containsExactly(0, 0xab, 0xff);
    assertThat(Hex.decode("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "abc", "0x00", "gg", "a ", " a", "ab\n", "٠٠", "ａｂ", "-1"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> Hex.decode(text))
        .isInstanceOf(FormatException.class)
        .hasMessage("not hexadecimal text")
        .hasNoCause();
  }

  @Test
  void refusesAnotherLengthThanWanted() {
    assertThatThrownBy(() -> Hex.decode("abcd", 3, "salt"))
        .isInstanceOf(FormatException.class)
        .hasMessage("salt must be 6 hexadecimal digits");
  }
}
