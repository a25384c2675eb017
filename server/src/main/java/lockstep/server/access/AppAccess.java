package lockstep.server.access;

import lockstep.server.http.ApiException;
import lockstep.server.ids.AppId;
import lockstep.server.ids.OrganisationId;

/** Proof that the caller may do one kind of thing with an app. Made by {@link Access}. */
public final class AppAccess {

  private final Caller caller;
  private final AppId app;
  private final boolean sseEnabled;

  AppAccess(Caller caller, AppId app, boolean sseEnabled) {
    this.caller = caller;
    this.app = app;
    this.sseEnabled = sseEnabled;
  }

  /** Who was let through. */
  public Caller caller() {
    return caller;
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }

  /** The only app that may be touched. */
  public AppId app() {
    return app;
  }

  /**
   * Refuses what is only for apps that the server cannot open.
   *
   * @throws ApiException 400 if it can
   */
  public void requireEndToEnd() {
    EndToEndDecisions.requireEndToEnd(sseEnabled);
  }

  /** Whether the server can open the app's environments. */
  public boolean sseEnabled() {
    return sseEnabled;
  }
}
