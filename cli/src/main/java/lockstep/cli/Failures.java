package lockstep.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.OptionalInt;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.Printable;
import lockstep.cli.secrets.ClientCommand;
import lockstep.client.LockstepException;
import lockstep.crypto.CryptoException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Says what went wrong in words; a stack trace is for faults of the program alone. Knows no class
 * of the server, which most commands have no need to load: {@link ServerFailures} does.
 */
final class Failures implements IExecutionExceptionHandler {

  static final int FAILURE = 1;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult arguments) throws Exception {
    PrintWriter err = commandLine.getErr();
    OptionalInt code = explain(failure, err);
    if (code.isPresent()) {
      return code.getAsInt();
    }
    // A command that only asks a server runs without the classes of one.
    if (commandLine.getCommand() instanceof ClientCommand) {
      throw failure;
    }
    return ServerFailures.handle(failure, err);
  }

  /** Explains a failure that any command may have; empty for another. Returns the exit code. */
  static OptionalInt explain(Exception failure, PrintWriter err) {
    return switch (failure) {
      case CommandException e -> {
        err.println("lockstep: " + printable(e));
        yield OptionalInt.of(e.exitCode());
      }
      case LockstepException e -> {
        err.println("lockstep: " + printable(e));
        yield OptionalInt.of(FAILURE);
      }
      case CryptoException e -> OptionalInt.of(failed(err, e));
      case UncheckedIOException e -> OptionalInt.of(failed(err, e));
      case IOException e -> OptionalInt.of(failed(err, e));
      default -> OptionalInt.empty();
    };
  }

  static int failed(PrintWriter err, Exception failure) {
    err.println("lockstep: " + printable(failure));
    if (failure.getCause() != null && failure.getCause().getMessage() != null) {
      err.println("  " + printable(failure.getCause()));
    }
    return FAILURE;
  }

  /** Much of what fails is told in the words of another machine. */
  private static String printable(Throwable failure) {
    return Printable.of(String.valueOf(failure.getMessage()));
  }
}
