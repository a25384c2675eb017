package lockstep.server.environments;

import java.util.Map;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/end-to-end/environments/}: those of apps that the server cannot open. */
public final class EndToEndEnvironmentsRoutes {

  private final Access access;
  private final Environments environments;
  private final EndToEndEnvironments endToEnd;

  /** Serves these environments. */
  public EndToEndEnvironmentsRoutes(
      Access access, Environments environments, EndToEndEnvironments endToEnd) {
    this.access = access;
    this.environments = environments;
    this.endToEnd = endToEnd;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/end-to-end/environments/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/end-to-end/environments/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
  }

  private Reply list(Call call, Caller caller) {
    return Reply.ok(Map.of("data", environments.list(app(call, caller, Action.READ))));
  }

  private Reply create(Call call, Caller caller) {
    AppAccess granted = app(call, caller, Action.CREATE);
    return Reply.created(endToEnd.create(granted, ClientEnvironment.read(call.body())));
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(environments.get(environment(call, caller, Action.READ)));
  }

  private Reply update(Call call, Caller caller) {
    EnvironmentAccess granted = environment(call, caller, Action.UPDATE);
    return Reply.ok(environments.rename(granted, EnvironmentName.read(call.body())));
  }

  private Reply delete(Call call, Caller caller) {
    environments.delete(environment(call, caller, Action.DELETE));
    return Reply.noContent();
  }

  private AppAccess app(Call call, Caller caller, Action action) {
    Optional<String> id = call.query().text("app_id");
    return access.environmentsOfEndToEndApp(caller, id, action);
  }

  private EnvironmentAccess environment(Call call, Caller caller, Action action) {
    return access.endToEndEnvironment(caller, call.pathParameter("id"), action);
  }
}
