package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MnemonicTest {

  private static final String ZERO = "abandon ".repeat(23) + "art";
  private static final String ONES = "zoo ".repeat(23) + "vote";

  @Test
  void wordListIsTheStandardOne() {
    assertThat(Mnemonic.WordList.WORDS)
        .hasSize(2048)
        .isSorted()
        .doesNotHaveDuplicates()
        .allMatch(word -> word.matches("[a-z]{3,8}"))
        .startsWith("abandon", "ability")
        .endsWith("zone", "zoo");
  }

  @Test
  void writesEntropyAsWords() {
    assertThat(Mnemonic.fromEntropy(new byte[32]).phrase()).isEqualTo(ZERO);
    assertThat(Mnemonic.fromEntropy(Hex.decode("ff".repeat(32))).phrase()).isEqualTo(ONES);
  }

  @Test
  void readsWhatItWrites() {
    Mnemonic generated = Mnemonic.generate();

    assertThat(Mnemonic.parse(generated.phrase()))
        .isEqualTo(generated)
        .hasSameHashCodeAs(generated);
    assertThat(Mnemonic.parse(ZERO).phrase()).isEqualTo(ZERO);
    assertThat(Mnemonic.parse(ONES).phrase()).isEqualTo(ONES);
    assertThat(Mnemonic.generate()).isNotEqualTo(generated);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abandon", "correct horse battery staple"})
  void refusesOtherTexts(String phrase) {
    assertThatThrownBy(() -> Mnemonic.parse(phrase)).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesWhatIsNearlyAPhrase() {
    assertRefused("abandon ".repeat(23) + "arts");
    assertRefused("abandon ".repeat(24).strip());
    assertRefused("abandon ".repeat(11) + "about");
    assertRefused(ZERO + " ");
    assertRefused(" " + ZERO);
    assertRefused(ZERO + "\n");
    assertRefused(ZERO.replaceFirst(" ", "  "));
    assertRefused(ZERO.replace(' ', '-'));
    assertRefused(ZERO.toUpperCase(Locale.ROOT));
    assertRefused(ONES.replaceFirst("zoo zoo", "zoo zone"));
  }

  private static void assertRefused(String phrase) {
    assertThatThrownBy(() -> Mnemonic.parse(phrase)).isInstanceOf(FormatException.class);
  }
}
