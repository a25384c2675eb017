package lockstep.server.audit;

import static java.util.stream.Collectors.joining;
import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.UNCHAINED_AUDIT_EVENT;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lockstep.crypto.Sha256;
import lockstep.server.store.PlainSql;
import lockstep.server.store.tables.tables.records.AuditChainRecord;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.store.tables.tables.records.UnchainedAuditEventRecord;
import org.jooq.DSLContext;
import org.jooq.TableField;
import org.jspecify.annotations.Nullable;

/** Queries that make chains longer. */
final class ChainStore {

  private static final List<TableField<AuditEventRecord, ?>> STORED =
      Stream.concat(
              RecordEncoding.COLUMNS.stream(),
              Stream.<TableField<AuditEventRecord, ?>>of(
                  AUDIT_EVENT.SEQUENCE,
                  AUDIT_EVENT.PREVIOUS_HASH,
                  AUDIT_EVENT.HASH,
                  AUDIT_EVENT.EARLIER))
          .toList();

  private static final int DETAILS = STORED.indexOf(AUDIT_EVENT.DETAILS);

  /** What PostgreSQL calls the types of these columns. */
  private static final List<String> TYPES =
      STORED.stream().map(column -> type(column.getType())).toList();

  private static final String INSERT =
      "insert into audit_event (%s) values (%s)"
          .formatted(
              STORED.stream().map(TableField::getName).collect(joining(", ")),
              STORED.stream().map(column -> "?").collect(joining(", ")));

  private static final String HEAD =
      "select sequence, hash from audit_chain where organisation_id = ?";

  private static final String ADVANCE =
      "update audit_chain set sequence = ?, hash_before = ?, hash = ? where organisation_id = ?"
          + " returning hash";

  /** The same as one statement, for databases that take the rows as columns. */
  private static final String INSERT_AND_ADVANCE =
      "with added as (insert into audit_event (%s) select * from unnest(%s) returning sequence) "
              .formatted(
                  STORED.stream().map(TableField::getName).collect(joining(", ")),
                  TYPES.stream().map(type -> "cast(? as " + type + "[])").collect(joining(", ")))
          + ADVANCE
          + ", (select count(*) from added)";

  private static final byte[] NOTHING = new byte[0];

  private ChainStore() {}

  /**
   * Gives events of one organisation their places and stores them. From here on nobody else appends
   * to this chain until the transaction ends, so it should end soon.
   *
   * @param events one at least
   * @return the last of them
   * @throws AuditUnavailableException if the chain does not end where it can end, or the database
   *     did something else than it was told
   */
  static OwnHeads.Head append(
      DSLContext db,
      UUID organisation,
      List<PlacelessEvent> events,
      Checkpoints checkpoints,
      Instant now) {
    List<PlacedEvent> placed =
        PlainSql.in(
            db,
            sql -> {
              // Not while others wait for the chain.
              DetailsStore.Kept kept = DetailsStore.find(sql, organisation, events);
              OwnHeads.Head head =
                  lock(sql, organisation)
                      .or(
                          () -> {
                            begin(db, organisation);
                            return lock(sql, organisation);
                          })
                      .orElseThrow();
              checkpoints.own().requirePossible(organisation, head.sequence(), head.hash());
              List<PlacedEvent> linked = link(head, events);
              store(
                  sql, organisation, rows(linked, kept.keep(sql)), head, linked.getLast().asHead());
              return linked;
            });
    for (PlacedEvent event : placed) {
      if (event.sequence() % Checkpoints.INTERVAL == 0) {
        insertCheckpoint(db, organisation, event.sequence(), event.hash(), checkpoints, now);
      }
    }
    return placed.getLast().asHead();
  }

  private static List<PlacedEvent> link(OwnHeads.Head head, List<PlacelessEvent> events) {
    List<PlacedEvent> placed = new ArrayList<>(events.size());
    long sequence = head.sequence();
    byte[] hash = head.hash();
    Sha256.Running digest = new Sha256.Running();
    for (PlacelessEvent event : events) {
      byte[] previous = hash;
      hash = digest.add(previous).add(event.digest()).end();
      placed.add(new PlacedEvent(event.content(), ++sequence, previous, hash));
    }
    return placed;
  }

  private static String type(Class<?> type) {
    return Objects.requireNonNull(
        Map.of(
                UUID.class, "uuid",
                Instant.class, "timestamptz",
                Long.class, "bigint",
                String.class, "text",
                byte[].class, "bytea")
            .get(type));
  }

  /** Lets nobody else append to this chain until the transaction ends. */
  static void holdChain(DSLContext db, UUID organisation) {
    PlainSql.in(db, sql -> lock(sql, organisation));
  }

  /** The end of the chain, which is nobody else's to change until this transaction ends. */
  private static Optional<OwnHeads.Head> lock(PlainSql sql, UUID organisation) {
    return sql.oneLocked(HEAD, row -> new OwnHeads.Head(row.number(1), row.bytes(2)), organisation);
  }

  private static void begin(DSLContext db, UUID organisation) {
    byte[] start = RecordEncoding.start(organisation.toString());
    db.insertInto(AUDIT_CHAIN)
        .set(AUDIT_CHAIN.ORGANISATION_ID, organisation)
        .set(AUDIT_CHAIN.SEQUENCE, 0L)
        .set(AUDIT_CHAIN.HASH_BEFORE, start)
        .set(AUDIT_CHAIN.HASH, start)
        .onConflictDoNothing()
        .execute();
  }

