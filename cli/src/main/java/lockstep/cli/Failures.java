package lockstep.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.Printable;
import lockstep.crypto.CryptoException;
import lockstep.server.config.ConfigurationException;
import lockstep.server.http.UnusableTlsException;
import lockstep.server.keys.ServerKeyMismatchException;
import lockstep.server.organisations.FirstStartException;
import lockstep.server.store.StoreUnavailableException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in words; a stack trace is for faults of the program alone. */
final class Failures implements IExecutionExceptionHandler {

  static final int FAILURE = 1;
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
        err.println("lockstep: " + printable(e));
        yield FAILURE;
      }
      case StoreUnavailableException e -> failed(err, e);
      case ServerKeyMismatchException e -> failed(err, e);
      case FirstStartException e -> failed(err, e);
      case UnusableTlsException e -> failed(err, e);
      case CryptoException e -> failed(err, e);
      case UncheckedIOException e -> failed(err, e);
      case java.io.IOException e -> failed(err, e);
      default -> throw failure;
    };
  }

  private static int failed(PrintWriter err, Exception failure) {
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
