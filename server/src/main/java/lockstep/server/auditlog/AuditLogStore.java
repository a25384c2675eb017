package lockstep.server.auditlog;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.audit.DetailsStore;
import lockstep.server.audit.EventStore;
import lockstep.server.audit.StoredEvent;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Row2;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Queries for audit events.
 *
 * <p>Each filter has an index that is ordered by time (see the migration), and a query goes along
 * one of them; the other filters are tested on what it finds there. So that a rare combination
 * among millions of events does not make a query long, one goes along so many entries at most, and
 * tells how far it came.
 *
 * <p>Events can share a row, which is found as the last of them ({@link EventStore}), so that rows
 * in the order of time hold events that are not: a list by time merges them.
 */
final class AuditLogStore {

  /** A page ends when its details have so many characters, so that no answer is too large. */
  private static final int MAXIMUM_DETAILS = 4 << 20;

  private static final int ROWS_AHEAD = 100;

  private static final Row2<Instant, Long> PLACE =
      DSL.row(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.SEQUENCE);

  private static final Comparator<Candidate> NEWEST_FIRST =
      Comparator.comparing(Candidate::place).reversed();

  private AuditLogStore() {}

  /**
   * What a query found.
   *
   * @param end where the next one goes on, unless there is nothing more
   */
  record Found(List<StoredEvent> events, Optional<EventPosition> end) {}

  /**
   * One filter.
   *
   * @param leftOut what most events have, so that the index of this column leaves it out
   */
  private record Filtering<T>(TableField<?, T> column, T wanted, @Nullable T leftOut) {

    private Filtering(TableField<?, T> column, T wanted) {
      this(column, wanted, null);
    }

    boolean isIndexed() {
      return !wanted.equals(leftOut);
    }

    /** Databases see by the second condition, written out, that they may use the index. */
    Condition indexed() {
      Condition is = column.eq(wanted);
      return leftOut == null ? is : is.and(column.ne(DSL.inline(leftOut)));
    }

    /** The same, of which no index knows, so that none is used but the one that was chosen. */
    Condition tested() {
      return DSL.coalesce(column, column).eq(wanted);
    }
  }

  /** What an index is asked for besides the time, and what is left to test. */
  private record Plan(Condition along, Condition rest, boolean isExact) {}

  /** Places that a list is limited to: from one of them on, and before another. */
  private record Range(Optional<EventPosition> from, Optional<EventPosition> before) {

    boolean contains(StoredEvent event) {
      EventPosition place = EventPosition.of(event);
      return from.map(first -> place.compareTo(first) >= 0).orElse(true)
          && before.map(end -> place.compareTo(end) < 0).orElse(true);
    }

    /** Of rows whose last event is in here; those before it need not be. */
    Condition ending() {
      return DSL.and(
          from.map(first -> PLACE.ge(first.time(), first.sequence())).orElseGet(DSL::noCondition),
          before.map(end -> PLACE.lt(end.time(), end.sequence())).orElseGet(DSL::noCondition));
    }

    /** Of rows whose last event is after this, while others may be in here. */
    Condition beginning() {
      return before
          .map(
              end ->
                  PLACE
                      .ge(end.time(), end.sequence())
                      .and(AUDIT_EVENT.CREATED_AT.le(end.time().plus(EventStore.ROW_SPAN)))
                      .and(AUDIT_EVENT.EARLIER.isNotNull()))
          .orElseGet(DSL::falseCondition);
    }
  }

  /** Events for a page, with the length of what takes most room in them. */
  private record Candidate(StoredEvent event, int detailsLength) {

    static List<Candidate> of(Record row) {
      int length = row.get(DetailsStore.COMPLETE).length();
      return StoredEvent.of(row).stream().map(event -> new Candidate(event, length)).toList();
    }

    EventPosition place() {
      return EventPosition.of(event);
    }
  }

  /** A page on the way to being full. */
  private static final class Page {

    private final int limit;
    private final List<StoredEvent> events = new ArrayList<>();
    private long details;
    private boolean isFollowed;

    Page(int limit) {
      this.limit = limit;
    }

    /** False if the page is full, and this one is for the next. */
    boolean add(Candidate next) {
      if (events.size() == limit || details >= MAXIMUM_DETAILS) {
        isFollowed = true;
        return false;
      }
      details += next.detailsLength();
      events.add(next.event());
      return true;
    }

    Found found() {
      return new Found(
          events, isFollowed ? Optional.of(EventPosition.of(events.getLast())) : Optional.empty());
    }
  }

  /**
   * The newest events that the filter lets through.
   *
   * @param before only what comes after this place in a list with the newest first
   * @param examined at most so many rows are looked at
   */
  static Found newest(
      DSLContext db,
      OrganisationAccess access,
      EventFilter filter,
      Optional<EventPosition> before,
      int limit,
      int examined) {
    Plan plan = plan(access, filter);
    Range asked =
        new Range(
            filter.from().map(EventPosition::at),
            Stream.concat(before.stream(), filter.to().map(EventPosition::at).stream())
                .min(Comparator.naturalOrder()));
    Optional<EventPosition> end =
        plan.isExact() ? Optional.empty() : end(db, plan.along().and(asked.ending()), examined);
    Range range = end.isPresent() ? new Range(end, asked.before()) : asked;
    Found found = newest(db, plan, range, limit);
    return new Found(found.events(), found.end().or(() -> end));
  }

