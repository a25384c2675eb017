package lockstep.server.tokens;

import java.util.Map;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/tokens/}, and {@code /v1/members/:id/tokens/} for other members' tokens. */
public final class PersonalTokensRoutes {

  private final Access access;
  private final PersonalTokens tokens;

  /** Serves these tokens. */
  public PersonalTokensRoutes(Access access, PersonalTokens tokens) {
    this.access = access;
    this.tokens = tokens;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/tokens/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router.route("/v1/tokens/:id/", lockstep.server.http.Access.ACCOUNT).delete(this::delete);
    router
        .route("/v1/members/:id/tokens/", lockstep.server.http.Access.ACCOUNT)
        .get(this::listOfMember);
    router
        .route("/v1/members/:id/tokens/:token_id/", lockstep.server.http.Access.ACCOUNT)
        .delete(this::deleteOfMember);
  }

  private Reply list(Call call, Caller caller) {
    return Reply.ok(Map.of("data", tokens.list(access.ownAccount(caller))));
  }

  private Reply create(Call call, Caller caller) {
    return Reply.created(tokens.create(access.ownAccount(caller), call.body()));
  }

  private Reply delete(Call call, Caller caller) {
    tokens.delete(access.ownAccount(caller), call.pathParameter("id"));
    return Reply.noContent();
  }

  private Reply listOfMember(Call call, Caller caller) {
    OrganisationAccess granted = granted(caller, Action.READ);
    return Reply.ok(Map.of("data", tokens.listOfMember(granted, call.pathParameter("id"))));
  }

  private Reply deleteOfMember(Call call, Caller caller) {
    tokens.deleteOfMember(
        granted(caller, Action.DELETE), call.pathParameter("id"), call.pathParameter("token_id"));
    return Reply.noContent();
  }

  private OrganisationAccess granted(Caller caller, Action action) {
    return access.organisation(caller, OrganisationResource.MEMBER_PERSONAL_ACCESS_TOKENS, action);
  }
}
