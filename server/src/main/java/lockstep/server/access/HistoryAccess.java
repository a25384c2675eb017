package lockstep.server.access;

import java.util.Set;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;

/**
 * Proof that the caller reaches the secrets of an environment, of any app, and what it may do with
 * them. Going back in history does several things at once, and which ones shows only then; each is
 * asked for with {@link #to}. Made by {@link Access}.
 */
public final class HistoryAccess {

  private final Caller caller;
  private final AppId app;
  private final EnvironmentId environment;
  private final boolean sseEnabled;
  private final Set<Action> permitted;

  HistoryAccess(
      Caller caller,
      AppId app,
      EnvironmentId environment,
      boolean sseEnabled,
      Set<Action> permitted) {
    this.caller = caller;
    this.app = app;
    this.environment = environment;
    this.sseEnabled = sseEnabled;
    this.permitted = Set.copyOf(permitted);
  }

  /** Who was let through. */
  public Caller caller() {
    return caller;
  }

  /** The only organisation whose data may be touched. */
  public OrganisationId organisation() {
    return caller.organisation();
  }

  /** The only environment whose secrets may be touched. */
  public EnvironmentId environment() {
    return environment;
  }

  /** Whether the server can open the environment, so that the caller may see it in plain text. */
  public boolean sseEnabled() {
    return sseEnabled;
  }

  /**
   * Access to do one kind of thing.
   *
   * @throws ApiException 403 if the caller may not
   */
  public CiphertextAccess to(Action action) {
    if (!permitted.contains(action)) {
      throw ApiException.forbidden(Refusals.of(AppResource.SECRETS, action));
    }
    return new CiphertextAccess(caller, app, environment, action);
  }

  /**
   * Access to do the first kind of thing, or else the other.
   *
   * @throws ApiException 403 if the caller may do neither
   */
  public CiphertextAccess toEither(Action first, Action other) {
    return to(permitted.contains(first) || !permitted.contains(other) ? first : other);
  }
}
