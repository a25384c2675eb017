package lockstep.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import lockstep.cli.api.CommandException;
import lockstep.crypto.CryptoException;
import lockstep.server.config.ConfigurationException;
import lockstep.server.keys.ServerKeyMismatchException;
import lockstep.server.organisations.FirstStartException;
import lockstep.server.store.StoreUnavailableException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in words; a stack trace is for faults of the program alone. */
final class Failures implements IExecutionExceptionHandler {

  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult arguments) throws Exception {
    PrintWriter err = commandLine.getErr();
    return switch (failure) {
      case ConfigurationException e -> {
        err.println("lockstep: the configuration cannot be used:");
        e.problems().forEach(problem -> err.println("  " + problem));
        yield USAGE;
      }
      case CommandException e -> {
        err.println("lockstep: " + e.getMessage());
        yield FAILURE;
      }
      case StoreUnavailableException e -> failed(err, e);
      case ServerKeyMismatchException e -> failed(err, e);
      case FirstStartException e -> failed(err, e);
      case CryptoException e -> failed(err, e);
      case UncheckedIOException e -> failed(err, e);
      case java.io.IOException e -> failed(err, e);
      default -> throw failure;
    };
  }

  private static int failed(PrintWriter err, Exception failure) {
    err.println("lockstep: " + failure.getMessage());
    if (failure.getCause() != null && failure.getCause().getMessage() != null) {
      err.println("  " + failure.getCause().getMessage());
    }
    return FAILURE;
  }
}
