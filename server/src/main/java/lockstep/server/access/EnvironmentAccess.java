package lockstep.server.access;

import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;

/**
 * Proof that the caller may do one kind of thing with an environment itself, such as renaming it.
 * Says nothing about its secrets. Made by {@link Access}.
 */
public final class EnvironmentAccess {

  private final Caller caller;
  private final AppId app;
  private final EnvironmentId environment;

  EnvironmentAccess(Caller caller, AppId app, EnvironmentId environment) {
    this.caller = caller;
    this.app = app;
    this.environment = environment;
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

  /** The only environment that may be touched. */
  public EnvironmentId environment() {
    return environment;
  }
}
