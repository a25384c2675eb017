package lockstep.server.policies;

import java.util.Map;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/**
 * {@code /v1/network-policies/}, and {@code network-policies/} below members and service accounts.
 */
public final class PoliciesRoutes {

  private final Access access;
  private final Policies policies;

  /** Serves these policies. */
  public PoliciesRoutes(Access access, Policies policies) {
    this.access = access;
    this.policies = policies;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/network-policies/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/network-policies/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
    router
        .route("/v1/members/:id/network-policies/", lockstep.server.http.Access.ACCOUNT)
        .get(this::listOfMember)
        .put(this::attachToMember);
    router
        .route("/v1/service-accounts/:id/network-policies/", lockstep.server.http.Access.ACCOUNT)
        .get(this::listOfServiceAccount)
        .put(this::attachToServiceAccount);
  }

  private Reply list(Call call, Caller caller) {
    return Reply.ok(Map.of("data", policies.list(granted(caller, Action.READ))));
  }

  private Reply create(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.CREATE);
    Fields body = call.body();
    return Reply.created(
        policies.create(granted, PolicyBodies.newPolicy(body), PolicyBodies.force(body)));
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(policies.get(granted(caller, Action.READ), call.pathParameter("id")));
  }

  private Reply update(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.UPDATE);
    String id = call.pathParameter("id");
    policies.get(granted, id);
    Fields body = call.body();
    return Reply.ok(
        policies.update(granted, id, PolicyBodies.change(body), PolicyBodies.force(body)));
  }

  private Reply delete(Call call, Caller caller) {
    policies.delete(
        granted(caller, Action.DELETE), call.pathParameter("id"), call.query().flag("force"));
    return Reply.noContent();
  }

  private Reply listOfMember(Call call, Caller caller) {
    OrganisationAccess granted = attaching(caller, OrganisationResource.MEMBERS, Action.READ);
    return Reply.ok(Map.of("data", policies.listOfMember(granted, call.pathParameter("id"))));
  }

  private Reply attachToMember(Call call, Caller caller) {
    OrganisationAccess granted = attaching(caller, OrganisationResource.MEMBERS, Action.UPDATE);
    String id = call.pathParameter("id");
    policies.listOfMember(granted, id);
    Fields body = call.body();
    return Reply.ok(
        Map.of(
            "data",
            policies.attachToMember(
                granted, id, PolicyBodies.policyIds(body), PolicyBodies.force(body))));
  }

  private Reply listOfServiceAccount(Call call, Caller caller) {
    OrganisationAccess granted =
        attaching(caller, OrganisationResource.SERVICE_ACCOUNTS, Action.READ);
    return Reply.ok(
        Map.of("data", policies.listOfServiceAccount(granted, call.pathParameter("id"))));
  }

  private Reply attachToServiceAccount(Call call, Caller caller) {
    OrganisationAccess granted =
        attaching(caller, OrganisationResource.SERVICE_ACCOUNTS, Action.UPDATE);
    String id = call.pathParameter("id");
    policies.listOfServiceAccount(granted, id);
    Fields body = call.body();
    return Reply.ok(
        Map.of(
            "data",
            policies.attachToServiceAccount(
                granted, id, PolicyBodies.policyIds(body), PolicyBodies.force(body))));
  }

  private OrganisationAccess granted(Caller caller, Action action) {
    return access.organisation(caller, OrganisationResource.NETWORK_ACCESS_POLICIES, action);
  }

  /** Whoever ties policies to accounts must be allowed to see the former and manage the latter. */
  private OrganisationAccess attaching(Caller caller, OrganisationResource holders, Action action) {
    granted(caller, Action.READ);
    return access.organisation(caller, holders, action);
  }
}
