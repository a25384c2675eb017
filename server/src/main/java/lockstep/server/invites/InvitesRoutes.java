package lockstep.server.invites;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/members/invites/}. */
public final class InvitesRoutes {

  private final Access access;
  private final Invites invites;
  private final Optional<URI> publicUrl;

  /**
   * Serves these invites.
   *
   * @param publicUrl where people reach this server; as the sender of the invite did, if empty
   */
  public InvitesRoutes(Access access, Invites invites, Optional<URI> publicUrl) {
    this.access = access;
    this.invites = invites;
    this.publicUrl = publicUrl;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/members/invites/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/members/invites/:id/", lockstep.server.http.Access.ACCOUNT)
        .delete(this::delete);
    router
        .route("/v1/members/invites/:id/link/", lockstep.server.http.Access.ACCOUNT)
        .get(this::link);
  }

  private Reply list(Call call, Caller caller) {
    return Reply.ok(Map.of("data", invites.list(granted(caller, Action.READ))));
  }

  private Reply create(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.CREATE);
    return Reply.created(
        invites.create(granted, InviteBodies.newInvite(call.body()), baseUrl(call)));
  }

  /** Whoever may invite may have the link. Whoever may only read must not get it. */
  private Reply link(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.CREATE);
    return Reply.ok(invites.link(granted, call.pathParameter("id"), baseUrl(call)))
        .header("Cache-Control", "no-store");
  }

  private Reply delete(Call call, Caller caller) {
    invites.delete(granted(caller, Action.DELETE), call.pathParameter("id"));
    return Reply.noContent();
  }

  private OrganisationAccess granted(Caller caller, Action action) {
    return access.organisation(caller, OrganisationResource.MEMBERS, action);
  }

  /**
   * Without a configured address, the one that the sender used. A sender can write any host there,
   * but only into an invite that is its own to send.
   */
  private String baseUrl(Call call) {
    return publicUrl
        .map(URI::toString)
        .orElseGet(() -> "http://" + call.header("Host").orElse("localhost"))
        .replaceAll("/+$", "");
  }
}
