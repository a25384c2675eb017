package lockstep.server.auditlog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.StoredEvent;
import lockstep.server.auditlog.AuditLogStore.Found;
import lockstep.server.http.ApiException;
import lockstep.server.store.Database;

/** The audit events of an organisation. Who reads them is on record first. */
public final class AuditLog {

  /** So many rows of events are looked at for a page, which bounds how long one takes. */
  private static final int EXAMINED = 10_000;

  private final Database database;
  private final Audit audit;
  private final int examined;

  /** Reads what is recorded in this database. */
  public AuditLog(Database database, Audit audit) {
    this(database, audit, EXAMINED);
  }

  AuditLog(Database database, Audit audit, int examined) {
    this.database = database;
    this.audit = audit;
    this.examined = examined;
  }

  /**
   * Some events that the filter lets through, newest first. A page with a next one can have fewer
   * than the limit, even none, when the events are few or large.
   *
   * @param cursor where an earlier page ended
   */
  EventPage events(
      OrganisationAccess access, EventFilter filter, Optional<String> cursor, int limit) {
    Optional<EventPosition> before = cursor.map(AuditLog::position);
    Found found =
        database.read(db -> AuditLogStore.newest(db, access, filter, before, limit, examined));
    record(access, "Read audit events", filter.details(), found.events());
    return new EventPage(found.events(), found.end().map(EventPosition::cursor).orElse(null));
  }

  /**
   * Some events in the order of the chain, the oldest first: all of them, none twice, whoever
   * records meanwhile.
   *
   * @param after the number of the last event that is not wanted
   */
  EventPage chain(OrganisationAccess access, long after, int limit) {
    Found found = database.read(db -> AuditLogStore.inOrder(db, access, after, limit));
    record(access, "Read the chain of audit events", Map.of(), found.events());
    return new EventPage(
        found.events(), found.end().map(end -> Long.toString(end.sequence())).orElse(null));
  }

  private static EventPosition position(String cursor) {
    return EventPosition.parse(cursor).orElseThrow(() -> ApiException.badRequest("Invalid cursor"));
  }

  private void record(
      OrganisationAccess access,
      String description,
      Map<String, Object> asked,
      List<StoredEvent> given) {
    Map<String, Object> details = new LinkedHashMap<>(asked);
    details.put("count", given.size());
    if (!given.isEmpty()) {
      details.put("first", given.getFirst().sequence());
      details.put("last", given.getLast().sequence());
    }
    audit.recordDurably(
        access.caller(),
        List.of(
            new AuditEvent(
                AuditAction.READ,
                AuditedResource.AUDIT_LOG,
                Optional.empty(),
                Optional.empty(),
                description,
                details)));
  }
}
