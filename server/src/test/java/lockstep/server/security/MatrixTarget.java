package lockstep.server.security;

/** What an id in a request stands for. */
enum MatrixTarget {
  /** The route takes no id. */
  NONE,
  /** Ours, and within what the caller reaches. */
  REACHABLE,
  /**
   * Ours, but not the caller's: an app without access, a team that it is not in, a service account
   * of that team, an Admin, a default role, a token of somebody else.
   */
  UNREACHED,
  /** An environment without key in an app that the caller reaches. */
  UNREACHED_PART,
  /** A service account that the caller's team owns. */
  OF_OWN_TEAM,
  /** The member who owns the organisation. */
  OWNER,
  FOREIGN,
  DELETED,
  RANDOM,
  NO_ID,
  /** The id is left out of the query. */
  MISSING,
  // The first id is reachable; these are about the second.
  SECOND_UNREACHED,
  SECOND_FOREIGN,
  SECOND_DELETED,
  SECOND_RANDOM;

  /** Whether nobody can tell it from what never was. */
  boolean isNothing() {
    return this == FOREIGN || this == DELETED || this == RANDOM || this == NO_ID;
  }

  /** Whether it is one of the targets of a second id. */
  boolean isSecond() {
    return name().startsWith("SECOND_");
  }

  /** What the second id stands for. */
  MatrixTarget ofSecond() {
    return valueOf(name().substring("SECOND_".length()));
  }
}
