package lockstep.server.access;

import lockstep.server.ids.OrganisationId;

/** Proof that the caller may do one kind of thing in its organisation. Made by {@link Access}. */
public final class OrganisationAccess {

  private final Caller caller;

  OrganisationAccess(Caller caller) {
    this.caller = caller;
  }

  /** Who was let through. */
  public Caller caller() {
    return caller;
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }
}
