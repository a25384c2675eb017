package lockstep.cli.api;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks for what must not stand on a command line, where other users of the machine could see it: on
 * a terminal without showing what is typed; otherwise standard input has one line for each
 * question, in the order of the questions.
 */
public final class SecretInput {

  private final @Nullable Console terminal;
  private final BufferedReader lines;

  private SecretInput(@Nullable Console terminal, BufferedReader lines) {
    this.terminal = terminal;
    this.lines = lines;
  }

  /** The terminal or the standard input of this process. */
  @SuppressWarnings("SystemConsoleNull") // without a terminal, JDK 25 does return null
  public static SecretInput ofProcess() {
    Console console = System.console();
    return new SecretInput(
        console != null && console.isTerminal() ? console : null,
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder())));
  }

  /** Lines of this text, as if they came from standard input. */
  static SecretInput of(BufferedReader lines) {
    return new SecretInput(null, lines);
  }

  /**
   * The first line of the file if there is one, otherwise the answer to the question.
   *
   * @param noun what is asked for, such as "password"
   * @throws CommandException if the file cannot be read or there is no answer
   */
  public String ask(String noun, Optional<Path> file) {
    String answer = file.isPresent() ? read(noun, file.get()) : answer(title(noun) + ": ");
    return required(noun, answer);
  }

  /**
   * As {@link #ask}, for something new: on a terminal it is typed twice, so that no slip of a
   * finger becomes a password.
   */
  public String askNew(String noun, String rule, Optional<Path> file) {
    if (file.isPresent()) {
      return ask(noun, file);
    }
    String first = required(noun, answer(title(noun) + " (" + rule + "): "));
    if (terminal != null && !first.equals(answer("The same again: "))) {
      throw new CommandException("the two differ");
    }
    return first;
  }

  /**
   * What was typed on a terminal.
   *
   * @param typed null at the end of input
   * @throws CommandException if the locale lacks some of it: in its place there would be something
   *     that nobody typed
   */
  public static String typed(char @Nullable [] typed) {
    String text = typed == null ? "" : new String(typed);
    if (text.indexOf('\uFFFD') >= 0) {
      throw new CommandException(
          "what was typed has characters that this locale lacks; set LC_ALL=C.UTF-8");
    }
    return text;
  }

  private String answer(String prompt) {
    try {
      if (terminal == null) {
        String line = lines.readLine();
        return line == null ? "" : line;
      }
      return typed(terminal.readPassword("%s", prompt));
    } catch (CharacterCodingException e) {
      throw new CommandException("standard input is not UTF-8 text", e);
    } catch (IOException e) {
      throw new CommandException("standard input cannot be read", e);
    }
  }

  private static String read(String noun, Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new CommandException("the file " + file + " with the " + noun + " cannot be read", e);
    }
  }

  private static String required(String noun, String answer) {
    if (answer.isBlank()) {
      throw new CommandException(
          "no " + noun + " was given; type it, or send it as a line of standard input");
    }
    return answer;
  }

  private static String title(String noun) {
    return Character.toUpperCase(noun.charAt(0)) + noun.substring(1);
  }
}
