package lockstep.server.access;

import java.util.List;

/**
 * What an account may do in one app, given the roles that speak for it there. Teams only ever add:
 * the more teams, the more is allowed.
 *
 * <p>Whether the account reaches the app at all is a question to answer first, and not here.
 *
 * @param own what the account's own role allows
 * @param teamRoles what the roles allow that the account's teams give it in this app
 */
public record Permissions(PermissionSet own, List<PermissionSet> teamRoles) {

  /** Keeps a copy of the list. */
  public Permissions {
    teamRoles = List.copyOf(teamRoles);
  }

  /** Whether the action on things of the organisation is allowed; teams have no say in that. */
  public boolean allows(OrganisationResource resource, Action action) {
    return own.allows(resource, action);
  }

  /** Whether the action on things of the app is allowed. */
  public boolean allows(AppResource resource, Action action) {
    return own.allows(resource, action)
        || teamRoles.stream().anyMatch(role -> role.allows(resource, action));
  }
}
