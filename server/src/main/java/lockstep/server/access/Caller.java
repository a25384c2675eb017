package lockstep.server.access;

import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;

/**
 * Who makes a request: an account of one organisation, as its token proves, and where the request
 * comes from.
 *
 * @param displayName e-mail address or name of the account, for audit events
 * @param role what the account's own role allows; nothing for legacy service tokens
 * @param globalAccess whether the account reaches every app and environment; members only
 * @param policies from where the account may call
 * @param accessRevision where {@link AccessRevision} stood when all this was true
 */
public record Caller(
    OrganisationId organisation,
    Plan plan,
    AccountId account,
    AccountKind kind,
    String displayName,
    TokenId token,
    PermissionSet role,
    boolean globalAccess,
    NetworkPolicies policies,
    long accessRevision,
    Origin origin) {

  /** The same account and token in another request. */
  public Caller from(Origin otherOrigin) {
    return new Caller(
        organisation,
        plan,
        account,
        kind,
        displayName,
        token,
        role,
        globalAccess,
        policies,
        accessRevision,
        otherOrigin);
  }

  /** Only members are people, who have personal overrides. */
  public boolean isMember() {
    return kind == AccountKind.MEMBER;
  }
}
