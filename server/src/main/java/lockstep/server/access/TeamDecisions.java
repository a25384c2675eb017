package lockstep.server.access;

import java.util.Optional;
import lockstep.server.http.ApiException;
import lockstep.server.ids.TeamId;
import org.jooq.DSLContext;

/** Who may do what with teams. */
final class TeamDecisions {

  private TeamDecisions() {}

  /** To see, change or delete a team takes the permission, and being in it. */
  static TeamAccess itself(DSLContext db, Caller caller, String id, Action action) {
    requirePermission(caller, action);
    return inside(caller, standing(db, caller, id).orElseThrow(TeamDecisions::unknown));
  }

  /** Likewise for its members and scope, except that the owner needs no permission. */
  static TeamAccess management(DSLContext db, Caller caller, String id) {
    Optional<TeamStanding> standing = standing(db, caller, id);
    if (standing.isPresent() && standing.get().owner()) {
      return new TeamAccess(caller, standing.get().team());
    }
    requirePermission(caller, Action.UPDATE);
    return inside(caller, standing.orElseThrow(TeamDecisions::unknown));
  }

  /** To create a service account that the team owns. */
  static TeamAccess newServiceAccount(DSLContext db, Caller caller, String id) {
    TeamStanding standing = standing(db, caller, id).orElseThrow(TeamDecisions::unknown);
    if (!caller.globalAccess()) {
      if (!standing.inside()) {
        throw ApiException.forbidden(
            caller.isMember()
                ? "You are not a member of this team."
                : "Service account is not a member of this team.");
      }
      if (!standing.allows(caller, OrganisationResource.SERVICE_ACCOUNTS, Action.CREATE)) {
        throw ApiException.forbidden(
            "Your effective role on this team does not grant permission to create service"
                + " accounts.");
      }
    }
    return new TeamAccess(caller, standing.team());
  }

  private static Optional<TeamStanding> standing(DSLContext db, Caller caller, String id) {
    return TeamId.parse(id).flatMap(team -> TeamStanding.find(db, caller, team));
  }

  private static TeamAccess inside(Caller caller, TeamStanding standing) {
    if (!caller.globalAccess() && !standing.inside()) {
      throw ApiException.forbidden("You don't have access to this team.");
    }
    return new TeamAccess(caller, standing.team());
  }

  private static void requirePermission(Caller caller, Action action) {
    if (!caller.role().allows(OrganisationResource.TEAMS, action)) {
      throw ApiException.forbidden(Refusals.of(OrganisationResource.TEAMS, action));
    }
  }

  private static ApiException unknown() {
    return ApiException.notFound("Team not found.");
  }
}
