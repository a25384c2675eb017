package lockstep.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.OptionalInt;
import lockstep.cli.api.PlainArguments;
import lockstep.cli.run.RunCommand;
import lockstep.cli.run.ShellCommand;
import lockstep.cli.secrets.ClientCommand;
import lockstep.cli.secrets.SecretsCommand;
import lockstep.client.internal.Preparation;

/**
 * The commands that scripts run all day, run without picocli, so that they are over sooner. They
 * are the ones that picocli runs, with the same options; it gets to run them whenever their
 * arguments are not {@linkplain PlainArguments plain}, such as to show their help.
 */
final class DailyCommands {

  private DailyCommands() {}

  /** The command with its arguments; empty if it is for picocli. */
  static Optional<ClientCommand> of(String... arguments) {
    if (arguments.length == 0) {
      return Optional.empty();
    }
    Optional<ClientCommand> command = named(arguments);
    int from = arguments[0].equals("secrets") ? 2 : 1;
    return command.isPresent() && PlainArguments.give(command.get(), arguments, from)
        ? command
        : Optional.empty();
  }

  private static Optional<ClientCommand> named(String... arguments) {
    return switch (arguments[0]) {
      case "run" -> Optional.of(new RunCommand());
      case "shell" -> Optional.of(new ShellCommand());
      case "secrets" ->
          arguments.length > 1 ? SecretsCommand.plain(arguments[1]) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /**
   * Runs it as picocli would; returns the exit code.
   *
   * @throws Exception a fault of the program, at which the JVM prints its stack and ends with 1
   */
  @SuppressWarnings("DefaultCharset") // as picocli does
  static int run(ClientCommand command) throws Exception {
    Preparation.begin();
    try {
      return command.call();
    } catch (Exception failure) {
      OptionalInt code = Failures.explain(failure, new PrintWriter(System.err, true));
      if (code.isPresent()) {
        return code.getAsInt();
      }
      throw failure;
    }
  }
}
