package lockstep.server.audit;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import lockstep.crypto.Sha256;
import lockstep.server.audit.AuditFindings.Kind;
import lockstep.server.audit.VerificationStore.Head;
import lockstep.server.audit.VerificationStore.StoredCheckpoint;
import lockstep.server.audit.VerificationStore.StoredRecord;
import lockstep.server.audit.VerificationStore.StoredRetention;
import org.jspecify.annotations.Nullable;

/**
 * Goes along one chain, from its first record to its last, and remembers only the last. After a
 * problem it goes on with what is stored, so that one change is one finding.
 */
final class ChainChecker {

  private final String organisation;
  private final @Nullable CheckpointKeys keys;
  private final Upcoming checkpoints;
  private final ExpectedRecords expected;
  private final AuditFindings findings;

  private long sequence;
  private byte[] storedHash;
  private byte[] computedHash;
  private long records;
  private long signed;
  private long problems;
  private long first = 1;
  private Optional<Instant> removedAt = Optional.empty();

  /** Which of the keys signed the newest checkpoint so far: earlier ones sign nothing later. */
  private int newestSigner;

  /** Checkpoints of the chain by number, of which one at a time is looked at. */
  interface Upcoming {
    @Nullable StoredCheckpoint peek();

    void next();
  }

  /**
   * Begins before the first record.
   *
   * @param keys what checkpoints must be signed with; null to believe them
   */
  ChainChecker(
      String organisation,
      @Nullable CheckpointKeys keys,
      Upcoming checkpoints,
      ExpectedRecords expected,
      AuditFindings findings) {
    this.organisation = organisation;
    this.keys = keys;
    this.checkpoints = checkpoints;
    this.expected = expected;
    this.findings = findings;
    this.storedHash = RecordEncoding.start(organisation);
    this.computedHash = storedHash;
    checkAgainstExpected(0, storedHash);
  }

  /** Begins after this record instead, whose hash is believed. */
  void beginAfter(long earlier, byte[] hash) {
    first = earlier + 1;
    sequence = earlier;
    storedHash = hash;
    computedHash = hash;
    checkAgainstExpected(earlier, hash);
  }

  /** Begins where the server says that it removed what was before, if it was the server. */
  void removed(StoredRetention retention) {
    if (keys != null && keys.isGenuine(organisation, retention)) {
      long last = retention.firstKept() - 1;
      removedAt = Optional.of(retention.at());
      expected.takeRemoved(organisation, last);
      beginAfter(last, retention.hashBefore());
    } else {
      problem(
          retention.firstKept(),
          Kind.RETENTION,
          "the record of the removal before here was not signed with the key in use");
    }
  }

  long problems() {
    return problems;
  }

  void record(StoredRecord record) {
    records++;
    checkPlace(record);
    byte[] digest = RecordEncoding.digest(record.columns());
    byte[] computed = Sha256.of(record.previousHash(), digest);
    if (!Arrays.equals(computed, record.hash()) || !record.isReadable()) {
      problem(record.sequence(), Kind.CHANGED, "the record is not what was recorded");
    }
    sequence = Math.max(sequence, record.sequence());
    storedHash = record.hash();
    computedHash = computed;
    checkAgainstCheckpoint(record);
    checkAgainstExpected(record.sequence(), record.hash());
  }

  private void checkAgainstExpected(long place, byte[] hash) {
    if (expected.isContradictedBy(organisation, place, hash)) {
      problem(place, Kind.UNEXPECTED, "the record has another hash than the expected one");
    }
  }

  private void checkPlace(StoredRecord record) {
    if (record.sequence() <= sequence) {
      problem(record.sequence(), Kind.DUPLICATE, "the number is used twice or was never given");
    } else if (record.sequence() > sequence + 1) {
      missing(sequence + 1, record.sequence() - 1, Kind.REMOVED);
    } else if (!Arrays.equals(record.previousHash(), storedHash)
        && !Arrays.equals(record.previousHash(), computedHash)) {
      problem(
          record.sequence(),
          Kind.MISPLACED,
          "the record does not follow the one before it: one of them was inserted, replaced or"
              + " moved");
    }
  }

  private void checkAgainstCheckpoint(StoredRecord record) {
    boolean found = false;
    StoredCheckpoint checkpoint = checkpoints.peek();
    while (checkpoint != null && checkpoint.sequence() <= record.sequence()) {
      boolean genuine = isGenuine(checkpoint);
      if (checkpoint.sequence() == record.sequence()) {
        found = true;
        if (genuine && !Arrays.equals(checkpoint.hash(), record.hash())) {
          problem(
              record.sequence(),
              Kind.CHANGED,
              "the chain up to here is not the one that the server signed");
        } else if (genuine && keys != null) {
          signed = record.sequence();
        }
      }
      checkpoints.next();
      checkpoint = checkpoints.peek();
    }
    if (!found && record.sequence() % Checkpoints.INTERVAL == 0) {
      problem(record.sequence(), Kind.CHECKPOINT, "the checkpoint of this record is missing");
    }
  }

  private boolean isGenuine(StoredCheckpoint checkpoint) {
    if (keys == null) {
      return true;
    }
    int signer = keys.signer(organisation, checkpoint);
    if (signer < 0) {
      problem(
          checkpoint.sequence(), Kind.CHECKPOINT, "the checkpoint was not signed with this key");
    } else if (signer < newestSigner) {
      problem(
          checkpoint.sequence(),
          Kind.CHECKPOINT,
          "the checkpoint was signed with a server key that had been replaced before");
    }
    boolean genuine = signer >= newestSigner;
    newestSigner = Math.max(newestSigner, signer);
    return genuine;
  }

  /** After the last record. */
  void end(Optional<Head> head) {
    long newestSigned = 0;
    for (StoredCheckpoint later = checkpoints.peek(); later != null; later = checkpoints.peek()) {
      if (isGenuine(later)) {
        newestSigned = later.sequence();
      }
      checkpoints.next();
    }
    if (head.isEmpty()) {
      problem(sequence, Kind.HEAD, "the row with the end of the chain is missing");
    }
    long known = Math.max(newestSigned, head.map(Head::sequence).orElse(0L));
    if (known > sequence) {
      missing(sequence + 1, known, Kind.TRUNCATED);
    }
    head.ifPresent(this::checkHead);
    end();
  }

  /** After the last record of a part of a chain, of which nobody knows how far the rest goes. */
  void end() {
    for (ExpectedRecord record : expected.takeMissing(organisation)) {
      problem(record.sequence(), Kind.UNEXPECTED, "the expected record is missing");
    }
    findings.chain(
        new AuditFindings.Chain(
            organisation,
            records,
            first,
            removedAt,
            sequence,
            HexFormat.of().formatHex(storedHash),
            signed,
            problems));
  }

  private void checkHead(Head head) {
    if (head.sequence() < sequence) {
      String range = range(head.sequence() + 1, sequence);
      problem(
          head.sequence() + 1, Kind.APPENDED, range + " after the end that the chain's row names");
    } else if (head.sequence() == sequence && !Arrays.equals(head.hash(), storedHash)) {
      problem(sequence, Kind.HEAD, "the row with the end of the chain names another record");
    }
  }

  private void missing(long first, long last, Kind kind) {
    problem(first, kind, range(first, last) + " missing");
  }

  private static String range(long first, long last) {
    return first == last ? "record " + first + " is" : "records " + first + " to " + last + " are";
  }

  private void problem(long at, Kind kind, String explanation) {
    problems++;
    findings.problem(new AuditFindings.Problem(organisation, at, kind, explanation));
  }
}
