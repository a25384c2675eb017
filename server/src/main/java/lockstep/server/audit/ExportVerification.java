package lockstep.server.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import lockstep.crypto.IdentityKey;
import lockstep.server.audit.AuditFindings.Kind;
import lockstep.server.audit.AuditFindings.Problem;
import lockstep.server.audit.VerificationStore.StoredCheckpoint;
import lockstep.server.audit.VerificationStore.StoredRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Verifies events that were exported, one JSON object a line, without the database. They are of one
 * organisation and in the order of the chain; the first may have any number. What was before it and
 * after the last, an export cannot tell.
 */
public final class ExportVerification {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final @Nullable CheckpointKeys keys;
  private final List<ExpectedRecord> expected;

  /**
   * Verifies exports.
   *
   * @param publicKeys what their checkpoints must be signed with, in the order in which the keys
   *     were in use; none to leave signatures aside
   * @param expected records that must be in them, or directly before the first line
   */
  public ExportVerification(List<IdentityKey> publicKeys, List<ExpectedRecord> expected) {
    this.keys = publicKeys.isEmpty() ? null : CheckpointKeys.of(publicKeys);
    this.expected = List.copyOf(expected);
  }

  /**
   * Tells these findings about the chain in the export, and about everything that is wrong. Returns
   * whether nothing is.
   */
  public boolean run(BufferedReader lines, AuditFindings findings) throws IOException {
    Pass pass = new Pass(keys, new ExpectedRecords(expected), findings);
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      pass.line(number, line);
    }
    return pass.end();
  }

  private static final class Pass {

    private final @Nullable CheckpointKeys keys;
    private final ExpectedRecords expected;
    private final AuditFindings findings;
    private final OneCheckpoint checkpoint = new OneCheckpoint();
    private String organisation = "";
    private @Nullable ChainChecker checker;
    private long problems;

    private Pass(@Nullable CheckpointKeys keys, ExpectedRecords expected, AuditFindings findings) {
      this.keys = keys;
      this.expected = expected;
      this.findings = findings;
    }

    void line(long number, String line) {
      StoredRecord record;
      try {
        JsonNode event = JSON.readTree(line);
        record = record(event);
        checkpoint.coming = checkpoint(event, record);
      } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
        problem(0, Kind.UNREADABLE, "line " + number + " is no audit event");
        return;
      }
      ChainChecker current = checker;
      if (current == null) {
        current = begin(record);
      }
      if (record.organisation().equals(organisation)) {
        current.record(record);
      } else {
        problem(
            record.sequence(),
            Kind.MISPLACED,
            "line " + number + " is of another organisation than those before");
      }
    }

    private ChainChecker begin(StoredRecord first) {
      organisation = first.organisation();
      ChainChecker begun =
          new ChainChecker(
              organisation,
              keys,
              checkpoint,
              expected,
              new AuditFindings() {
                @Override
                public void problem(Problem problem) {
                  problems++;
                  findings.problem(problem);
                }

                @Override
                public void chain(Chain chain) {
                  findings.chain(chain);
                }
              });
      if (first.sequence() > 1) {
        begun.beginAfter(first.sequence() - 1, first.previousHash());
      }
      checker = begun;
      return begun;
    }

    private void problem(long sequence, Kind kind, String explanation) {
      problems++;
      findings.problem(new Problem(organisation, sequence, kind, explanation));
    }

    boolean end() {
      if (checker == null) {
        problem(0, Kind.EMPTY, "there are no events");
      } else {
        checker.end();
      }
      for (ExpectedRecord record : expected.takeMissing()) {
        problems++;
        findings.problem(
            new Problem(
                record.organisation(),
                record.sequence(),
                Kind.UNEXPECTED,
                "the expected record is missing, with the whole chain"));
      }
      return problems == 0;
    }
  }

  /** The checkpoint of the line that is looked at. */
  private static final class OneCheckpoint implements ChainChecker.Upcoming {

    private @Nullable StoredCheckpoint coming;

    @Override
    public @Nullable StoredCheckpoint peek() {
      return coming;
    }

    @Override
    public void next() {
      coming = null;
    }
  }

  private static StoredRecord record(JsonNode event) {
    byte[] @Nullable [] columns = {
      text(event.at("/organisationId")),
      text(event.at("/id")),
      microseconds(event.at("/createdAt")),
      text(event.at("/action")),
      text(event.at("/resourceType")),
      textOrNull(event.at("/resourceId")),
      textOrNull(event.at("/environmentId")),
      text(event.at("/account/kind")),
      text(event.at("/account/id")),
      text(event.at("/account/name")),
      textOrNull(event.at("/tokenId")),
      textOrNull(event.at("/clientAddress")),
      text(event.at("/userAgent")),
      text(event.at("/requestId")),
      text(event.at("/description")),
      details(event.at("/details"))
    };
    JsonNode sequence = event.at("/sequence");
    if (!sequence.isIntegralNumber() || !sequence.canConvertToLong() || sequence.longValue() < 1) {
      throw new IllegalArgumentException("sequence");
    }
    return new StoredRecord(
        event.at("/organisationId").stringValue(),
        sequence.longValue(),
        hex(event.at("/previousHash")),
        hex(event.at("/hash")),
        columns,
        true,
        true);
  }

  private static @Nullable StoredCheckpoint checkpoint(JsonNode event, StoredRecord record) {
    JsonNode checkpoint = event.at("/checkpoint");
    return checkpoint.isNull()
        ? null
        : new StoredCheckpoint(
            record.sequence(),
            record.hash(),
            Instant.parse(checkpoint.at("/createdAt").stringValue()),
            hex(checkpoint.at("/signature")));
  }

  private static byte[] text(JsonNode value) {
    return value.stringValue().getBytes(StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] textOrNull(JsonNode value) {
    return value.isNull() ? null : text(value);
  }

  private static byte[] microseconds(JsonNode value) {
    Instant time = Instant.parse(value.stringValue());
    if (!time.equals(time.truncatedTo(ChronoUnit.MICROS))) {
      throw new IllegalArgumentException("finer than microseconds");
    }
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
    return Long.toString(micros).getBytes(StandardCharsets.US_ASCII);
  }

  /** As the server wrote them: without spaces, members in their order. */
  private static byte[] details(JsonNode value) {
    return value.isString() ? text(value) : JSON.writeValueAsBytes(value);
  }

  private static byte[] hex(JsonNode value) {
    return HexFormat.of().parseHex(value.stringValue());
  }
}
