package lockstep.server.keys;

import java.util.Optional;
import lockstep.server.ids.TeamId;

/**
 * Why an account may hold the key of an environment. One key can have several reasons, at most one
 * of each kind and team.
 *
 * @param team the team it comes through; empty if it was given to the account itself
 */
public record GrantSource(Optional<TeamId> team) {

  /** Given to the account itself. */
  public static final GrantSource INDIVIDUAL = new GrantSource(Optional.empty());

  /** Through a team. */
  public static GrantSource of(TeamId team) {
    return new GrantSource(Optional.of(team));
  }
}
