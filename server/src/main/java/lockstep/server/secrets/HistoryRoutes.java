package lockstep.server.secrets;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.HistoryAccess;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Query;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/secrets/:id/}: the history of one secret. */
public final class HistoryRoutes {

  private static final int DEFAULT_LIMIT = 20;
  private static final int MAXIMUM_LIMIT = 100;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

  private final Access access;
  private final SecretHistory history;

  /** Serves this history. */
  public HistoryRoutes(Access access, SecretHistory history) {
    this.access = access;
    this.history = history;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/secrets/:id/versions/", lockstep.server.http.Access.ACCOUNT)
        .get(this::versions);
    router
        .route("/v1/secrets/:id/restore/", lockstep.server.http.Access.ACCOUNT)
        .post(this::restore);
  }

  private Reply versions(Call call, Caller caller) {
    HistoryAccess granted = access(call, caller);
    Optional<String> cursor = call.query().text("cursor");
    return Reply.ok(
        history.versions(granted, call.pathParameter("id"), cursor, limit(call.query())));
  }

  private Reply restore(Call call, Caller caller) {
    HistoryAccess granted = access(call, caller);
    UUID secret = history.find(granted, call.pathParameter("id"));
    Fields body = call.requiredBody();
    long version = body.integer("version").orElseThrow(() -> body.missing("version"));
    return Reply.ok(Map.of("data", history.restore(granted, secret, version)));
  }

  private HistoryAccess access(Call call, Caller caller) {
    return access.history(caller, call.query().text("app_id"), call.query().text("env"));
  }

  private static int limit(Query query) {
    Optional<String> written = query.text("limit");
    if (written.isEmpty()) {
      return DEFAULT_LIMIT;
    }
    int limit = NUMBER.matcher(written.get()).matches() ? Integer.parseInt(written.get()) : 0;
    if (limit < 1 || limit > MAXIMUM_LIMIT) {
      throw ApiException.badRequest("limit must be from 1 to " + MAXIMUM_LIMIT);
    }
    return limit;
  }
}
