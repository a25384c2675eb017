package lockstep.server.apps;

import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/**
 * {@code /v1/end-to-end/apps/}: apps that the server cannot open, which {@code /v1/apps/} lists but
 * does not let anybody touch, and the switch between the two kinds.
 */
public final class EndToEndAppsRoutes {

  private final Access access;
  private final Apps apps;
  private final AppEncryption encryption;

  /** Serves these apps. */
  public EndToEndAppsRoutes(Access access, Apps apps, AppEncryption encryption) {
    this.access = access;
    this.apps = apps;
    this.encryption = encryption;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router.route("/v1/end-to-end/apps/", lockstep.server.http.Access.ACCOUNT).post(this::create);
    router
        .route("/v1/end-to-end/apps/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
    router
        .route("/v1/end-to-end/apps/:id/encryption/", lockstep.server.http.Access.ACCOUNT)
        .get(this::getEncryption)
        .put(this::switchEncryption);
  }

  private Reply create(Call call, Caller caller) {
    OrganisationAccess granted =
        access.organisation(caller, OrganisationResource.APPS, Action.CREATE);
    return Reply.created(apps.createEndToEnd(granted, AppBodies.newEndToEndApp(call.body())));
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(apps.get(app(call, caller, Action.READ)));
  }

  private Reply update(Call call, Caller caller) {
    AppAccess granted = app(call, caller, Action.UPDATE);
    return Reply.ok(apps.update(granted, AppBodies.change(call.body())));
  }

  private Reply delete(Call call, Caller caller) {
    apps.delete(app(call, caller, Action.DELETE));
    return Reply.noContent();
  }

  private AppAccess app(Call call, Caller caller, Action action) {
    AppAccess granted = access.app(caller, call.pathParameter("id"), action);
    granted.requireEndToEnd();
    return granted;
  }

  private Reply getEncryption(Call call, Caller caller) {
    return Reply.ok(
        encryption.get(access.encryption(caller, call.pathParameter("id"), Action.READ)));
  }

  private Reply switchEncryption(Call call, Caller caller) {
    AppAccess granted = access.encryption(caller, call.pathParameter("id"), Action.UPDATE);
    encryption.requireChangeable(granted);
    WantedEncryption wanted = WantedEncryption.read(call.body());
    return Reply.ok(
        wanted.sseEnabled()
            ? encryption.turnOn(granted, wanted.serverKeys())
            : encryption.turnOff(granted));
  }
}
