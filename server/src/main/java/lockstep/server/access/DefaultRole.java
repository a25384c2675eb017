package lockstep.server.access;

/**
 * The roles that every organisation has from its creation on, and nobody can change or delete. In
 * the order in which they are created.
 */
public enum DefaultRole {
  OWNER("Owner", true),
  ADMIN("Admin", true),
  MANAGER("Manager", false),
  DEVELOPER("Developer", false),
  SERVICE("Service", false);

  private final String displayName;
  private final boolean globalAccess;

  /** Immutable, though not by an annotation that the checker knows. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final PermissionSet permissions;

  DefaultRole(String displayName, boolean globalAccess) {
    this.displayName = displayName;
    this.globalAccess = globalAccess;
    this.permissions = DefaultPermissions.ofColumn(displayName);
  }

  /** The role's name as people and the API know it. */
  public String displayName() {
    return displayName;
  }

  /** Whether holders reach every app and environment of the organisation. */
  public boolean globalAccess() {
    return globalAccess;
  }

  /** What the role allows. Lists every kind of thing, those it allows nothing on included. */
  public PermissionSet permissions() {
    return permissions;
  }
}
