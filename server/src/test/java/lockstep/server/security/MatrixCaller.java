package lockstep.server.security;

/** Who calls, and what is known about it without asking the server. */
enum MatrixCaller {
  OWNER(MatrixRole.OWNER, Kind.MEMBER),
  ADMIN(MatrixRole.ADMIN, Kind.MEMBER),
  MANAGER(MatrixRole.MANAGER, Kind.MEMBER),
  DEVELOPER(MatrixRole.DEVELOPER, Kind.MEMBER),
  MEMBER_WITH_NOTHING(MatrixRole.NOTHING, Kind.MEMBER),
  MEMBER_WITH_EVERYTHING(MatrixRole.EVERYTHING, Kind.MEMBER),
  /** Allowed nothing by its own role, but owner of a team. */
  TEAM_OWNER(MatrixRole.NOTHING, Kind.MEMBER),
  /** Allowed nothing by its own role; reaches one app through a team that makes it a Manager. */
  TEAM_ONLY_MEMBER(MatrixRole.NOTHING, Kind.MEMBER),
  SERVICE_ACCOUNT(MatrixRole.SERVICE, Kind.SERVICE_ACCOUNT),
  SERVICE_ACCOUNT_WITH_EVERYTHING(MatrixRole.EVERYTHING, Kind.SERVICE_ACCOUNT),
  /** The same as the member of a team that makes it a Manager. */
  TEAM_ONLY_SERVICE_ACCOUNT(MatrixRole.NOTHING, Kind.SERVICE_ACCOUNT),
  LEGACY_SERVICE_TOKEN(MatrixRole.NOTHING, Kind.SERVICE_TOKEN),
  ANONYMOUS(MatrixRole.NOTHING, Kind.NOBODY),
  /** Invited as Developer, with nothing but the code of the link in place of a token. */
  INVITED(MatrixRole.DEVELOPER, Kind.NOBODY),
  UNKNOWN_TOKEN(MatrixRole.NOTHING, Kind.NOBODY),
  EXPIRED_TOKEN_OF_OWNER(MatrixRole.OWNER, Kind.NOBODY),
  DELETED_TOKEN_OF_OWNER(MatrixRole.OWNER, Kind.NOBODY),
  REMOVED_ADMIN(MatrixRole.ADMIN, Kind.NOBODY),
  DELETED_SERVICE_ACCOUNT(MatrixRole.EVERYTHING, Kind.NOBODY);

  enum Kind {
    MEMBER,
    SERVICE_ACCOUNT,
    SERVICE_TOKEN,
    /** Whose credentials are none. */
    NOBODY
  }

  final MatrixRole role;
  final Kind kind;

  MatrixCaller(MatrixRole role, Kind kind) {
    this.role = role;
    this.kind = kind;
  }

  boolean isMember() {
    return kind == Kind.MEMBER;
  }

  boolean hasGlobalAccess() {
    return this == OWNER || this == ADMIN;
  }

  boolean ownsItsTeam() {
    return this == TEAM_OWNER;
  }

  /** Whether the team that it belongs to makes it a Manager. */
  boolean isManagerInItsTeam() {
    return this == TEAM_ONLY_MEMBER || this == TEAM_ONLY_SERVICE_ACCOUNT;
  }

  boolean may(String resource, char action) {
    return role.allowsInOrganisation(resource, action);
  }

  /** On the app that it reaches: by its own role, or by that of the team as well. */
  boolean mayInApp(String resource, char action) {
    return role.allowsInApp(resource, action)
        || (isManagerInItsTeam() && MatrixRole.MANAGER.allowsInApp(resource, action));
  }

  /** On a service account that its team owns. The role that the team gives replaces the own one. */
  boolean mayInTeam(String resource, char action) {
    if (hasGlobalAccess()) {
      return may(resource, action);
    }
    return ownsItsTeam()
        || (isManagerInItsTeam() ? MatrixRole.MANAGER : role)
            .allowsInOrganisation(resource, action);
  }
}
