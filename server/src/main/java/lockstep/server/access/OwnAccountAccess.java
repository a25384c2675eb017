package lockstep.server.access;

import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;

/** Proof that the caller is a member, who may see and change its own account. */
public final class OwnAccountAccess {

  private final Caller caller;

  OwnAccountAccess(Caller caller) {
    this.caller = caller;
  }

  /** Who was let through. */
  public Caller caller() {
    return caller;
  }

  /** The caller's membership, the only one that may be touched. */
  public AccountId member() {
    return caller.account();
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }
}