  /**
   * The rows of the events, one for each run of them, with values in the order of {@link #STORED}.
   */
  private static List<List<@Nullable Object>> rows(List<PlacedEvent> events, List<String> details) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int count = 0;
    for (List<PlacedEvent> run : EventRun.divide(events)) {
      count += run.size();
      PlacedEvent last = run.getLast();
      List<@Nullable Object> row = new ArrayList<>(STORED.size());
      row.addAll(last.content().columns());
      row.set(DETAILS, details.get(count - 1));
      row.add(last.sequence());
      row.add(last.previousHash());
      row.add(last.hash());
      row.add(EventRun.earlier(run));
      rows.add(row);
    }
    return rows;
  }

  /** Stores the rows of events, and lets the chain end with the last of them. */
  private static void store(
      PlainSql sql,
      UUID organisation,
      List<List<@Nullable Object>> rows,
      OwnHeads.Head before,
      OwnHeads.Head after) {
    List<Object> end = List.of(after.sequence(), before.hash(), after.hash(), organisation);
    Stored stored = sql.takesColumns() ? storeAtOnce(sql, rows, end) : storeEach(sql, rows, end);
    if (stored.rows() != rows.size()) {
      throw new AuditUnavailableException("the database did not store every event");
    }
    if (!Arrays.equals(stored.hash(), after.hash())) {
      throw new AuditUnavailableException("the database stored another hash");
    }
  }

  /**
   * What the database says that it did.
   *
   * @param hash of the last event of the chain
   */
  @SuppressWarnings("ArrayRecordComponent") // compared here alone
  private record Stored(long rows, byte[] hash) {}

  private static Stored storeAtOnce(
      PlainSql sql, List<List<@Nullable Object>> rows, List<Object> end) {
    List<Object> parameters = new ArrayList<>(columns(rows));
    parameters.addAll(end);
    return sql.one(
            INSERT_AND_ADVANCE,
            row -> new Stored(row.number(2), row.bytes(1)),
            parameters.toArray())
        .orElse(new Stored(0, NOTHING));
  }

  private static Stored storeEach(
      PlainSql sql, List<List<@Nullable Object>> rows, List<Object> end) {
    int stored = sql.updateEach(INSERT, rows);
    return new Stored(stored, sql.one(ADVANCE, row -> row.bytes(1), end.toArray()).orElse(NOTHING));
  }

  private static List<PlainSql.Column> columns(List<List<@Nullable Object>> rows) {
    return IntStream.range(0, STORED.size())
        .mapToObj(
            column ->
                new PlainSql.Column(
                    TYPES.get(column), rows.stream().map(row -> row.get(column)).toList()))
        .toList();
  }

  static void insertCheckpoint(
      DSLContext db,
      UUID organisation,
      long sequence,
      byte[] hash,
      Checkpoints checkpoints,
      Instant now) {
    db.insertInto(AUDIT_CHECKPOINT)
        .set(AUDIT_CHECKPOINT.ORGANISATION_ID, organisation)
        .set(AUDIT_CHECKPOINT.SEQUENCE, sequence)
        .set(AUDIT_CHECKPOINT.HASH, hash)
        .set(AUDIT_CHECKPOINT.CREATED_AT, now)
        .set(
            AUDIT_CHECKPOINT.SIGNATURE,
            checkpoints.sign(db, organisation.toString(), sequence, hash, now))
        .onConflictDoNothing()
        .execute();
  }

  /**
   * Signs the newest record of these chains where it is still the one that this process appended,
   * and is not signed.
   */
  static void signHeads(
      DSLContext db, Map<UUID, OwnHeads.Head> own, Checkpoints checkpoints, Instant now) {
    List<AuditChainRecord> rows =
        db.selectFrom(AUDIT_CHAIN)
            .where(AUDIT_CHAIN.ORGANISATION_ID.in(own.keySet()))
            .and(
                notExists(
                    selectOne()
                        .from(AUDIT_CHECKPOINT)
                        .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(AUDIT_CHAIN.ORGANISATION_ID))
                        .and(AUDIT_CHECKPOINT.SEQUENCE.eq(AUDIT_CHAIN.SEQUENCE))))
            .fetch();
    for (AuditChainRecord row : rows) {
      UUID organisation = row.getOrganisationId();
      OwnHeads.Head head = own.get(organisation);
      if (head != null && head.isAt(row.getSequence(), row.getHash())) {
        insertCheckpoint(db, organisation, head.sequence(), head.hash(), checkpoints, now);
      } else if (head != null && row.getSequence() <= head.sequence()) {
        checkpoints.own().logChanged(organisation);
      }
    }
  }

  static boolean anyUnchained(DSLContext db) {
    return db.fetchExists(UNCHAINED_AUDIT_EVENT);
  }

  /**
   * Takes the oldest of the events from before there were chains. Another server that does so at
   * the same time waits, and gets none of these.
   */
  static List<AuditEventRecord> takeUnchained(DSLContext db, int limit) {
    return db
        .deleteFrom(UNCHAINED_AUDIT_EVENT)
        .where(
            UNCHAINED_AUDIT_EVENT.ID.in(
                db.select(UNCHAINED_AUDIT_EVENT.ID)
                    .from(UNCHAINED_AUDIT_EVENT)
                    .orderBy(UNCHAINED_AUDIT_EVENT.CREATED_AT, UNCHAINED_AUDIT_EVENT.ID)
                    .limit(limit)))
        .returning()
        .fetch()
        .stream()
        .sorted(
            Comparator.comparing(UnchainedAuditEventRecord::getCreatedAt)
                .thenComparing(event -> event.getId().toString()))
        .map(event -> event.into(AUDIT_EVENT))
        .toList();
  }
}
