package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.UNCHAINED_AUDIT_EVENT;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.store.Sha256;
import lockstep.server.store.tables.tables.records.AuditChainRecord;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.store.tables.tables.records.UnchainedAuditEventRecord;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertSetMoreStep;
import org.jooq.Record3;
import org.jspecify.annotations.Nullable;

/** Queries that make chains longer. */
final class ChainStore {

  /** So many are appended with one statement each for the chain and the events. */
  static final int BATCH = 50;

  private ChainStore() {}

  /**
   * Gives events of one organisation their places and stores them. From here on nobody else appends
   * to this chain until the transaction ends, so it should end soon.
   *
   * @param events at most {@link #BATCH}
   * @return the last of them
   * @throws AuditUnavailableException if the chain does not end where it can end, or the database
   *     did something else than it was told
   */
  static OwnHeads.Head append(
      DSLContext db,
      UUID organisation,
      List<AuditEventRecord> events,
      Checkpoints checkpoints,
      Instant now) {
    List<byte[]> digests = events.stream().map(RecordEncoding::digest).toList();
    Record3<Long, byte[], byte[]> head = advance(db, organisation, digests);
    if (head == null) {
      begin(db, organisation);
      head = advance(db, organisation, digests);
    }
    if (head == null) {
      throw new IllegalStateException("the chain that was begun is gone");
    }
    long sequence = head.value1() - events.size();
    byte[] hash = head.value2();
    checkpoints.own().requirePossible(organisation, sequence, hash);
    for (int i = 0; i < digests.size(); i++) {
      AuditEventRecord event = events.get(i);
      event.setSequence(++sequence);
      event.setPreviousHash(hash);
      hash = Sha256.of(hash, digests.get(i));
      event.setHash(hash);
      event.touched(true); // Every column is written, also of a record that was read elsewhere.
    }
    if (!Arrays.equals(hash, head.value3())) {
      throw new AuditUnavailableException("the database computed another hash");
    }
    insert(db, events);
    for (AuditEventRecord event : events) {
      if (event.getSequence() % Checkpoints.INTERVAL == 0) {
        insertCheckpoint(db, organisation, event.getSequence(), event.getHash(), checkpoints, now);
      }
    }
    return new OwnHeads.Head(sequence, hash);
  }

  /** The database computes the hash, so that one statement locks, reads and changes the row. */
  private static @Nullable Record3<Long, byte[], byte[]> advance(
      DSLContext db, UUID organisation, List<byte[]> digests) {
    Field<byte[]> hash = AUDIT_CHAIN.HASH;
    for (byte[] digest : digests) {
      hash = Sha256.of(db, hash, val(digest));
    }
    return db.update(AUDIT_CHAIN)
        .set(AUDIT_CHAIN.SEQUENCE, AUDIT_CHAIN.SEQUENCE.plus(digests.size()))
        .set(AUDIT_CHAIN.HASH_BEFORE, AUDIT_CHAIN.HASH)
        .set(AUDIT_CHAIN.HASH, hash)
        .where(AUDIT_CHAIN.ORGANISATION_ID.eq(organisation))
        .returningResult(AUDIT_CHAIN.SEQUENCE, AUDIT_CHAIN.HASH_BEFORE, AUDIT_CHAIN.HASH)
        .fetchOne();
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

  private static void insert(DSLContext db, List<AuditEventRecord> events) {
    InsertSetMoreStep<AuditEventRecord> insert = db.insertInto(AUDIT_EVENT).set(events.getFirst());
    for (AuditEventRecord event : events.subList(1, events.size())) {
      insert = insert.newRecord().set(event);
    }
    if (insert.execute() != events.size()) {
      throw new AuditUnavailableException("the database did not store every event");
    }
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
