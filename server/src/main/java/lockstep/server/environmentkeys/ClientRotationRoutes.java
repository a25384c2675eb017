package lockstep.server.environmentkeys;

import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.environmentkeys.RotationPage.Cursor;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.keys.SuppliedKeys;

/** {@code /v1/end-to-end/environments/:id/rotations/}. */
public final class ClientRotationRoutes {

  /** Whatever smaller limit is set: one row may have three texts of the greatest length. */
  private static final int MAXIMUM_BODY_BYTES = 1 << 20;

  private final Access access;
  private final ClientRotation rotation;

  /** Serves this rotation. */
  public ClientRotationRoutes(Access access, ClientRotation rotation) {
    this.access = access;
    this.rotation = rotation;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/end-to-end/environments/:id/rotations/", lockstep.server.http.Access.ACCOUNT)
        .post(this::begin);
    router
        .route(
            "/v1/end-to-end/environments/:id/rotations/:rotation_id/",
            lockstep.server.http.Access.ACCOUNT)
        .maxBodyBytes(MAXIMUM_BODY_BYTES)
        .get(this::read)
        .put(this::add)
        .post(this::complete)
        .delete(this::abandon);
  }

  private Reply begin(Call call, Caller caller) {
    EnvironmentAccess granted = access(call, caller);
    Fields body = call.requiredBody();
    return Reply.created(
        rotation.begin(
            granted,
            SuppliedKeys.identityKey(body),
            SuppliedKeys.identityKey(body, "newIdentityKey")));
  }

  private Reply read(Call call, Caller caller) {
    EnvironmentAccess granted = access(call, caller);
    Optional<String> cursor = call.query().text("cursor");
    return Reply.ok(
        rotation.read(
            granted,
            call.pathParameter("rotation_id"),
            cursor.map(Cursor::parse).orElse(Cursor.START)));
  }

  private Reply add(Call call, Caller caller) {
    EnvironmentAccess granted = access(call, caller);
    String id = call.pathParameter("rotation_id");
    rotation.requireBegun(granted, id);
    rotation.add(granted, id, RotationPart.read(call.requiredBody()));
    return Reply.noContent();
  }

  private Reply complete(Call call, Caller caller) {
    return Reply.ok(rotation.complete(access(call, caller), call.pathParameter("rotation_id")));
  }

  private Reply abandon(Call call, Caller caller) {
    rotation.abandon(access(call, caller), call.pathParameter("rotation_id"));
    return Reply.noContent();
  }

  private EnvironmentAccess access(Call call, Caller caller) {
    return access.clientRotation(caller, call.pathParameter("id"));
  }
}
