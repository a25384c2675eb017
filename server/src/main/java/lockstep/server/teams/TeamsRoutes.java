package lockstep.server.teams;

import java.util.Map;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.TeamAccess;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/teams/}. */
public final class TeamsRoutes {

  private final Access access;
  private final Teams teams;
  private final TeamMembership membership;

  /** Serves these teams. */
  public TeamsRoutes(Access access, Teams teams, TeamMembership membership) {
    this.access = access;
    this.teams = teams;
    this.membership = membership;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/teams/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router
        .route("/v1/teams/:id/", lockstep.server.http.Access.ACCOUNT)
        .get(this::get)
        .put(this::update)
        .delete(this::delete);
    router
        .route("/v1/teams/:id/members/", lockstep.server.http.Access.ACCOUNT)
        .post(this::addMembers);
    router
        .route("/v1/teams/:id/members/:member_id/", lockstep.server.http.Access.ACCOUNT)
        .delete(this::removeMember);
    router
        .route("/v1/teams/:id/access/", lockstep.server.http.Access.ACCOUNT)
        .put(this::updateAccess);
  }

  private Reply list(Call call, Caller caller) {
    OrganisationAccess granted =
        access.organisation(caller, OrganisationResource.TEAMS, Action.READ);
    return Reply.ok(Map.of("data", teams.list(granted)));
  }

  private Reply create(Call call, Caller caller) {
    OrganisationAccess granted =
        access.organisation(caller, OrganisationResource.TEAMS, Action.CREATE);
    return Reply.created(teams.create(granted, TeamBodies.newTeam(call.body())));
  }

  private Reply get(Call call, Caller caller) {
    return Reply.ok(teams.get(access.team(caller, call.pathParameter("id"), Action.READ)));
  }

  private Reply update(Call call, Caller caller) {
    TeamAccess granted = access.team(caller, call.pathParameter("id"), Action.UPDATE);
    teams.requireChangeable(granted);
    return Reply.ok(teams.update(granted, TeamBodies.change(call.body())));
  }

  private Reply delete(Call call, Caller caller) {
    teams.delete(access.team(caller, call.pathParameter("id"), Action.DELETE));
    return Reply.noContent();
  }

  private Reply addMembers(Call call, Caller caller) {
    TeamAccess granted = access.managedTeam(caller, call.pathParameter("id"));
    membership.requireJoinable(granted, TeamBodies.memberType(call.body()));
    return Reply.ok(membership.add(granted, TeamBodies.joining(call.body())));
  }

  private Reply removeMember(Call call, Caller caller) {
    TeamAccess granted = access.managedTeam(caller, call.pathParameter("id"));
    MemberType type = MemberType.of(call.query().text("member_type"));
    membership.remove(granted, type, call.pathParameter("member_id"));
    return Reply.noContent();
  }

  private Reply updateAccess(Call call, Caller caller) {
    TeamAccess granted = access.managedTeam(caller, call.pathParameter("id"));
    return Reply.ok(membership.changeScope(granted, call.body()));
  }
}
