package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import lockstep.crypto.Sha256;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.Sample;
import lockstep.server.testing.TestOrganisation;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** What happens to stored records is found, and where. */
@ContractTest
final class AuditChainContractTest extends ChainFixture {

  private static Condition at(UUID organisation, long sequence) {
    return AUDIT_EVENT.ORGANISATION_ID.eq(organisation).and(AUDIT_EVENT.SEQUENCE.eq(sequence));
  }

  @Test
  void recordsAreNumberedWithoutGapsAndFollowEachOther() {
    record();
    List<AuditEventRecord> events = server.database().read(db -> events(db, organisation.id()));
    byte[] before = RecordEncoding.start(organisation.id().toString());
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).getSequence()).isEqualTo(i + 1);
      assertThat(events.get(i).getPreviousHash()).isEqualTo(before);
      before = events.get(i).getHash();
    }
    Verdict verdict = verify();
    assertThat(verdict.problems).isEmpty();
    assertThat(verdict.chains).hasSize(1);
    assertThat(verdict.chains.getFirst().records()).isEqualTo(events.size()).isGreaterThan(5);
    assertThat(verdict.chains.getFirst().sequence()).isEqualTo(events.size());
  }

  /** Each bit of each byte that a driver could see, in each column of each record. */
  @Test
  void everyChangedByteOfEveryRecordIsFoundAndItsRecordNamed() {
    record();
    tampering(
        db -> {
          int flips = 0;
          // What is read is verified by the same program, so fewer are enough on the other.
          Sample sample = Sample.oneOf(backend == Backend.POSTGRES ? 16 : 4);
          for (AuditEventRecord event : events(db, organisation.id())) {
            for (Field<?> column : AUDIT_EVENT.fields()) {
              for (Object changed : changes(event.get(column))) {
                flips++;
                if (!sample.takesNext()) {
                  continue;
                }
                Condition there = at(organisation.id(), event.getSequence());
                db.update(AUDIT_EVENT).set(Map.of(column, changed)).where(there).execute();
                assertThat(verify(db, organisation.id()).problems)
                    .as("%s of %d", column.getName(), event.getSequence())
                    .anyMatch(problem -> problem.sequence() == event.getSequence());
                Condition row =
                    column.equals(AUDIT_EVENT.HASH)
                        ? AUDIT_EVENT.PREVIOUS_HASH.eq(event.getPreviousHash())
                        : AUDIT_EVENT.HASH.eq(event.getHash());
                event.touched(true);
                db.update(AUDIT_EVENT).set(event).where(row).execute();
              }
            }
          }
          assertThat(flips).isGreaterThan(1_000);
          assertThat(verify(db, organisation.id()).problems).isEmpty();
        });
  }

  private static List<Object> changes(Object value) {
    List<Object> changes = new ArrayList<>();
    switch (value) {
      case null -> {}
      case byte[] bytes -> flip(bytes, changes, changed -> changed);
      case String text ->
          flip(
              text.getBytes(StandardCharsets.US_ASCII),
              changes,
              changed -> new String(changed, StandardCharsets.US_ASCII));
      case UUID id ->
          flip(
              ByteBuffer.allocate(16)
                  .putLong(id.getMostSignificantBits())
                  .putLong(id.getLeastSignificantBits())
                  .array(),
              changes,
              changed ->
                  new UUID(
                      ByteBuffer.wrap(changed).getLong(), ByteBuffer.wrap(changed).getLong(8)));
      case Instant time -> {
        for (int bit = 0; bit < 50; bit++) {
          long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time) ^ 1L << bit;
          changes.add(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        }
      }
      case Long number -> {
        for (int bit = 10; bit < 63; bit++) {
          changes.add(number ^ 1L << bit);
        }
      }
      default -> throw new AssertionError(value.getClass());
    }
    return changes;
  }

  private static void flip(
      byte[] bytes, List<Object> changes, java.util.function.Function<byte[], Object> made) {
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      changes.add(made.apply(changed));
    }
  }

  /** SQLite keeps what it is given: text that is no text, ids in capitals. */
  @Test
  void everyBitOfTheBytesOfTextsAndIdsOnTheEmbeddedDatabaseCounts() {
    record();
    tampering(
        db -> {
          if (db.family() != SQLDialect.SQLITE) {
            return;
          }
          AuditEventRecord event = events(db, organisation.id()).getLast();
          for (Field<?> column : RecordEncoding.COLUMNS) {
            if (column.getType() != Instant.class && !column.equals(AUDIT_EVENT.ORGANISATION_ID)) {
              flipStoredBits(db, event, column);
            }
          }
        });
  }

  /** One bit in its file tells text from bytes, and numbers have two forms. */
  @Test
  void anotherKindOfValueOnTheEmbeddedDatabaseIsFound() {
    record();
    tampering(
        db -> {
          if (db.family() != SQLDialect.SQLITE) {
            return;
          }
          AuditEventRecord event = events(db, organisation.id()).getLast();
          Condition row = at(organisation.id(), event.getSequence());
          for (Field<?> column : AUDIT_EVENT.fields()) {
            if (event.get(column) == null
                || column.equals(AUDIT_EVENT.SEQUENCE)
                || column.equals(AUDIT_EVENT.ORGANISATION_ID)) {
              continue;
            }
            Field<?> bare = DSL.field(DSL.unquotedName(column.getName()));
            String other = column.getType() == byte[].class ? "text" : "blob";
            String own = column.getType() == byte[].class ? "blob" : "text";
            db.query("update audit_event set {0} = cast({0} as " + other + ") where {1}", bare, row)
                .execute();
            assertThat(verify(db, organisation.id()).problems)
                .as(column.getName())
                .anyMatch(problem -> problem.sequence() == event.getSequence());
            if (column.getType() == Instant.class) {
              own = "integer";
            }
            db.query("update audit_event set {0} = cast({0} as " + own + ") where {1}", bare, row)
                .execute();
          }
          assertThat(verify(db, organisation.id()).problems).isEmpty();
        });
  }

  private void flipStoredBits(DSLContext db, AuditEventRecord event, Field<?> column) {
    Condition row = at(organisation.id(), event.getSequence());
    Field<byte[]> raw = DSL.field("cast({0} as blob)", SQLDataType.BLOB, column);
    byte[] stored = db.select(raw).from(AUDIT_EVENT).where(row).fetchSingle().value1();
    Sample sample = Sample.oneOf(4);
    for (int bit = 0; stored != null && bit < 8 * stored.length; bit++) {
      if (!sample.takesNext()) {
        continue;
      }
      byte[] changed = stored.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      store(db, column, changed, row);
      assertThat(verify(db, organisation.id()).lines())
          .as("bit %d of %s", bit, column.getName())
          .contains(event.getSequence() + " CHANGED");
    }
    if (stored != null) {
      store(db, column, stored, row);
    }
  }

  private static void store(DSLContext db, Field<?> column, byte[] bytes, Condition row) {
    db.query(
            "update audit_event set {0} = cast({1} as text) where {2}",
            DSL.field(DSL.unquotedName(column.getName())), DSL.val(bytes), row)
        .execute();
  }

  @Test
  void removedRecordsAreNamedWhereTheyWere() {
    record();
    tampering(
        db -> {
          int count = events(db, organisation.id()).size();
          db.deleteFrom(AUDIT_EVENT).where(at(organisation.id(), 3)).execute();
          assertThat(verify(db, organisation.id()).lines()).containsExactly("3 REMOVED");
          db.deleteFrom(AUDIT_EVENT).where(at(organisation.id(), 1)).execute();
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly("1 REMOVED", "3 REMOVED");
          db.deleteFrom(AUDIT_EVENT).where(at(organisation.id(), count)).execute();
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly("1 REMOVED", "3 REMOVED", count + " TRUNCATED");
        });
  }

  @Test
  void aRemovalIsFoundAlsoIfTheRestIsNumberedAnew() {
    record();
    tampering(
        db -> {
          db.deleteFrom(AUDIT_EVENT).where(at(organisation.id(), 3)).execute();
          for (AuditEventRecord event : events(db, organisation.id())) {
            if (event.getSequence() > 3) {
              db.update(AUDIT_EVENT)
                  .set(AUDIT_EVENT.SEQUENCE, event.getSequence() - 1)
                  .where(at(organisation.id(), event.getSequence()))
                  .execute();
            }
          }
          db.update(AUDIT_CHAIN)
              .set(AUDIT_CHAIN.SEQUENCE, AUDIT_CHAIN.SEQUENCE.minus(1))
              .where(AUDIT_CHAIN.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).lines()).containsExactly("3 MISPLACED");
        });
  }

  @Test
  void insertedRecordsAreFound() {
    record();
    tampering(
        db -> {
          List<AuditEventRecord> events = events(db, organisation.id());
          AuditEventRecord forged = events.getLast().into(AUDIT_EVENT);
          forged.setSequence(events.size() + 1L);
          forged.setPreviousHash(events.getLast().getHash());
          forged.setHash(Sha256.of(forged.getPreviousHash(), PlacelessEvent.of(forged).digest()));
          db.insertInto(AUDIT_EVENT).set(forged).execute();
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly(events.size() + 1 + " APPENDED");
        });
  }

  @Test
  void recordsThatChangedPlacesAreFound() {
    record();
    tampering(
        db -> {
          swap(db, 2, 3);
          assertThat(verify(db, organisation.id()).lines()).contains("2 MISPLACED", "3 MISPLACED");
        });
  }

  private void swap(DSLContext db, long one, long other) {
    move(db, organisation.id(), one, organisation.id(), -1);
    move(db, organisation.id(), other, organisation.id(), one);
    move(db, organisation.id(), -1, organisation.id(), other);
  }

  private static void move(DSLContext db, UUID from, long sequence, UUID to, long target) {
    db.update(AUDIT_EVENT)
        .set(AUDIT_EVENT.SEQUENCE, target)
        .set(AUDIT_EVENT.ORGANISATION_ID, to)
        .where(at(from, sequence))
        .execute();
  }

  @Test
  void recordsThatTwoOrganisationsExchangedAreFoundInBoth() {
    record();
    TestOrganisation neighbour = TestOrganisation.create(server);
    neighbour.app("shop");
    UUID other = neighbour.id();
    tampering(
        db -> {
          move(db, organisation.id(), 1, other, -1);
          move(db, other, 1, organisation.id(), 1);
          move(db, other, -1, other, 1);
          assertThat(verify(db, organisation.id()).lines()).contains("1 CHANGED", "1 MISPLACED");
          assertThat(verify(db, other).lines()).contains("1 CHANGED", "1 MISPLACED");
        });
  }

  @Test
  void aShorterHistoryIsFoundByTheChainsRowAndWithoutItByACheckpoint() {
    record();
    tampering(
        db -> {
          int count = events(db, organisation.id()).size();
          signNewest(db, organisation.id());
          assertThat(verify(db, organisation.id()).chains.getFirst().signedSequence())
              .isEqualTo(count);
          db.deleteFrom(AUDIT_EVENT)
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
              .and(AUDIT_EVENT.SEQUENCE.ge(count - 1L))
              .execute();
          AuditEventRecord last = events(db, organisation.id()).getLast();
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly(count - 1 + " TRUNCATED");
          db.update(AUDIT_CHAIN)
              .set(AUDIT_CHAIN.SEQUENCE, last.getSequence())
              .set(AUDIT_CHAIN.HASH, last.getHash())
              .where(AUDIT_CHAIN.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly(count - 1 + " TRUNCATED");
        });
  }

  @Test
  void aHistoryThatIsGoneAltogetherIsFound() {
    record();
    tampering(
        db -> {
          db.deleteFrom(AUDIT_EVENT)
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).lines()).containsExactly("1 TRUNCATED");
          db.deleteFrom(AUDIT_CHAIN)
              .where(AUDIT_CHAIN.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).lines()).containsExactly("0 HEAD");
        });
  }

  @Test
  void anotherHistoryWithRightHashesIsFoundByACheckpoint() {
    record();
    tampering(
        db -> {
          signNewest(db, organisation.id());
          byte[] hash = RecordEncoding.start(organisation.id().toString());
          List<AuditEventRecord> events = events(db, organisation.id());
          for (AuditEventRecord event : events) {
            event.setAccountName("somebody else");
            event.setPreviousHash(hash);
            hash = Sha256.of(hash, PlacelessEvent.of(event).digest());
            event.setHash(hash);
            db.update(AUDIT_EVENT)
                .set(event)
                .where(at(organisation.id(), event.getSequence()))
                .execute();
          }
          db.update(AUDIT_CHAIN)
              .set(AUDIT_CHAIN.HASH, hash)
              .where(AUDIT_CHAIN.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly(events.size() + " CHANGED");
          db.update(AUDIT_CHECKPOINT)
              .set(AUDIT_CHECKPOINT.HASH, hash)
              .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly(events.size() + " CHECKPOINT");
        });
  }

  private static ExpectedRecord noted(AuditEventRecord event) {
    return ExpectedRecord.parse(
        event.getOrganisationId()
            + ":"
            + event.getSequence()
            + ":"
            + HexFormat.of().formatHex(event.getHash()));
  }

  @Test
  void aHistoryThatIsCutOffWithItsCheckpointsIsFoundByWhatWasNotedDown() {
    record();
    tampering(
        db -> {
          List<AuditEventRecord> events = events(db, organisation.id());
          signNewest(db, organisation.id());
          ExpectedRecord newest = noted(events.getLast());
          ExpectedRecord earlier = noted(events.get(1));
          assertThat(verify(db, organisation.id(), newest, earlier).problems).isEmpty();

          db.deleteFrom(AUDIT_EVENT)
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
              .and(AUDIT_EVENT.SEQUENCE.gt(2L))
              .execute();
          db.update(AUDIT_CHAIN)
              .set(AUDIT_CHAIN.SEQUENCE, 2L)
              .set(AUDIT_CHAIN.HASH, events.get(1).getHash())
              .where(AUDIT_CHAIN.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          db.deleteFrom(AUDIT_CHECKPOINT)
              .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).problems).isEmpty();
          Verdict verdict = verify(db, organisation.id(), newest, earlier);
          assertThat(verdict.lines()).containsExactly(events.size() + " UNEXPECTED");
          assertThat(verdict.chains.getFirst().problems()).isEqualTo(1);
        });
  }

  @Test
  void anotherRecordInThePlaceOfOneThatWasNotedDownIsFound() {
    record();
    tampering(
        db -> {
          AuditEventRecord second = events(db, organisation.id()).get(1);
          byte[] other = second.getHash();
          other[31] ^= 1;
          second.setHash(other);
          assertThat(verify(db, organisation.id(), noted(second)).lines())
              .containsExactly("2 UNEXPECTED");
        });
  }

  @Test
  void anOrganisationThatIsGoneAltogetherIsFoundByWhatWasNotedDown() {
    ExpectedRecord gone = ExpectedRecord.parse(UUID.randomUUID() + ":12:" + "ab".repeat(32));
    record();
    Verdict verdict = server.database().read(db -> verify(db, organisation.id(), gone));
    assertThat(verdict.lines()).containsExactly("12 UNEXPECTED");
    assertThat(verdict.problems.getFirst().organisation()).isEqualTo(gone.organisation());
  }

  @Test
  void theBeginningOfAChainCanBeExpected() {
    String start = HexFormat.of().formatHex(RecordEncoding.start(organisation.id().toString()));
    ExpectedRecord right = ExpectedRecord.parse(organisation.id() + ":0:" + start);
    ExpectedRecord wrong = ExpectedRecord.parse(organisation.id() + ":0:" + "ab".repeat(32));
    record();
    server
        .database()
        .read(
            db -> {
              assertThat(verify(db, organisation.id(), right).problems).isEmpty();
              assertThat(verify(db, organisation.id(), wrong).lines())
                  .containsExactly("0 UNEXPECTED");
              return db;
            });
  }

  @Test
  void whatIsExpectedHasOneForm() {
    String id = organisation.id().toString();
    String hash = "ab".repeat(32);
    for (String text :
        List.of(
            "",
            id + ":1",
            id + ":-1:" + hash,
            id + ":9999999999999999999:" + hash,
            id + ":1:" + hash.toUpperCase(Locale.ROOT),
            id + ":1:" + hash + "00",
            "x:1:" + hash)) {
      assertThatThrownBy(() -> ExpectedRecord.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
