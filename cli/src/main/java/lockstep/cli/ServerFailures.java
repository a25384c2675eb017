package lockstep.cli;

import java.io.PrintWriter;
import lockstep.cli.api.Printable;
import lockstep.server.backup.BackupException;
import lockstep.server.config.ConfigurationException;
import lockstep.server.http.UnusableTlsException;
import lockstep.server.keys.ServerKeyMismatchException;
import lockstep.server.organisations.FirstStartException;
import lockstep.server.store.StoreUnavailableException;

/** The failures that a server knows. */
final class ServerFailures {

  private static final int USAGE = 2;

  private ServerFailures() {}

  /** Explains a failure and returns the exit code; throws what it does not know. */
  static int handle(Exception failure, PrintWriter err) throws Exception {
    return switch (failure) {
      case ConfigurationException e -> {
        err.println("lockstep: the configuration cannot be used:");
        e.problems().forEach(problem -> err.println("  " + problem));
        yield USAGE;
      }
      case BackupException e -> {
        err.println(
            "lockstep: the backup cannot be used: " + Printable.of(String.valueOf(e.getMessage())));
        yield Failures.FAILURE;
      }
      case StoreUnavailableException e -> Failures.failed(err, e);
      case ServerKeyMismatchException e -> Failures.failed(err, e);
      case FirstStartException e -> Failures.failed(err, e);
      case UnusableTlsException e -> Failures.failed(err, e);
      default -> throw failure;
    };
  }
}
