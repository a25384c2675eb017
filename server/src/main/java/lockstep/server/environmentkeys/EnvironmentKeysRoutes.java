package lockstep.server.environmentkeys;

import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/environments/:id/rotate-keys/}. */
public final class EnvironmentKeysRoutes {

  private final Access access;
  private final EnvironmentKeyRotation rotation;

  /** Serves this rotation. */
  public EnvironmentKeysRoutes(Access access, EnvironmentKeyRotation rotation) {
    this.access = access;
    this.rotation = rotation;
  }

  /** Adds the route. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/environments/:id/rotate-keys/", lockstep.server.http.Access.ACCOUNT)
        .post(this::rotate);
  }

  private Reply rotate(Call call, Caller caller) {
    return Reply.ok(rotation.perform(access.keyRotation(caller, call.pathParameter("id"))));
  }
}
