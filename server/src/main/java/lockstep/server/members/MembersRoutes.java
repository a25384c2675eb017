package lockstep.server.members;

import java.util.Map;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/members/}, without the invites. */
public final class MembersRoutes {

  private final Access access;
  private final Members members;

  /** Serves these members. */
  public MembersRoutes(Access access, Members members) {
    this.access = access;
    this.members = members;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router.route("/v1/members/", lockstep.server.http.Access.ACCOUNT).get(this::list);
    router
        .route("/v1/members/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
    router
        .route("/v1/members/:id/access/", lockstep.server.http.Access.ACCOUNT)
        .get(this::getAccess)
        .put(this::updateAccess);
  }

  private Reply list(Call call, Caller caller) {
    return Reply.ok(Map.of("data", members.list(granted(caller, Action.READ))));
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(members.get(granted(caller, Action.READ), call.pathParameter("id")));
  }

  private Reply update(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.UPDATE);
    String id = call.pathParameter("id");
    members.requireChangeable(granted, id);
    return Reply.ok(members.changeRole(granted, id, call.body().requiredText("role_id")));
  }

  private Reply delete(Call call, Caller caller) {
    members.remove(granted(caller, Action.DELETE), call.pathParameter("id"));
    return Reply.noContent();
  }

  private Reply getAccess(Call call, Caller caller) {
    return Reply.ok(members.getAccess(granted(caller, Action.READ), call.pathParameter("id")));
  }

  private Reply updateAccess(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.UPDATE);
    String id = call.pathParameter("id");
    members.requireEditableAccess(granted, id);
    return Reply.ok(members.changeAccess(granted, id, call.body()));
  }

  private OrganisationAccess granted(Caller caller, Action action) {
    return access.organisation(caller, OrganisationResource.MEMBERS, action);
  }
}
