package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;

/** The query for events as they are shown outside the database. */
public final class EventStore {

  private EventStore() {}

  /** Rows for {@link StoredEvent#of}; which ones, and in what order, is for the caller to add. */
  public static SelectOnConditionStep<Record> select(DSLContext db) {
    return db.select(AUDIT_EVENT.fields())
        .select(DetailsStore.COMPLETE)
        .select(AUDIT_CHECKPOINT.CREATED_AT, AUDIT_CHECKPOINT.SIGNATURE)
        .from(AUDIT_EVENT)
        .leftJoin(AUDIT_CHECKPOINT)
        .on(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(AUDIT_EVENT.ORGANISATION_ID))
        .and(AUDIT_CHECKPOINT.SEQUENCE.eq(AUDIT_EVENT.SEQUENCE));
  }
}
