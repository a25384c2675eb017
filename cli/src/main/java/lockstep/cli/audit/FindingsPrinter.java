package lockstep.cli.audit;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import lockstep.cli.api.Printable;
import lockstep.crypto.IdentityKey;
import lockstep.server.audit.AuditFindings;
import org.jspecify.annotations.Nullable;
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
              + chain.signedSequence()
              + chain
                  .removedAt()
                  .map(
                      at ->
                          ", begins at " + chain.first() + ": older ones were removed until " + at)
                  .orElse(""));
    }
  }

  /**
   * Prints what came of it.
   *
   * @param publicKey what signatures were verified with, if they were
   */
  void end(boolean intact, Optional<IdentityKey> publicKey) {
    if (asJson) {
      Map<String, @Nullable Object> outcome = new LinkedHashMap<>();
      outcome.put("intact", intact);
      outcome.put("problems", problems);
      outcome.put("publicKey", publicKey.map(IdentityKey::hex).orElse(null));
      out.println(JSON.writeValueAsString(outcome));
      return;
    }
    if (problems > MAXIMUM_LINES) {
      out.println("... and " + (problems - MAXIMUM_LINES) + " problems more");
    }
    out.println("Verified " + records + " records in " + chains + " chains.");
    out.println(
        publicKey
            .map(key -> "Public key of the checkpoints: " + key.hex())
            .orElse("Signatures of checkpoints were not verified: no key was given."));
    out.println(
        intact
            ? "Everything is as it was recorded."
            : "The audit log is NOT as it was recorded: " + problems + " problems.");
  }
}
