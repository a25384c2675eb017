package lockstep.server.sinks;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_DELIVERY;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.val;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import lockstep.server.audit.EventStore;
import lockstep.server.audit.StoredEvent;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;

/** Queries about what was delivered to a sink, and what was not. */
final class DeliveryStore {

  private static final int ROWS_AHEAD = 100;

  private DeliveryStore() {}

  /**
   * A chain with events that were not delivered.
   *
   * @param delivered the number of the newest event that was
   * @param newest the number of the newest event
   */
  record Behind(UUID organisation, long delivered, long newest) {}

  /** Chains that are behind, by organisation. */
  static List<Behind> behind(DSLContext db, String sink) {
    Field<Long> delivered = coalesce(AUDIT_DELIVERY.SEQUENCE, val(0L));
    return db.select(AUDIT_CHAIN.ORGANISATION_ID, delivered, AUDIT_CHAIN.SEQUENCE)
        .from(AUDIT_CHAIN)
        .leftJoin(AUDIT_DELIVERY)
        .on(AUDIT_DELIVERY.ORGANISATION_ID.eq(AUDIT_CHAIN.ORGANISATION_ID))
        .and(AUDIT_DELIVERY.SINK.eq(sink))
        .where(AUDIT_CHAIN.SEQUENCE.gt(delivered))
        .orderBy(AUDIT_CHAIN.ORGANISATION_ID)
        .fetch(row -> new Behind(row.value1(), row.value2(), row.value3()));
  }

  /** How far each chain was delivered. */
  static Map<UUID, Long> delivered(DSLContext db, String sink) {
    return db.select(AUDIT_DELIVERY.ORGANISATION_ID, AUDIT_DELIVERY.SEQUENCE)
        .from(AUDIT_DELIVERY)
        .where(AUDIT_DELIVERY.SINK.eq(sink))
        .fetchMap(AUDIT_DELIVERY.ORGANISATION_ID, AUDIT_DELIVERY.SEQUENCE);
  }

  /**
   * The events of a chain after a number, in its order.
   *
   * @param bytes no event is read once there are so many
   */
  static List<SinkEvent> events(
      DSLContext db, UUID organisation, long after, int limit, long bytes) {
    List<SinkEvent> events = new ArrayList<>();
    try (Cursor<Record> rows =
        EventStore.select(db)
            .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation))
            .and(AUDIT_EVENT.SEQUENCE.gt(after))
            .orderBy(AUDIT_EVENT.SEQUENCE)
            .limit(limit)
            .fetchSize(ROWS_AHEAD)
            .fetchLazy()) {
      long read = 0;
      for (Record row : rows) {
        for (StoredEvent stored : StoredEvent.of(row)) {
          if (events.size() == limit || read >= bytes) {
            return events;
          }
          if (stored.sequence() > after) {
            SinkEvent event = SinkEvent.of(stored);
            events.add(event);
            read += event.json().length;
          }
        }
      }
    }
    return events;
  }

  /** Remembers how far chains were delivered; a position never goes back. */
  static void advance(DSLContext db, String sink, Map<UUID, Long> positions) {
    new TreeMap<>(positions)
        .forEach(
            (organisation, sequence) ->
                db.insertInto(AUDIT_DELIVERY)
                    .set(AUDIT_DELIVERY.ORGANISATION_ID, organisation)
                    .set(AUDIT_DELIVERY.SINK, sink)
                    .set(AUDIT_DELIVERY.SEQUENCE, sequence)
                    .onConflict(AUDIT_DELIVERY.ORGANISATION_ID, AUDIT_DELIVERY.SINK)
                    .doUpdate()
                    .set(AUDIT_DELIVERY.SEQUENCE, sequence)
                    .where(AUDIT_DELIVERY.SEQUENCE.lt(sequence))
                    .execute());
  }

  /** The last event of each organisation in these. */
  static Map<UUID, SinkEvent> last(List<SinkEvent> events) {
    Map<UUID, SinkEvent> last = new HashMap<>();
    events.forEach(event -> last.put(event.organisation(), event));
    return last;
  }

  /** Whether this very event has its number. */
  static boolean has(DSLContext db, SinkEvent event) {
    return EventStore.at(db, event.organisation(), event.sequence())
        .filter(stored -> stored.hash().equals(event.hash()))
        .isPresent();
  }

  /** How far one chain was delivered. */
  static Optional<Long> delivered(DSLContext db, String sink, UUID organisation) {
    return db.select(AUDIT_DELIVERY.SEQUENCE)
        .from(AUDIT_DELIVERY)
        .where(AUDIT_DELIVERY.SINK.eq(sink))
        .and(AUDIT_DELIVERY.ORGANISATION_ID.eq(organisation))
        .fetchOptional(AUDIT_DELIVERY.SEQUENCE);
  }
}
