package lockstep.server.access;

import lockstep.server.ids.OrganisationId;

/**
 * Proof that the caller may take what was wrapped for its own account and token: environment keys
 * and a share of its private key. No role grants or takes that. Made by {@link Access}.
 */
public final class HeldKeysAccess {

  private final Caller caller;

  HeldKeysAccess(Caller caller) {
    this.caller = caller;
  }

  /** Whose keys they are. */
  public Caller caller() {
    return caller;
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }
}
