package lockstep.cli.account;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.SecretInput;

/**
 * A password that somebody chose or let us choose.
 *
 * @param isGenerated whether nobody knows it yet, so that it has to be shown
 */
public record NewPassword(String text, boolean isGenerated) {

  private static final int SHORTEST = 16;

  /** Without letters and digits that look alike. */
  private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

  /** At 5.8 bits each, more than 128 bits: the wrapped keys are no weaker than others. */
  private static final int GENERATED_CHARACTERS = 24;

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Generates a password if wanted, otherwise reads one.
   *
   * @param noun what to ask for, such as "new password"
   * @throws CommandException if it is too short, or a file and a generated one are both wanted
   */
  public static NewPassword choose(
      String noun, boolean generate, Optional<Path> file, SecretInput input) {
    if (generate && file.isPresent()) {
      throw new CommandException("a password is either generated or in a file");
    }
    if (generate) {
      return new NewPassword(generated(), true);
    }
    String text = input.askNew(noun, "at least " + SHORTEST + " characters", file);
    if (text.codePointCount(0, text.length()) < SHORTEST) {
      throw new CommandException("the " + noun + " must have at least " + SHORTEST + " characters");
    }
    return new NewPassword(text, false);
  }

  private static String generated() {
    StringBuilder text = new StringBuilder();
    RANDOM
        .ints(GENERATED_CHARACTERS, 0, ALPHABET.length())
        .forEach(index -> text.append(ALPHABET.charAt(index)));
    return text.toString();
  }

  @Override
  public String toString() {
    return "NewPassword[hidden]";
  }
}
