package lockstep.server.audit;

import java.util.Locale;

/** What was done. */
public enum AuditAction {
  CREATE,
  READ,
  UPDATE,
  DELETE,
  /** Access of an account was changed. */
  ACCESS,
  /** Nothing: who asked was not allowed to. */
  REFUSE;

  /** The name in the database and in answers. */
  public String storedName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
