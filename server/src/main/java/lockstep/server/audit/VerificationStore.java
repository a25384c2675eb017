package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.AUDIT_RETENTION;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.SERVER_KEY;
import static lockstep.server.store.tables.Tables.UNCHAINED_AUDIT_EVENT;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import lockstep.server.ids.Uuids;
import lockstep.server.store.StoredBytes;
import lockstep.server.store.tables.tables.records.AuditRetentionRecord;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record4;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Queries of a verification. None of them reads more than a few rows ahead. */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; rows on their way to the checker
final class VerificationStore {

  private static final int ROWS_AHEAD = 500;

  private static final int ID = RecordEncoding.COLUMNS.indexOf(AUDIT_EVENT.ID);
  private static final int CREATED_AT = RecordEncoding.COLUMNS.indexOf(AUDIT_EVENT.CREATED_AT);
  private static final int CLIENT_ADDRESS =
      RecordEncoding.COLUMNS.indexOf(AUDIT_EVENT.CLIENT_ADDRESS);
  private static final int REQUEST_ID = RecordEncoding.COLUMNS.indexOf(AUDIT_EVENT.REQUEST_ID);

  private VerificationStore() {}

  /**
   * A record as it is stored.
   *
   * @param columns those of {@link RecordEncoding#COLUMNS}
   * @param endsRow whether no later one shares its row; true where there are no rows
   * @param isReadable false if those before it that share its row cannot be read, and so are not
   *     there
   */
  record StoredRecord(
      String organisation,
      long sequence,
      byte[] previousHash,
      byte[] hash,
      byte[] @Nullable [] columns,
      boolean endsRow,
      boolean isReadable) {}

  record StoredCheckpoint(long sequence, byte[] hash, Instant at, byte[] signature) {}

  /**
   * Where a chain begins whose oldest records were removed.
   *
   * @param hashBefore the hash of the last record that was removed
   * @param removed how many went with the last removal
   */
  record StoredRetention(
      long firstKept, byte[] hashBefore, long removed, Instant at, byte[] signature) {}

  record Head(long sequence, byte[] hash) {}

  /** All records, or those of one organisation, by organisation and number. */
  static void forEachRecord(
      DSLContext db, Optional<UUID> organisation, Consumer<StoredRecord> action) {
    forEachRecord(db, of(AUDIT_EVENT.ORGANISATION_ID, organisation), Long.MAX_VALUE, action);
  }

  /** The oldest records of one organisation. */
  static List<StoredRecord> oldest(DSLContext db, UUID organisation, long limit) {
    List<StoredRecord> records = new ArrayList<>();
    forEachRecord(db, AUDIT_EVENT.ORGANISATION_ID.eq(organisation), limit, records::add);
    return records;
  }

  private static void forEachRecord(
      DSLContext db, Condition which, long limit, Consumer<StoredRecord> action) {
    List<Field<byte[]>> columns =
        RecordEncoding.COLUMNS.stream()
            .<Field<byte[]>>map(
                column ->
                    column.equals(AUDIT_EVENT.DETAILS)
                        ? DetailsStore.completeBytes(db)
                        : StoredBytes.of(db, column))
            .toList();
    List<Field<?>> selected = new ArrayList<>(columns);
    selected.add(AUDIT_EVENT.SEQUENCE);
    selected.add(StoredBytes.of(db, AUDIT_EVENT.PREVIOUS_HASH));
    selected.add(StoredBytes.of(db, AUDIT_EVENT.HASH));
    selected.add(StoredBytes.of(db, AUDIT_EVENT.EARLIER));
    try (Cursor<Record> rows =
        db.select(selected)
            .from(AUDIT_EVENT)
            .where(which)
            .orderBy(AUDIT_EVENT.ORGANISATION_ID, AUDIT_EVENT.SEQUENCE)
            .limit(limit)
            .fetchSize(ROWS_AHEAD)
            .fetchLazy()) {
      long count = 0;
      for (Record row : rows) {
        for (StoredRecord record : records(row)) {
          if (count++ < limit) {
            action.accept(record);
          }
        }
        if (count >= limit) {
          return;
        }
      }
    }
  }

  /** The records that share a row, in the order of the chain. */
  private static List<StoredRecord> records(Record row) {
    int columns = RecordEncoding.COLUMNS.size();
    byte[] @Nullable [] contents = new byte[columns][];
    for (int i = 0; i < columns; i++) {
      contents[i] = row.get(i, byte[].class);
    }
    long sequence = row.get(AUDIT_EVENT.SEQUENCE);
    Optional<List<EventRun.Earlier>> read =
        micros(contents[CREATED_AT])
            .flatMap(
                micros ->
                    EventRun.read(
                        row.get(columns + 3, byte[].class),
                        new EventRun.Row(
                            sequence, micros, contents[CLIENT_ADDRESS], contents[REQUEST_ID])));
    StoredRecord last =
        new StoredRecord(
            text(contents[0]),
            sequence,
            hash(row.get(columns + 1, byte[].class)),
            hash(row.get(columns + 2, byte[].class)),
            contents,
            true,
            read.isPresent());
    List<EventRun.Earlier> earlier = read.orElse(List.of());
    List<StoredRecord> records = new ArrayList<>(earlier.size() + 1);
    for (int i = 0; i < earlier.size(); i++) {
      EventRun.Earlier own = earlier.get(i);
      records.add(
          new StoredRecord(
              last.organisation(),
              sequence - (earlier.size() - i),
              own.previousHash(),
              own.hash(),
              columns(contents, own),
              false,
              true));
    }
    records.add(last);
    return records;
  }

