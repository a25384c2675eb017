package lockstep.cli.audit;

import java.io.PrintWriter;
import java.util.Map;
import lockstep.cli.api.Printable;
import lockstep.crypto.IdentityKey;
import lockstep.server.audit.AuditFindings;
import tools.jackson.databind.json.JsonMapper;

/** Prints findings as they are made. */
final class FindingsPrinter implements AuditFindings {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A person reads no more; a script gets all. */
  private static final int MAXIMUM_LINES = 200;

  private final PrintWriter out;
  private final boolean asJson;
  private long records;
  private long chains;
  private long problems;

  FindingsPrinter(PrintWriter out, boolean asJson) {
    this.out = out;
    this.asJson = asJson;
  }

  @Override
  public void problem(Problem problem) {
    problems++;
    if (asJson) {
      out.println(JSON.writeValueAsString(Map.of("problem", problem)));
    } else if (problems <= MAXIMUM_LINES) {
      out.println(
          "PROBLEM  organisation "
              + Printable.of(problem.organisation())
              + ", record "
              + problem.sequence()
              + ": "
              + problem.explanation()
              + " ("
              + problem.kind()
              + ")");
    }
  }

  @Override
  public void chain(Chain chain) {
    chains++;
    records += chain.records();
    if (asJson) {
      out.println(JSON.writeValueAsString(Map.of("chain", chain)));
    } else {
      out.println(
          (chain.problems() == 0 ? "intact   " : "PROBLEMS ")
              + "organisation "
              + Printable.of(chain.organisation())
              + ": "
              + chain.records()
              + " records, the newest is "
              + chain.sequence()
              + " with hash "
              + chain.hash()
              + ", signed up to "
              + chain.signedSequence());
    }
  }

  void end(boolean intact, IdentityKey publicKey) {
    if (asJson) {
      out.println(
          JSON.writeValueAsString(
              Map.of("intact", intact, "problems", problems, "publicKey", publicKey.hex())));
      return;
    }
    if (problems > MAXIMUM_LINES) {
      out.println("... and " + (problems - MAXIMUM_LINES) + " problems more");
    }
    out.println("Verified " + records + " records in " + chains + " chains.");
    out.println("Public key of the checkpoints: " + publicKey.hex());
    out.println(
        intact
            ? "Everything is as it was recorded."
            : "The audit log is NOT as it was recorded: " + problems + " problems.");
  }
}
