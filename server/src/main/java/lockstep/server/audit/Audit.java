package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.Origin;
import lockstep.server.http.Json;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.Uuids;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes audit events. A change and its event commit together; a read is answered after its event.
 */
public final class Audit {

  /** Longer texts from clients are cut, so that nobody fills the log with one request. */
  private static final int MAXIMUM_CLIENT_TEXT = 512;

  private final Database database;
  private final Clock clock;

  /** Writes to this database. */
  public Audit(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Adds the event of a change to the transaction that makes the change. */
  public void record(DSLContext db, Caller caller, AuditEvent event) {
    insert(
        db,
        caller.organisation(),
        caller.kind(),
        caller.account(),
        caller.displayName(),
        caller.token().value(),
        caller.origin(),
        event);
  }

  /** As {@link #record}, of somebody who has no token yet: a member who accepts an invite. */
  public void recordWithoutToken(
      DSLContext db,
      OrganisationId organisation,
      AccountId member,
      String displayName,
      Origin origin,
      AuditEvent event) {
    insert(db, organisation, AccountKind.MEMBER, member, displayName, null, origin, event);
  }

  private void insert(
      DSLContext db,
      OrganisationId organisation,
      AccountKind kind,
      AccountId account,
      String displayName,
      @Nullable UUID token,
      Origin origin,
      AuditEvent event) {
    Instant now = clock.instant();
    db.insertInto(AUDIT_EVENT)
        .set(AUDIT_EVENT.ID, Uuids.v7(now))
        .set(AUDIT_EVENT.ORGANISATION_ID, organisation.value())
        .set(AUDIT_EVENT.CREATED_AT, now)
        .set(AUDIT_EVENT.ACTION, event.action().storedName())
        .set(AUDIT_EVENT.RESOURCE_TYPE, event.resourceType().storedName())
        .set(AUDIT_EVENT.RESOURCE_ID, event.resource().orElse(null))
        .set(AUDIT_EVENT.ENVIRONMENT_ID, event.environment().map(EnvironmentId::value).orElse(null))
        .set(AUDIT_EVENT.ACCOUNT_KIND, kind.storedName())
        .set(AUDIT_EVENT.ACCOUNT_ID, account.value())
        .set(AUDIT_EVENT.ACCOUNT_NAME, displayName)
        .set(AUDIT_EVENT.TOKEN_ID, token)
        .set(AUDIT_EVENT.CLIENT_ADDRESS, origin.clientAddressText())
        .set(AUDIT_EVENT.USER_AGENT, cut(origin.userAgent()))
        .set(AUDIT_EVENT.REQUEST_ID, origin.requestId())
        .set(AUDIT_EVENT.DESCRIPTION, event.description())
        .set(AUDIT_EVENT.DETAILS, json(event.details()))
        .execute();
  }

  /** Makes the events of a read durable before returning: all of them, or it throws. */
  public void recordDurably(Caller caller, List<AuditEvent> events) {
    database.write(
        db -> {
          events.forEach(event -> record(db, caller, event));
          return events;
        });
  }

  /** A client's text in the form in which it may be stored. */
  public static String cut(String text) {
    String withoutNull = text.replace("\0", "");
    return withoutNull.length() <= MAXIMUM_CLIENT_TEXT
        ? withoutNull
        : withoutNull.substring(0, MAXIMUM_CLIENT_TEXT);
  }

  private static String json(Object details) {
    return new String(Json.write(details), StandardCharsets.UTF_8);
  }
}