  private static Found newest(DSLContext db, Plan plan, Range range, int limit) {
    Condition filter = plan.along().and(plan.rest());
    PriorityQueue<Candidate> waiting = new PriorityQueue<>(NEWEST_FIRST);
    waiting.addAll(ofRowsThatEndLater(db, filter, range, limit));
    Page page = new Page(limit);
    try (Cursor<Record> rows =
        EventStore.select(db)
            .where(filter)
            .and(range.ending())
            .orderBy(AUDIT_EVENT.CREATED_AT.desc(), AUDIT_EVENT.SEQUENCE.desc())
            .limit(limit + 1) // As each has one event in the range at least.
            .fetchSize(ROWS_AHEAD)
            .fetchLazy()) {
      for (Record row : rows) {
        List<Candidate> run = Candidate.of(row);
        if (!takeUntil(waiting, run.getLast().place(), page)) {
          return page.found();
        }
        run.stream().filter(one -> range.contains(one.event())).forEach(waiting::add);
      }
    }
    while (!waiting.isEmpty() && page.add(waiting.remove())) {}
    return page.found();
  }

  /** As many as can be on a page, and the next one. */
  private static Collection<Candidate> ofRowsThatEndLater(
      DSLContext db, Condition filter, Range range, int limit) {
    if (range.before().isEmpty()) {
      return List.of();
    }
    PriorityQueue<Candidate> newest = new PriorityQueue<>(NEWEST_FIRST.reversed());
    try (Cursor<Record> rows =
        EventStore.select(db)
            .where(filter)
            .and(range.beginning())
            .fetchSize(ROWS_AHEAD)
            .fetchLazy()) {
      for (Record row : rows) {
        for (Candidate one : Candidate.of(row)) {
          if (range.contains(one.event())) {
            newest.add(one);
          }
          if (newest.size() > limit + 1) {
            newest.remove();
          }
        }
      }
    }
    return newest;
  }

  /**
   * Puts on the page what is newer than the last event of the next row, and so than all others to
   * come; false if the page is full.
   */
  private static boolean takeUntil(
      PriorityQueue<Candidate> waiting, EventPosition next, Page page) {
    while (!waiting.isEmpty() && waiting.element().place().compareTo(next) > 0) {
      if (!page.add(waiting.remove())) {
        return false;
      }
    }
    return true;
  }

  /** Events in the order of the chain, which is the one in which they were committed. */
  static Found inOrder(DSLContext db, OrganisationAccess access, long after, int limit) {
    Page page = new Page(limit);
    try (Cursor<Record> rows =
        EventStore.select(db)
            .where(of(access))
            .and(AUDIT_EVENT.SEQUENCE.gt(after))
            .orderBy(AUDIT_EVENT.SEQUENCE)
            .limit(limit + 1)
            .fetchSize(ROWS_AHEAD)
            .fetchLazy()) {
      for (Record row : rows) {
        for (Candidate next : Candidate.of(row)) {
          if (next.event().sequence() > after && !page.add(next)) {
            return page.found();
          }
        }
      }
    }
    return page.found();
  }

  /** Chooses the index whose filter fewest events pass. */
  private static Plan plan(OrganisationAccess access, EventFilter filter) {
    List<Filtering<?>> filters = filters(filter);
    Condition along = of(access);
    if (!filters.isEmpty() && filters.getFirst().isIndexed()) {
      along = along.and(filters.removeFirst().indexed());
    }
    return new Plan(
        along, DSL.and(filters.stream().map(Filtering::tested).toList()), filters.isEmpty());
  }

  private static Condition of(OrganisationAccess access) {
    return AUDIT_EVENT.ORGANISATION_ID.eq(access.organisation().value());
  }

  /** The filters that are given, those that fewest events pass first. */
  private static List<Filtering<?>> filters(EventFilter filter) {
    List<Filtering<?>> all = new ArrayList<>();
    filter.resource().map(id -> new Filtering<>(AUDIT_EVENT.RESOURCE_ID, id)).ifPresent(all::add);
    filter
        .action()
        .map(action -> new Filtering<>(AUDIT_EVENT.ACTION, action.storedName(), "read"))
        .ifPresent(all::add);
    filter
        .resourceType()
        .map(type -> new Filtering<>(AUDIT_EVENT.RESOURCE_TYPE, type.storedName(), "secret"))
        .ifPresent(all::add);
    filter.account().map(id -> new Filtering<>(AUDIT_EVENT.ACCOUNT_ID, id)).ifPresent(all::add);
    filter
        .environment()
        .map(id -> new Filtering<>(AUDIT_EVENT.ENVIRONMENT_ID, id))
        .ifPresent(all::add);
    all.sort(Comparator.comparing(one -> !one.isIndexed()));
    return all;
  }

  /** The last row that is looked at, if there are more than that. */
  private static Optional<EventPosition> end(DSLContext db, Condition along, int examined) {
    List<EventPosition> two =
        db.select(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.SEQUENCE)
            .from(AUDIT_EVENT)
            .where(along)
            .orderBy(AUDIT_EVENT.CREATED_AT.desc(), AUDIT_EVENT.SEQUENCE.desc())
            .limit(2)
            .offset(examined - 1)
            .fetch(row -> new EventPosition(row.value1(), row.value2()));
    return two.size() < 2 ? Optional.empty() : Optional.of(two.getFirst());
  }
}