  private static byte[] @Nullable [] columns(byte[] @Nullable [] ofRow, EventRun.Earlier own) {
    byte[] @Nullable [] columns = ofRow.clone();
    columns[ID] = RecordEncoding.bytes(own.id());
    columns[CREATED_AT] = RecordEncoding.bytes(own.micros());
    columns[CLIENT_ADDRESS] = own.clientAddress();
    columns[REQUEST_ID] = own.requestId();
    return columns;
  }

  /** Empty only if somebody changed it. */
  private static Optional<Long> micros(byte @Nullable [] time) {
    try {
      return Optional.of(Long.valueOf(text(time)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  /** Null only if somebody changed the table, too. */
  private static byte[] hash(byte @Nullable [] bytes) {
    return bytes == null ? new byte[0] : bytes;
  }

  private static Condition of(TableField<?, UUID> column, Optional<UUID> organisation) {
    return organisation.map(column::eq).orElseGet(DSL::noCondition);
  }

  static Optional<Head> head(DSLContext db, String organisation) {
    return Uuids.parse(organisation)
        .flatMap(
            id ->
                db.select(AUDIT_CHAIN.SEQUENCE, AUDIT_CHAIN.HASH)
                    .from(AUDIT_CHAIN)
                    .where(AUDIT_CHAIN.ORGANISATION_ID.eq(id))
                    .fetchOptional(row -> new Head(row.value1(), row.value2())));
  }

  static Optional<StoredRetention> retention(DSLContext db, String organisation) {
    return Uuids.parse(organisation)
        .flatMap(
            id ->
                db.selectFrom(AUDIT_RETENTION)
                    .where(AUDIT_RETENTION.ORGANISATION_ID.eq(id))
                    .fetchOptional(VerificationStore::retention));
  }

  static StoredRetention retention(AuditRetentionRecord row) {
    return new StoredRetention(
        row.getFirstKept(),
        row.getHashBefore(),
        row.getRemoved(),
        row.getCreatedAt(),
        row.getSignature());
  }

  /** The checkpoints of one chain, by number. */
  static Checkpointing checkpoints(DSLContext db, String organisation) {
    return new Checkpointing(
        db.select(
                AUDIT_CHECKPOINT.SEQUENCE,
                AUDIT_CHECKPOINT.HASH,
                AUDIT_CHECKPOINT.CREATED_AT,
                AUDIT_CHECKPOINT.SIGNATURE)
            .from(AUDIT_CHECKPOINT)
            .where(
                Uuids.parse(organisation)
                    .<Condition>map(AUDIT_CHECKPOINT.ORGANISATION_ID::eq)
                    .orElseGet(DSL::falseCondition))
            .orderBy(AUDIT_CHECKPOINT.SEQUENCE)
            .fetchSize(ROWS_AHEAD)
            .fetchLazy());
  }

  /** Organisations that should have records and have none. */
  static Iterable<String> withoutRecords(DSLContext db, Optional<UUID> only) {
    TreeSet<String> found = new TreeSet<>();
    for (TableField<?, UUID> column :
        List.<TableField<?, UUID>>of(
            ORGANISATION.ID,
            AUDIT_CHAIN.ORGANISATION_ID,
            AUDIT_CHECKPOINT.ORGANISATION_ID,
            AUDIT_RETENTION.ORGANISATION_ID)) {
      db.selectDistinct(StoredBytes.of(db, column))
          .from(column.getTable())
          .where(of(column, only))
          .and(
              notExists(
                  selectOne().from(AUDIT_EVENT).where(AUDIT_EVENT.ORGANISATION_ID.eq(column))))
          .fetch(row -> found.add(text(row.value1())));
    }
    return found;
  }

  /** The server keys, in the order in which they came into use. */
  static List<CheckpointKeys.Stored> serverKeys(DSLContext db) {
    return db.selectFrom(SERVER_KEY)
        .orderBy(SERVER_KEY.SEQUENCE)
        .fetch(
            row ->
                new CheckpointKeys.Stored(
                    row.getPublicKey(),
                    row.getCheckpointKey(),
                    row.getIntroducedAt(),
                    row.getSignedByPrevious(),
                    row.getSignedByItself()));
  }

  static int unchained(DSLContext db) {
    return db.fetchCount(UNCHAINED_AUDIT_EVENT);
  }

  /** One checkpoint at a time. */
  static final class Checkpointing implements ChainChecker.Upcoming, AutoCloseable {

    private final Cursor<Record4<Long, byte[], Instant, byte[]>> cursor;
    private final Iterator<Record4<Long, byte[], Instant, byte[]>> rows;
    private @Nullable StoredCheckpoint current;

    private Checkpointing(Cursor<Record4<Long, byte[], Instant, byte[]>> cursor) {
      this.cursor = cursor;
      this.rows = cursor.iterator();
      next();
    }

    @Override
    public @Nullable StoredCheckpoint peek() {
      return current;
    }

    @Override
    public void next() {
      if (rows.hasNext()) {
        Record4<Long, byte[], Instant, byte[]> row = rows.next();
        current = new StoredCheckpoint(row.value1(), row.value2(), row.value3(), row.value4());
      } else {
        current = null;
      }
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
