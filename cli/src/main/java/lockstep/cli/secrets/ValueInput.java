package lockstep.cli.secrets;

import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.SecretInput;

/**
 * Where values of secrets come from. Texts may have several lines. The end of the last line does
 * not count unless it is to be kept: it is seldom meant, and {@code secrets get} prints one again.
 */
final class ValueInput {

  private ValueInput() {}

  /** The content of a file, which may be empty. */
  static String of(Path file, boolean keepsNewline) {
    try {
      return text(Files.readAllBytes(file), "the file " + file, keepsNewline);
    } catch (IOException e) {
      throw new CommandException("the file " + file + " cannot be read", e);
    }
  }

  /** What is typed on the terminal, unseen; otherwise all of standard input. */
  @SuppressWarnings("SystemConsoleNull") // without a terminal, JDK 25 does return null
  static String ofProcess(String key, boolean keepsNewline) {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      return given(SecretInput.typed(console.readPassword("Value of %s: ", key)));
    }
    try {
      byte[] bytes = System.in.readAllBytes();
      given(bytes.length == 0 ? "" : "something");
      return text(bytes, "standard input", keepsNewline);
    } catch (IOException e) {
      throw new CommandException("standard input cannot be read", e);
    }
  }

  /** Nothing at all is more likely a mistake, such as of a script, than meant. */
  private static String given(String value) {
    if (value.isEmpty()) {
      throw new CommandException("no value was given; for an empty one, write KEY=");
    }
    return value;
  }

  /**
   * Bytes that are text.
   *
   * @throws CommandException if they are not UTF-8: as a text they would be another value
   */
  static String text(byte[] bytes, String source, boolean keepsNewline) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new CommandException(source + " is not UTF-8 text; encode it first, such as in base64");
    }
    if (keepsNewline || !text.endsWith("\n")) {
      return text;
    }
    return text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
  }
}
