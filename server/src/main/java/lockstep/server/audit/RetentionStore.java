package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.AUDIT_RETENTION;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.audit.VerificationStore.StoredRetention;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Queries that make chains shorter. */
final class RetentionStore {

  private RetentionStore() {}

  /** Organisations with events from before this time. */
  static List<UUID> withEventsBefore(DSLContext db, Instant time) {
    return db.select(AUDIT_CHAIN.ORGANISATION_ID)
        .from(AUDIT_CHAIN)
        .where(
            DSL.exists(
                DSL.selectOne()
                    .from(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(AUDIT_CHAIN.ORGANISATION_ID))
                    .and(AUDIT_EVENT.CREATED_AT.lt(DSL.val(time, AUDIT_EVENT.CREATED_AT)))))
        .orderBy(AUDIT_CHAIN.ORGANISATION_ID)
        .fetch(AUDIT_CHAIN.ORGANISATION_ID);
  }

  /** Where the chains begin whose oldest records were removed. */
  static Map<UUID, StoredRetention> all(DSLContext db) {
    return db.selectFrom(AUDIT_RETENTION)
        .fetchMap(AUDIT_RETENTION.ORGANISATION_ID, VerificationStore::retention);
  }

  /** Puts another signature under the same record. */
  static void sign(DSLContext db, UUID organisation, byte[] signature) {
    db.update(AUDIT_RETENTION)
        .set(AUDIT_RETENTION.SIGNATURE, signature)
        .where(AUDIT_RETENTION.ORGANISATION_ID.eq(organisation))
        .execute();
  }

  /**
   * The number of the first checkpoint of a chain at or after a number; else of the last before.
   */
  static Optional<Long> checkpointNear(DSLContext db, UUID organisation, long sequence) {
    return db.select(AUDIT_CHECKPOINT.SEQUENCE)
        .from(AUDIT_CHECKPOINT)
        .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(organisation))
        .and(AUDIT_CHECKPOINT.SEQUENCE.ge(sequence))
        .orderBy(AUDIT_CHECKPOINT.SEQUENCE)
        .limit(1)
        .fetchOptional(AUDIT_CHECKPOINT.SEQUENCE)
        .or(
            () ->
                db.select(AUDIT_CHECKPOINT.SEQUENCE)
                    .from(AUDIT_CHECKPOINT)
                    .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(organisation))
                    .orderBy(AUDIT_CHECKPOINT.SEQUENCE.desc())
                    .limit(1)
                    .fetchOptional(AUDIT_CHECKPOINT.SEQUENCE));
  }

  /** Removes the events before the first one that is kept, and says so. */
  static void remove(DSLContext db, UUID organisation, StoredRetention record) {
    db.deleteFrom(AUDIT_EVENT)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation))
        .and(AUDIT_EVENT.SEQUENCE.lt(record.firstKept()))
        .execute();
    DetailsStore.removeUnused(db, organisation);
    db.deleteFrom(AUDIT_CHECKPOINT)
        .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(organisation))
        .and(AUDIT_CHECKPOINT.SEQUENCE.lt(record.firstKept()))
        .execute();
    db.insertInto(AUDIT_RETENTION)
        .set(AUDIT_RETENTION.ORGANISATION_ID, organisation)
        .set(AUDIT_RETENTION.FIRST_KEPT, record.firstKept())
        .set(AUDIT_RETENTION.HASH_BEFORE, record.hashBefore())
        .set(AUDIT_RETENTION.REMOVED, record.removed())
        .set(AUDIT_RETENTION.CREATED_AT, record.at())
        .set(AUDIT_RETENTION.SIGNATURE, record.signature())
        .onConflict(AUDIT_RETENTION.ORGANISATION_ID)
        .doUpdate()
        .set(AUDIT_RETENTION.FIRST_KEPT, record.firstKept())
        .set(AUDIT_RETENTION.HASH_BEFORE, record.hashBefore())
        .set(AUDIT_RETENTION.REMOVED, record.removed())
        .set(AUDIT_RETENTION.CREATED_AT, record.at())
        .set(AUDIT_RETENTION.SIGNATURE, record.signature())
        .execute();
  }
}
