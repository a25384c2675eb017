package lockstep.cli.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.SecretInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before the tests
final class NewPasswordTest {

  @TempDir private Path folder;

  private NewPassword inFile(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("password"), text);
    return NewPassword.choose("password", false, Optional.of(file), SecretInput.ofProcess());
  }

  @Test
  void sixteenCharactersAreEnoughAndFewerAreNot() throws IOException {
    assertThat(inFile("🔑".repeat(16)).text()).isEqualTo("🔑".repeat(16));
    assertThatThrownBy(() -> inFile("🔑".repeat(15)))
        .isInstanceOf(CommandException.class)
        .hasMessage("the password must have at least 16 characters");
  }

  @Test
  void aChosenPasswordIsNotShown() throws IOException {
    NewPassword password = inFile("correct horse battery");

    assertThat(password.isGenerated()).isFalse();
    assertThat(password.toString()).doesNotContain("horse");
  }

  @Test
  void generatedPasswordsAreLongAndNeverTheSame() {
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      NewPassword password =
          NewPassword.choose("password", true, Optional.empty(), SecretInput.ofProcess());
      assertThat(password.isGenerated()).isTrue();
      assertThat(password.text()).matches("[A-HJ-NP-Za-km-z2-9]{24}");
      texts.add(password.text());
    }
    assertThat(texts).hasSize(100);
  }

  @Test
  void aPasswordIsNotBothGeneratedAndInAFile() {
    assertThatThrownBy(
            () ->
                NewPassword.choose("password", true, Optional.of(folder), SecretInput.ofProcess()))
        .isInstanceOf(CommandException.class);
  }
}
