package lockstep.server.auditlog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.Query;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.ids.Uuids;

/** {@code /v1/audit/}: what happened in the organisation. */
public final class AuditLogRoutes {

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAXIMUM_LIMIT = 1_000;
  private static final Pattern LIMIT = Pattern.compile("[0-9]{1,5}");
  private static final Pattern SEQUENCE = Pattern.compile("[0-9]{1,18}");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private final Access access;
  private final AuditLog log;

  /** Serves this log. */
  public AuditLogRoutes(Access access, AuditLog log) {
    this.access = access;
    this.log = log;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router.route("/v1/audit/events/", lockstep.server.http.Access.ACCOUNT).get(this::events);
    router.route("/v1/audit/chain/", lockstep.server.http.Access.ACCOUNT).get(this::chain);
  }

  private Reply events(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller);
    Query query = call.query();
    return Reply.ok(log.events(granted, filter(query), query.text("cursor"), limit(query)));
  }

  private Reply chain(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller);
    Query query = call.query();
    String cursor = query.text("cursor").orElse("0");
    if (!SEQUENCE.matcher(cursor).matches()) {
      throw ApiException.badRequest("Invalid cursor");
    }
    return Reply.ok(log.chain(granted, Long.parseLong(cursor), limit(query)));
  }

  private OrganisationAccess granted(Caller caller) {
    return access.organisation(caller, OrganisationResource.LOGS, Action.READ);
  }

  private static EventFilter filter(Query query) {
    return new EventFilter(
        id(query, "account_id"),
        query
            .text("action")
            .map(name -> oneOf("action", name, AuditAction.values(), AuditAction::storedName)),
        query
            .text("resource_type")
            .map(
                name ->
                    oneOf(
                        "resource_type",
                        name,
                        AuditedResource.values(),
                        AuditedResource::storedName)),
        id(query, "resource_id"),
        id(query, "environment_id"),
        time(query, "from"),
        time(query, "to"));
  }

  private static Optional<UUID> id(Query query, String name) {
    return query
        .text(name)
        .map(
            written ->
                Uuids.parse(written)
                    .orElseThrow(() -> ApiException.badRequest("'" + name + "' must be an id")));
  }

  private static <T> T oneOf(String name, String written, T[] values, Function<T, String> naming) {
    return Arrays.stream(values)
        .filter(value -> naming.apply(value).equals(written))
        .findFirst()
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "'"
                        + name
                        + "' must be one of "
                        + Arrays.stream(values).map(naming).collect(Collectors.joining(", "))));
  }

  private static Optional<Instant> time(Query query, String name) {
    // A plus sign that was not escaped arrives as a space.
    return query.text(name).map(written -> time(name, written.replace(' ', '+')));
  }

  private static Instant time(String name, String written) {
    try {
      Instant time = OffsetDateTime.parse(written).toInstant().truncatedTo(ChronoUnit.MICROS);
      if (!time.isBefore(Instant.EPOCH) && !time.isAfter(LAST)) {
        return time;
      }
    } catch (DateTimeException e) {
      // Refused below.
    }
    throw ApiException.badRequest("'" + name + "' must be a time such as 2026-02-03T04:05:06Z");
  }

  private static int limit(Query query) {
    Optional<String> written = query.text("limit");
    if (written.isEmpty()) {
      return DEFAULT_LIMIT;
    }
    int limit = LIMIT.matcher(written.get()).matches() ? Integer.parseInt(written.get()) : 0;
    if (limit < 1 || limit > MAXIMUM_LIMIT) {
      throw ApiException.badRequest("'limit' must be from 1 to " + MAXIMUM_LIMIT);
    }
    return limit;
  }
}
