package lockstep.server.access;

import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;

/**
 * Proof that the caller may do one kind of thing with the secrets of an environment that the server
 * can open. Made by {@link Access}.
 */
public final class SecretsAccess {

  private final CiphertextAccess ciphertexts;

  SecretsAccess(Caller caller, AppId app, EnvironmentId environment, Action action) {
    this.ciphertexts = new CiphertextAccess(caller, app, environment, action);
  }

  /** The part of it that has nothing to do with keys. */
  public CiphertextAccess ciphertexts() {
    return ciphertexts;
  }

  /** Who was let through. */
  public Caller caller() {
    return ciphertexts.caller();
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return ciphertexts.organisation();
  }

  /** The app of the environment. */
  public AppId app() {
    return ciphertexts.app();
  }

  /** The only environment whose secrets may be touched. */
  public EnvironmentId environment() {
    return ciphertexts.environment();
  }

  /**
   * Refuses to serve for anything but what was granted.
   *
   * @throws IllegalStateException if the grant was for another action; a mistake in the program
   */
  public void require(Action wanted) {
    ciphertexts.require(wanted);
  }
}
