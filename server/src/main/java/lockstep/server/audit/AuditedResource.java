package lockstep.server.audit;

/** Kinds of things that audit events are about, with the short names they are stored under. */
public enum AuditedResource {
  ORGANISATION("organisation"),
  APP("app"),
  ENVIRONMENT("env"),
  SECRET("secret"),
  ROLE("role"),
  INVITE("invite"),
  MEMBER("member"),
  USER_TOKEN("user_token"),
  SERVICE_ACCOUNT("sa"),
  SERVICE_ACCOUNT_TOKEN("sa_token"),
  TEAM("team"),
  NETWORK_POLICY("network_policy"),
  ACCOUNT("account"),
  LOCKBOX("lockbox"),
  AUDIT_LOG("audit_log"),
  SERVER_KEY("server_key"),
  /** A request that was refused, whatever it would have done. */
  REQUEST("request");

  private final String storedName;

  AuditedResource(String storedName) {
    this.storedName = storedName;
  }

  /** The name in the database and in answers. */
  public String storedName() {
    return storedName;
  }
}
