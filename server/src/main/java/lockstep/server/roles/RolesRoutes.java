package lockstep.server.roles;

import java.util.Map;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/roles/}. */
public final class RolesRoutes {

  private final Access access;
  private final Roles roles;

  /** Serves these roles. */
  public RolesRoutes(Access access, Roles roles) {
    this.access = access;
    this.roles = roles;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/roles/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/roles/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
  }

  private Reply list(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.READ);
    return Reply.ok(Map.of("data", roles.list(granted).stream().map(RoleView::of).toList()));
  }

  private Reply create(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.CREATE);
    Fields body = call.body();
    String name = RoleBodies.requiredName(body);
    roles.requireFreeName(granted, name, null);
    PermissionSet permissions = RoleBodies.requiredPermissions(body);
    String description = RoleBodies.description(body).orElse("");
    String color = RoleBodies.color(body).orElse("");
    return Reply.created(
        RoleView.Detailed.of(roles.create(granted, name, permissions, description, color)));
  }

  private Reply get(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.READ);
    return Reply.ok(RoleView.Detailed.of(roles.get(granted, call.pathParameter("id"))));
  }

  private Reply update(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.UPDATE);
    Role before = roles.getCustom(granted, call.pathParameter("id"));
    Fields body = call.body();
    RoleBodies.requireAnything(body);
    Optional<String> name = RoleBodies.name(body);
    name.ifPresent(wanted -> roles.requireFreeName(granted, wanted, before.id()));
    Optional<String> description = RoleBodies.description(body);
    Optional<String> color = RoleBodies.color(body);
    Roles.Change change = new Roles.Change(name, RoleBodies.permissions(body), description, color);
    return Reply.ok(RoleView.Detailed.of(roles.update(granted, call.pathParameter("id"), change)));
  }

  private Reply delete(Call call, Caller caller) {
    roles.delete(granted(caller, Action.DELETE), call.pathParameter("id"));
    return Reply.noContent();
  }

  private OrganisationAccess granted(Caller caller, Action action) {
    return access.organisation(caller, OrganisationResource.ROLES, action);
  }
}
