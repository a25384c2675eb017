package lockstep.server.access;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The kinds of things of an organisation that roles protect. */
public enum OrganisationResource {
  ORGANISATION("Organisation"),
  BILLING("Billing"),
  APPS("Apps"),
  MEMBERS("Members"),
  MEMBER_PERSONAL_ACCESS_TOKENS("MemberPersonalAccessTokens"),
  SERVICE_ACCOUNTS("ServiceAccounts"),
  SERVICE_ACCOUNT_TOKENS("ServiceAccountTokens"),
  EXTERNAL_IDENTITIES("ExternalIdentities"),
  ROLES("Roles"),
  INTEGRATION_CREDENTIALS("IntegrationCredentials"),
  NETWORK_ACCESS_POLICIES("NetworkAccessPolicies"),
  LOGS("Logs"),
  SSO("SSO"),
  TEAMS("Teams"),
  SCIM("SCIM"),
  LOG_STREAMS("LogStreams");

  private static final Set<Action> ALL = Collections.unmodifiableSet(EnumSet.allOf(Action.class));
  private static final Set<Action> READ_ONLY = Collections.unmodifiableSet(EnumSet.of(Action.READ));

  private final String wireName;

  OrganisationResource(String wireName) {
    this.wireName = wireName;
  }

  /** The name in requests, responses and stored roles. */
  public String wireName() {
    return wireName;
  }

  /** The actions that a role can grant on this kind of thing. */
  public Set<Action> validActions() {
    return this == LOGS ? READ_ONLY : ALL;
  }

  /** The kind of exactly this name. */
  public static Optional<OrganisationResource> ofWireName(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wireName.equals(name)).findFirst();
  }
}
