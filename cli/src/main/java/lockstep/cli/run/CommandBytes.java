package lockstep.cli.run;

import java.nio.charset.StandardCharsets;
import java.util.List;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.RawArguments;

/** A program and its arguments as the bytes that it is to get. */
final class CommandBytes {

  private CommandBytes() {}

  /**
   * As they came on the command line, if they did; otherwise in UTF-8.
   *
   * @throws CommandException if they are known only as what the locale made of them, and that is
   *     not all
   */
  static List<byte[]> of(List<String> command) {
    return RawArguments.of(command)
        .orElseGet(() -> command.stream().map(CommandBytes::encoded).toList());
  }

  private static byte[] encoded(String argument) {
    if (argument.indexOf('\uFFFD') >= 0) {
      throw new CommandException(
          "the program or its arguments have characters that this locale lacks; set"
              + " LC_ALL=C.UTF-8");
    }
    return argument.getBytes(StandardCharsets.UTF_8);
  }
}
