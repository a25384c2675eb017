package lockstep.server.environments;

import java.util.List;
import java.util.Map;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/environments/}. */
public final class EnvironmentsRoutes {

  private final Access access;
  private final Environments environments;

  /** Serves these environments. */
  public EnvironmentsRoutes(Access access, Environments environments) {
    this.access = access;
    this.environments = environments;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/environments/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/environments/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
  }

  private Reply list(Call call, Caller caller) {
    AppAccess granted = access.environmentsOfApp(caller, call.query().text("app_id"), Action.READ);
    List<Environment> found = environments.list(granted);
    return Reply.ok(Map.of("data", found));
  }

  private Reply create(Call call, Caller caller) {
    AppAccess granted =
        access.environmentsOfApp(caller, call.query().text("app_id"), Action.CREATE);
    return Reply.created(environments.create(granted, EnvironmentName.read(call.body())));
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(environments.get(access(call, caller, Action.READ)));
  }

  private Reply update(Call call, Caller caller) {
    EnvironmentAccess granted = access(call, caller, Action.UPDATE);
    return Reply.ok(environments.rename(granted, EnvironmentName.read(call.body())));
  }

  private Reply delete(Call call, Caller caller) {
    environments.delete(access(call, caller, Action.DELETE));
    return Reply.noContent();
  }

  private EnvironmentAccess access(Call call, Caller caller, Action action) {
    return access.environment(
        caller, call.pathParameter("id"), call.query().text("app_id"), action);
  }
}
