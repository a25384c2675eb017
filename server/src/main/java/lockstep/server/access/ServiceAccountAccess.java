package lockstep.server.access;

import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;

/** Proof that the caller may do one kind of thing with a service account. By {@link Access}. */
public final class ServiceAccountAccess {

  private final Caller caller;
  private final AccountId account;

  ServiceAccountAccess(Caller caller, AccountId account) {
    this.caller = caller;
    this.account = account;
  }

  /** Who was let through. */
  public Caller caller() {
    return caller;
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }

  /** The only service account that may be touched. */
  public AccountId account() {
    return account;
  }
}
