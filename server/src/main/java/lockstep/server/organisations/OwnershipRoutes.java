package lockstep.server.organisations;

import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/organisation/transfer-ownership/}. */
public final class OwnershipRoutes {

  private final Access access;
  private final Ownership ownership;

  /** Serves transfers of the ownership. */
  public OwnershipRoutes(Access access, Ownership ownership) {
    this.access = access;
    this.ownership = ownership;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/organisation/transfer-ownership/", lockstep.server.http.Access.ACCOUNT)
        .post(this::transfer);
  }

  private Reply transfer(Call call, Caller caller) {
    OwnAccountAccess granted = access.ownAccount(caller);
    ownership.requireOwner(granted);
    return Reply.ok(ownership.transfer(granted, call.body().requiredText("member_id")));
  }
}
