package lockstep.server.auditlog;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.audit.DetailsStore;
import lockstep.server.audit.EventStore;
import lockstep.server.audit.StoredEvent;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Row2;
import org.jooq.SortField;
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
 */
final class AuditLogStore {

  /** A page ends when its details have so many characters, so that no answer is too large. */
  private static final int MAXIMUM_DETAILS = 4 << 20;

  private static final int ROWS_AHEAD = 100;

  private static final Row2<Instant, Long> PLACE =
      DSL.row(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.SEQUENCE);

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

  /** What an index is asked for, and what is left to test. */
  private record Plan(Condition along, List<Condition> rest) {}

  /**
   * The newest events that the filter lets through.
   *
   * @param before only what comes after this place in a list with the newest first
   * @param examined at most so many events are looked at
   */
  static Found newest(
      DSLContext db,
      OrganisationAccess access,
      EventFilter filter,
      Optional<EventPosition> before,
      int limit,
      int examined) {
    Plan plan = plan(access, filter, before);
    Optional<EventPosition> end =
        plan.rest().isEmpty() ? Optional.empty() : end(db, plan.along(), examined);
    Condition condition = plan.along().and(DSL.and(plan.rest()));
    if (end.isPresent()) {
      condition = condition.and(PLACE.ge(end.get().time(), end.get().sequence()));
    }
    Found found =
        page(db, condition, limit, AUDIT_EVENT.CREATED_AT.desc(), AUDIT_EVENT.SEQUENCE.desc());
    return new Found(found.events(), found.end().or(() -> end));
  }

  /** Events in the order of the chain, which is the one in which they were committed. */
  static Found inOrder(DSLContext db, OrganisationAccess access, long after, int limit) {
    return page(
        db, of(access).and(AUDIT_EVENT.SEQUENCE.gt(after)), limit, AUDIT_EVENT.SEQUENCE.asc());
  }

  private static Found page(DSLContext db, Condition condition, int limit, SortField<?>... order) {
    try (Cursor<Record> rows =
        EventStore.select(db)
            .where(condition)
            .orderBy(order)
            .limit(limit + 1)
            .fetchSize(ROWS_AHEAD)
            .fetchLazy()) {
      List<StoredEvent> events = new ArrayList<>();
      long details = 0;
      for (Record row : rows) {
        if (events.size() == limit || details >= MAXIMUM_DETAILS) {
          StoredEvent last = events.getLast();
          return new Found(
              events, Optional.of(new EventPosition(last.createdAt(), last.sequence())));
        }
        details += row.get(DetailsStore.COMPLETE).length();
        events.add(StoredEvent.of(row));
      }
      return new Found(events, Optional.empty());
    }
  }

  /** Chooses the index whose filter fewest events pass. */
  private static Plan plan(
      OrganisationAccess access, EventFilter filter, Optional<EventPosition> before) {
    List<Filtering<?>> filters = filters(filter);
    Condition along = of(access);
    if (!filters.isEmpty() && filters.getFirst().isIndexed()) {
      along = along.and(filters.removeFirst().indexed());
    }
    if (filter.from().isPresent()) {
      along = along.and(AUDIT_EVENT.CREATED_AT.ge(filter.from().get()));
    }
    if (filter.to().isPresent()) {
      along = along.and(AUDIT_EVENT.CREATED_AT.lt(filter.to().get()));
    }
    if (before.isPresent()) {
      along = along.and(PLACE.lt(before.get().time(), before.get().sequence()));
    }
    return new Plan(along, filters.stream().map(Filtering::tested).toList());
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

  /** The last event that is looked at, if there are more than that. */
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
