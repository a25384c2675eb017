package lockstep.server.secrets;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.HistoryAccess;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/environments/:id/history/}: what environments held, and the way back. */
public final class EnvironmentHistoryRoutes {

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private final Access access;
  private final EnvironmentHistory history;
  private final EnvironmentRollback rollback;

  /** Serves this history. */
  public EnvironmentHistoryRoutes(
      Access access, EnvironmentHistory history, EnvironmentRollback rollback) {
    this.access = access;
    this.history = history;
    this.rollback = rollback;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/environments/:id/history/", lockstep.server.http.Access.ACCOUNT)
        .get(this::at);
    router
        .route("/v1/environments/:id/history/diff/", lockstep.server.http.Access.ACCOUNT)
        .get(this::compare);
    router
        .route("/v1/environments/:id/history/rollback/", lockstep.server.http.Access.ACCOUNT)
        .post(this::rollBack);
  }

  private Reply at(Call call, Caller caller) {
    HistoryAccess granted = access(call, caller);
    history.requirePermitted(granted);
    return Reply.ok(history.at(granted, time(call, "at"), call.query().flag("show")));
  }

  private Reply compare(Call call, Caller caller) {
    HistoryAccess granted = access(call, caller);
    history.requirePermitted(granted);
    Instant from = time(call, "from");
    return Reply.ok(history.compare(granted, from, time(call, "to"), call.query().flag("show")));
  }

  private Reply rollBack(Call call, Caller caller) {
    HistoryAccess granted = access(call, caller);
    rollback.requirePermitted(granted);
    Fields body = call.requiredBody();
    Instant time = time("at", body.text("at").orElseThrow(() -> body.missing("at")));
    return Reply.ok(Map.of("data", rollback.perform(granted, time)));
  }

  private HistoryAccess access(Call call, Caller caller) {
    return access.history(caller, call.pathParameter("id"));
  }

  private static Instant time(Call call, String name) {
    Optional<String> written = call.query().text(name);
    // A plus sign that was not escaped arrives as a space.
    return time(name, written.orElseThrow(() -> illegal(name)).replace(' ', '+'));
  }

  private static Instant time(String name, String written) {
    Instant time;
    try {
      time = OffsetDateTime.parse(written).toInstant().truncatedTo(ChronoUnit.MICROS);
    } catch (DateTimeException e) {
      throw illegal(name);
    }
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LAST)) {
      throw illegal(name);
    }
    return time;
  }

  private static ApiException illegal(String name) {
    return ApiException.badRequest("'" + name + "' must be a time such as 2026-02-03T04:05:06Z");
  }
}
