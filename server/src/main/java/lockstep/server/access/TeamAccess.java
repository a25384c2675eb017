package lockstep.server.access;

import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TeamId;

/** Proof that the caller may do one kind of thing with a team. Made by {@link Access}. */
public final class TeamAccess {

  private final Caller caller;
  private final TeamId team;

  TeamAccess(Caller caller, TeamId team) {
    this.caller = caller;
    this.team = team;
  }

  /** Who was let through. */
  public Caller caller() {
    return caller;
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }

  /** The only team that may be touched. */
  public TeamId team() {
    return team;
  }
}
