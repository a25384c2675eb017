package lockstep.server.recipients;

import java.util.Map;
import java.util.Optional;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.keys.SuppliedKeys;

/** {@code /v1/end-to-end/recipients/}, and who has keys of an environment. */
public final class RecipientsRoutes {

  private final Access access;
  private final Recipients recipients;

  /** Serves these recipients. */
  public RecipientsRoutes(Access access, Recipients recipients) {
    this.access = access;
    this.recipients = recipients;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/end-to-end/recipients/", lockstep.server.http.Access.ACCOUNT)
        .get(this::forNewEnvironment);
    router
        .route("/v1/end-to-end/environments/:id/recipients/", lockstep.server.http.Access.ACCOUNT)
        .get(this::ofEnvironment);
    router
        .route("/v1/end-to-end/environments/:id/keys/", lockstep.server.http.Access.ACCOUNT)
        .post(this::give);
    router
        .route(
            "/v1/end-to-end/environments/:id/keys/:account_id/",
            lockstep.server.http.Access.ACCOUNT)
        .delete(this::take);
  }

  private Reply forNewEnvironment(Call call, Caller caller) {
    Optional<String> app = call.query().text("app_id");
    return Reply.ok(
        app.isEmpty()
            ? recipients.forNewApp(
                access.organisation(caller, OrganisationResource.APPS, Action.CREATE))
            : recipients.forNewEnvironment(
                access.environmentsOfEndToEndApp(caller, app, Action.CREATE)));
  }

  private Reply ofEnvironment(Call call, Caller caller) {
    EnvironmentAccess granted = keys(call, caller, Action.READ);
    OrganisationAccess members =
        access.organisation(caller, OrganisationResource.MEMBERS, Action.READ);
    return Reply.ok(Map.of("data", recipients.ofEnvironment(granted, members)));
  }

  private Reply give(Call call, Caller caller) {
    EnvironmentAccess granted = keys(call, caller, Action.CREATE);
    Fields body = call.body();
    Optional<X25519PublicKey> identityKey =
        body.has("identityKey") ? Optional.of(SuppliedKeys.identityKey(body)) : Optional.empty();
    return Reply.ok(Map.of("data", recipients.give(granted, SuppliedKeys.read(body), identityKey)));
  }

  private Reply take(Call call, Caller caller) {
    recipients.take(keys(call, caller, Action.DELETE), call.pathParameter("account_id"));
    return Reply.noContent();
  }

  private EnvironmentAccess keys(Call call, Caller caller, Action action) {
    return access.keysOfEnvironment(caller, call.pathParameter("id"), action);
  }
}
