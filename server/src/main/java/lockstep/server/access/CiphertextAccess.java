package lockstep.server.access;

import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;

/**
 * Proof that the caller may do one kind of thing with the secrets of an environment as they are
 * stored, which is encrypted. Says nothing about whether the server can open them; for that there
 * is {@link SecretsAccess}. Made by {@link Access}.
 */
public final class CiphertextAccess {

  private final Caller caller;
  private final AppId app;
  private final EnvironmentId environment;
  private final Action action;

  CiphertextAccess(Caller caller, AppId app, EnvironmentId environment, Action action) {
    this.caller = caller;
    this.app = app;
    this.environment = environment;
    this.action = action;
  }

  /** Who was let through. */
  public Caller caller() {
    return caller;
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }

  /** The app of the environment. */
  public AppId app() {
    return app;
  }

  /** The only environment whose secrets may be touched. */
  public EnvironmentId environment() {
    return environment;
  }

  /**
   * Refuses to serve for anything but what was granted.
   *
   * @throws IllegalStateException if the grant was for another action; a mistake in the program
   */
  public void require(Action wanted) {
    if (wanted != action) {
      throw new IllegalStateException("granted to " + action + ", used to " + wanted);
    }
  }
}
