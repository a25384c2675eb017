package lockstep.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before the tests
final class SecretInputTest {

  @TempDir private Path folder;

  private static SecretInput lines(String text) {
    return SecretInput.of(new BufferedReader(new StringReader(text)));
  }

  @Test
  void everyQuestionTakesALineInTheOrderOfTheQuestions() {
    SecretInput input = lines("first one \r\nsecond\n");

    assertThat(input.ask("password", Optional.empty())).isEqualTo("first one ");
    assertThat(input.askNew("new password", "rule", Optional.empty())).isEqualTo("second");
  }

  @Test
  void aFileTakesNoLine() throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "in the file\nand no more\n");
    SecretInput input = lines("typed\n");

    assertThat(input.ask("password", Optional.of(file))).isEqualTo("in the file");
    assertThat(input.ask("phrase", Optional.empty())).isEqualTo("typed");
  }

  @Test
  void noAnswerIsAMistakeThatNamesWhatIsMissing() {
    assertThatThrownBy(() -> lines("").ask("recovery phrase", Optional.empty()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no recovery phrase was given");
    assertThatThrownBy(() -> lines("  \n").ask("token", Optional.empty()))
        .isInstanceOf(CommandException.class);
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> lines("typed\n").ask("password", Optional.of(missing)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(missing.toString());
  }

  /** The console of a JVM in the locale C has U+FFFD for every byte that is not ASCII. */
  @Test
  void whatTheLocaleLostIsNotTakenForWhatWasTyped() {
    assertThatThrownBy(() -> SecretInput.typed("p\uFFFD\uFFFDss".toCharArray()))
        .isInstanceOf(CommandException.class)
        .hasMessage("what was typed has characters that this locale lacks; set LC_ALL=C.UTF-8");
    assertThat(SecretInput.typed("pässword".toCharArray())).isEqualTo("pässword");
    assertThat(SecretInput.typed(null)).isEmpty();
  }
}
