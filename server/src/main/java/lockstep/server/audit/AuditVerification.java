package lockstep.server.audit;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.IdentityKey;
import lockstep.server.audit.AuditFindings.Kind;
import lockstep.server.audit.AuditFindings.Problem;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Computes all chains of a database again and compares. Sees one state of the database, and needs
 * the same memory for any number of records. Writes nothing.
 */
public final class AuditVerification {

  private final Database database;
  private final IdentityKey publicKey;
  private final List<ExpectedRecord> expected;

  /**
   * Verifies this database.
   *
   * @param publicKey what its checkpoints must be signed with, or one of several keys in a row that
   *     vouch for each other
   */
  public AuditVerification(Database database, IdentityKey publicKey) {
    this(database, publicKey, List.of());
  }

  /**
   * Verifies this database.
   *
   * @param publicKey what its checkpoints must be signed with, or one of several keys in a row that
   *     vouch for each other
   * @param expected records that must be there
   */
  public AuditVerification(
      Database database, IdentityKey publicKey, List<ExpectedRecord> expected) {
    this.database = database;
    this.publicKey = publicKey;
    this.expected = List.copyOf(expected);
  }

  /**
   * Tells these findings about every chain, and about everything that is wrong. Returns whether
   * nothing is.
   */
  public boolean run(AuditFindings findings) {
    return database.read(db -> run(db, publicKey, Optional.empty(), expected, findings));
  }

  /** The same for one organisation, or for all, in the state that this context sees. */
  static boolean run(
      DSLContext db, IdentityKey publicKey, Optional<UUID> organisation, AuditFindings findings) {
    return run(db, publicKey, organisation, List.of(), findings);
  }

  /** The same with records that must be there. */
  static boolean run(
      DSLContext db,
      IdentityKey publicKey,
      Optional<UUID> organisation,
      List<ExpectedRecord> expected,
      AuditFindings findings) {
    ExpectedRecords open = new ExpectedRecords(expected);
    Counting counting = new Counting(findings);
    CheckpointKeys keys = CheckpointKeys.of(publicKey, VerificationStore.serverKeys(db));
    if (keys.isBroken()) {
      counting.problem(
          new Problem(
              "",
              0,
              Kind.SUCCESSION,
              "the server keys do not all vouch for each other; checkpoints of those beyond the"
                  + " gap are not believed"));
    }
    try (Pass pass = new Pass(db, keys, open, counting)) {
      VerificationStore.forEachRecord(db, organisation, pass::accept);
    }
    for (String id : VerificationStore.withoutRecords(db, organisation)) {
      try (Pass pass = new Pass(db, keys, open, counting)) {
        pass.begin(id);
      }
    }
    for (ExpectedRecord record : open.takeMissing()) {
      counting.problem(
          new Problem(
              record.organisation(),
              record.sequence(),
              Kind.UNEXPECTED,
              "the expected record is missing, with the whole chain"));
    }
    int unchained = VerificationStore.unchained(db);
    if (unchained > 0) {
      counting.problem(
          new Problem("", 0, Kind.UNCHAINED, unchained + " events wait for the start of a server"));
    }
    return counting.problems == 0;
  }

  /** Records in order, each given to the checker of its chain. */
  private static final class Pass implements AutoCloseable {

    private final DSLContext db;
    private final CheckpointKeys keys;
    private final ExpectedRecords expected;
    private final AuditFindings findings;
    private String organisation = "";
    private @Nullable ChainChecker checker;
    private VerificationStore.@Nullable Checkpointing checkpoints;

    private Pass(
        DSLContext db, CheckpointKeys keys, ExpectedRecords expected, AuditFindings findings) {
      this.db = db;
      this.keys = keys;
      this.expected = expected;
      this.findings = findings;
    }

    void accept(VerificationStore.StoredRecord record) {
      ChainChecker current = checker;
      if (current == null || !record.organisation().equals(organisation)) {
        current = begin(record.organisation());
      }
      current.record(record);
    }

    ChainChecker begin(String next) {
      close();
      organisation = next;
      VerificationStore.Checkpointing upcoming = VerificationStore.checkpoints(db, next);
      ChainChecker begun = new ChainChecker(next, keys, upcoming, expected, findings);
      VerificationStore.retention(db, next).ifPresent(begun::removed);
      checkpoints = upcoming;
      checker = begun;
      return begun;
    }

    @Override
    public void close() {
      if (checker != null) {
        checker.end(VerificationStore.head(db, organisation));
      }
      if (checkpoints != null) {
        checkpoints.close();
      }
      checker = null;
      checkpoints = null;
    }
  }

  private static final class Counting implements AuditFindings {

    private final AuditFindings findings;
    private long problems;

    private Counting(AuditFindings findings) {
      this.findings = findings;
    }

    @Override
    public void problem(Problem problem) {
      problems++;
      findings.problem(problem);
    }

    @Override
    public void chain(Chain chain) {
      findings.chain(chain);
    }
  }
}
