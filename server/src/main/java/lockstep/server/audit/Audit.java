package lockstep.server.audit;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.Origin;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.Uuids;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes audit events. A change and its event commit together; a read is answered after its event.
 *
 * <p>The events of an organisation form a chain: each has a number, without gaps, and the hash of
 * the one before it. They get their places as the last thing of the transaction, whenever they were
 * recorded in it.
 */
public final class Audit {

  /** Longer texts from clients are cut, so that nobody fills the log with one request. */
  private static final int MAXIMUM_CLIENT_TEXT = 512;

  /** Stands for the server itself where events name accounts; no account has this id. */
  private static final AccountId SERVER = new AccountId(new UUID(0, 0));

  private static final String SERVER_KIND = "server";
  private static final String SERVER_NAME = "Lockstep";
  private static final Origin NOWHERE = new Origin(Optional.empty(), "", "");

  private final Database database;
  private final Checkpoints checkpoints;
  private final Clock clock;
  private final Map<OrganisationId, EventGroups> groups = new ConcurrentHashMap<>();

  /**
   * Has as many threads as organisations have a group stored at this moment, which are no more than
   * requests. Of the platform, because a virtual one would begin behind all requests that can go
   * on.
   */
  private final Executor storing =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().name("audit-events-", 0).daemon().factory());

  /** Writes to this database. */
  public Audit(Database database, Checkpoints checkpoints, Clock clock) {
    this.database = database;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  /** Adds the event of a change to the transaction that makes the change. */
  public void record(DSLContext db, Caller caller, AuditEvent event) {
    append(db, content(caller, event));
  }

  /** As {@link #record}, of somebody who has no token yet: a member who accepts an invite. */
  public void recordWithoutToken(
      DSLContext db,
      OrganisationId organisation,
      AccountId member,
      String displayName,
      Origin origin,
      AuditEvent event) {
    append(
        db,
        content(
            organisation,
            AccountKind.MEMBER.storedName(),
            member,
            displayName,
            null,
            origin,
            event));
  }

  /** Makes the event of a refusal durable, filed under the account that the thing belongs to. */
  void recordRefusalDurably(RefusedStrangers.Thing thing, Origin origin, AuditEvent event) {
    EventContent content =
        content(
            thing.organisation(),
            thing.kind().storedName(),
            thing.account(),
            thing.name(),
            thing.token(),
            origin,
            event);
    groups(thing.organisation()).store(List.of(PlacelessEvent.of(content)));
  }

  /** As {@link #record}, of what the server did by itself. */
  public void recordByServer(DSLContext db, OrganisationId organisation, AuditEvent event) {
    append(db, content(organisation, SERVER_KIND, SERVER, SERVER_NAME, null, NOWHERE, event));
  }

  /** As {@link #recordByServer}; the event is signed at once, with all that came before it. */
  public void recordSignedByServer(DSLContext db, OrganisationId organisation, AuditEvent event) {
    recordByServer(db, organisation, event);
    PendingEvents.of(db, checkpoints, clock).sign(organisation.value());
  }

  private void append(DSLContext db, EventContent content) {
    PendingEvents.of(db, checkpoints, clock).add(PlacelessEvent.of(content));
  }

  private EventContent content(Caller caller, AuditEvent event) {
    return content(
        caller.organisation(),
        caller.kind().storedName(),
        caller.account(),
        caller.displayName(),
        caller.token().value(),
        caller.origin(),
        event);
  }

  private EventContent content(
      OrganisationId organisation,
      String kind,
      AccountId account,
      String displayName,
      @Nullable UUID token,
      Origin origin,
      AuditEvent event) {
    Instant now = clock.instant();
    return new EventContent(
        new EventContent.Shared(
            organisation.value(),
            event.action().storedName(),
            event.resourceType().storedName(),
            event.resource().orElse(null),
            event.environment().map(EnvironmentId::value).orElse(null),
            kind,
            account.value(),
            displayName,
            token,
            cut(origin.userAgent()),
            event.description(),
            event.details()),
        Uuids.v7(now),
        now,
        origin.clientAddressText(),
        origin.requestId());
  }

  /** Makes the events of a read durable before returning: all of them, or it throws. */
  public void recordDurably(Caller caller, List<AuditEvent> events) {
    groups(caller.organisation()).store(placeless(caller, events));
  }

  /**
   * Begins to make the events of a read durable, and does not wait.
   *
   * @return completes once all of them are, or with what kept them from it; on a thread that has
   *     more to do, so that what follows must not wait for anything
   */
  public CompletionStage<Void> beginRecording(Caller caller, List<AuditEvent> events) {
    return groups(caller.organisation()).begin(placeless(caller, events));
  }

  private List<PlacelessEvent> placeless(Caller caller, List<AuditEvent> events) {
    List<PlacelessEvent> all = new ArrayList<>(events.size());
    for (AuditEvent event : events) {
      all.add(PlacelessEvent.of(content(caller, event)));
    }
    return all;
  }

  private EventGroups groups(OrganisationId organisation) {
    return groups.computeIfAbsent(
        organisation, _ -> new EventGroups(this::storeGroup, storing, database.appendsAtOnce()));
  }

  private void storeGroup(Supplier<List<PlacelessEvent>> group) {
    database.append(
        db -> {
          List<PlacelessEvent> events = group.get();
          EventRun.gather(events).forEach(PendingEvents.of(db, checkpoints, clock)::add);
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
}
