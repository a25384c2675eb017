package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;

/** The query for events as they are shown outside the database. */
public final class EventStore {

  /** No event of a row is earlier than the last one by more than this. */
  public static final Duration ROW_SPAN = EventRun.SPAN;

  private EventStore() {}

  /**
   * Rows for {@link StoredEvent#of}; which ones, and in what order, is for the caller to add.
   * Several events can share a row, which is found as the last of them: by its time, number and
   * checkpoint.
   */
  public static SelectOnConditionStep<Record> select(DSLContext db) {
    return db.select(AUDIT_EVENT.fields())
        .select(DetailsStore.COMPLETE)
        .select(AUDIT_CHECKPOINT.CREATED_AT, AUDIT_CHECKPOINT.SIGNATURE)
        .from(AUDIT_EVENT)
        .leftJoin(AUDIT_CHECKPOINT)
        .on(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(AUDIT_EVENT.ORGANISATION_ID))
        .and(AUDIT_CHECKPOINT.SEQUENCE.eq(AUDIT_EVENT.SEQUENCE));
  }

  /** The event that has this number. */
  public static Optional<StoredEvent> at(DSLContext db, UUID organisation, long sequence) {
    return select(db)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation))
        .and(AUDIT_EVENT.SEQUENCE.ge(sequence))
        .orderBy(AUDIT_EVENT.SEQUENCE)
        .limit(1)
        .fetchOptional(StoredEvent::of)
        .flatMap(
            events -> events.stream().filter(event -> event.sequence() == sequence).findFirst());
  }
}
