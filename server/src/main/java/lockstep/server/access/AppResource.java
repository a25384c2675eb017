package lockstep.server.access;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The kinds of things of an app that roles protect. Kinds that share their name with one of the
 * organisation are independent of it.
 */
public enum AppResource {
  ENVIRONMENTS("Environments"),
  SECRETS("Secrets"),
  DYNAMIC_SECRET_LEASES("DynamicSecretLeases"),
  ROTATING_SECRETS("RotatingSecrets"),
  LOCKBOX("Lockbox"),
  LOGS("Logs"),
  TOKENS("Tokens"),
  MEMBERS("Members"),
  SERVICE_ACCOUNTS("ServiceAccounts"),
  INTEGRATIONS("Integrations"),
  ENCRYPTION_MODE("EncryptionMode"),
  TEAMS("Teams");

  private static final Set<Action> ALL = Collections.unmodifiableSet(EnumSet.allOf(Action.class));
  private static final Set<Action> READ_AND_UPDATE =
      Collections.unmodifiableSet(EnumSet.of(Action.READ, Action.UPDATE));

  private final String wireName;

  AppResource(String wireName) {
    this.wireName = wireName;
  }

  /** The name in requests, responses and stored roles. */
  public String wireName() {
    return wireName;
  }

  /** The actions that a role can grant on this kind of thing. */
  public Set<Action> validActions() {
    return this == ENCRYPTION_MODE ? READ_AND_UPDATE : ALL;
  }

  /** The kind of exactly this name. */
  public static Optional<AppResource> ofWireName(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wireName.equals(name)).findFirst();
  }
}
