package lockstep.server.serviceaccounts;

import java.util.Map;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.ServiceAccountAccess;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.serviceaccounts.ServiceAccountBodies.WantedAccount;

/** {@code /v1/service-accounts/}. */
public final class ServiceAccountsRoutes {

  private final Access access;
  private final ServiceAccounts accounts;
  private final ServiceAccountTokens tokens;

  /** Serves these accounts and tokens. */
  public ServiceAccountsRoutes(
      Access access, ServiceAccounts accounts, ServiceAccountTokens tokens) {
    this.access = access;
    this.accounts = accounts;
    this.tokens = tokens;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/service-accounts/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/service-accounts/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
    router
        .route("/v1/service-accounts/:id/access/", lockstep.server.http.Access.ACCOUNT)
        .put(this::updateAccess);
    router
        .route("/v1/service-accounts/:id/tokens/", lockstep.server.http.Access.ACCOUNT)
        .post(this::createToken);
    router
        .route("/v1/service-accounts/:id/tokens/:token_id/", lockstep.server.http.Access.ACCOUNT)
        .delete(this::deleteToken);
  }

  private Reply list(Call call, Caller caller) {
    OrganisationAccess granted =
        access.organisation(caller, OrganisationResource.SERVICE_ACCOUNTS, Action.READ);
    return Reply.ok(Map.of("data", accounts.list(granted)));
  }

  private Reply create(Call call, Caller caller) {
    if (ServiceAccountBodies.namesTeam(call)) {
      return createInTeam(call.body(), caller);
    }
    OrganisationAccess granted =
        access.organisation(caller, OrganisationResource.SERVICE_ACCOUNTS, Action.CREATE);
    WantedAccount wanted = wanted(call.body(), caller);
    // Refuses a team that is no text; there is none otherwise.
    ServiceAccountBodies.teamId(call.body());
    return Reply.created(accounts.create(granted, wanted));
  }

  private Reply createInTeam(Fields body, Caller caller) {
    WantedAccount wanted = wanted(body, caller);
    String team = ServiceAccountBodies.teamId(body).orElseThrow();
    return Reply.created(accounts.create(access.newServiceAccountOfTeam(caller, team), wanted));
  }

  private WantedAccount wanted(Fields body, Caller caller) {
    WantedAccount wanted = ServiceAccountBodies.wantedAccount(body);
    access.requireServiceAccountRole(caller, wanted.roleId());
    return wanted;
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(accounts.get(access.serviceAccount(caller, call.pathParameter("id"))));
  }

  private Reply update(Call call, Caller caller) {
    ServiceAccountAccess granted = managed(call, caller, Action.UPDATE);
    return Reply.ok(accounts.update(granted, ServiceAccountBodies.change(call.body())));
  }

  private Reply delete(Call call, Caller caller) {
    accounts.delete(managed(call, caller, Action.DELETE));
    return Reply.noContent();
  }

  private Reply updateAccess(Call call, Caller caller) {
    ServiceAccountAccess granted = managed(call, caller, Action.UPDATE);
    accounts.requireEditableAccess(granted);
    return Reply.ok(accounts.changeAccess(granted, call.body()));
  }

  private Reply createToken(Call call, Caller caller) {
    ServiceAccountAccess granted =
        access.tokensOfServiceAccount(caller, call.pathParameter("id"), Action.CREATE);
    tokens.requireManagedKeys(granted);
    return Reply.created(
        tokens.create(granted, ServiceAccountBodies.wantedToken(call.body(), tokens.now())));
  }

  private Reply deleteToken(Call call, Caller caller) {
    ServiceAccountAccess granted =
        access.tokensOfServiceAccount(caller, call.pathParameter("id"), Action.DELETE);
    tokens.delete(granted, call.pathId("token_id"));
    return Reply.noContent();
  }

  private ServiceAccountAccess managed(Call call, Caller caller, Action action) {
    return access.managedServiceAccount(caller, call.pathParameter("id"), action);
  }
}
