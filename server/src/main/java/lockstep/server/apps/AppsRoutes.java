package lockstep.server.apps;

import java.util.Map;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/apps/}. */
public final class AppsRoutes {

  private final Access access;
  private final Apps apps;

  /** Serves these apps. */
  public AppsRoutes(Access access, Apps apps) {
    this.access = access;
    this.apps = apps;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/apps/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/apps/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
  }

  private Reply list(Call call, Caller caller) {
    OrganisationAccess granted =
        access.organisation(caller, OrganisationResource.APPS, Action.READ);
    return Reply.ok(Map.of("data", apps.list(granted)));
  }

  private Reply create(Call call, Caller caller) {
    OrganisationAccess granted =
        access.organisation(caller, OrganisationResource.APPS, Action.CREATE);
    return Reply.created(apps.create(granted, AppBodies.newApp(call.body())));
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(apps.get(sseApp(call, caller, Action.READ)));
  }

  private Reply update(Call call, Caller caller) {
    AppAccess granted = sseApp(call, caller, Action.UPDATE);
    return Reply.ok(apps.update(granted, AppBodies.change(call.body())));
  }

  private Reply delete(Call call, Caller caller) {
    apps.delete(sseApp(call, caller, Action.DELETE));
    return Reply.noContent();
  }

  private AppAccess sseApp(Call call, Caller caller, Action action) {
    AppAccess granted = access.app(caller, call.pathParameter("id"), action);
    if (!granted.sseEnabled()) {
      throw ApiException.forbidden("SSE is not enabled for this App.");
    }
    return granted;
  }
}
