package lockstep.server.access;

import java.util.Arrays;

/** What an account is. The name is stored, and tells the kinds apart in audit events. */
public enum AccountKind {
  /** A person's membership in an organisation. */
  MEMBER("member", "User"),
  /** A program's account. */
  SERVICE_ACCOUNT("service_account", "Service account"),
  /** A legacy token of one app: no role, only the environments it was made for. */
  SERVICE_TOKEN("service_token", "Service token");

  private final String storedName;
  private final String title;

  AccountKind(String storedName, String title) {
    this.storedName = storedName;
    this.title = title;
  }

  /** The name in the database. */
  public String storedName() {
    return storedName;
  }

  /** How refusals address an account of this kind. */
  String title() {
    return title;
  }

  /**
   * The kind of this stored name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static AccountKind ofStoredName(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.storedName.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such kind of account: " + name));
  }
}
