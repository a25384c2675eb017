package lockstep.server.access;

import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import lockstep.server.access.KnownReach.Asked;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.store.Database;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * Decides what a caller may do. The only maker of capabilities ({@link OrganisationAccess}, {@link
 * AppAccess}, {@link EnvironmentAccess}, {@link SecretsAccess}, {@link CiphertextAccess}, {@link
 * OwnAccountAccess}, {@link HistoryAccess}, {@link HeldKeysAccess}, {@link ServiceAccountAccess},
 * {@link TeamAccess}); whoever touches stored data of an organisation needs one.
 *
 * <p>Every method either returns a capability or throws the refusal that the client sees. What
 * belongs to another organisation is refused exactly as what does not exist. Every method that is
 * asked about a caller counts as one decision; a request takes one, and the test named
 * OneDecisionTest lists the few that take more.
 */
public final class Access {

  private final Database database;
  private final DecisionObserver observer;
  private final KnownReach known;

  /** Decides by what is stored in this database, and tells the observer of each decision. */
  public Access(Database database, DecisionObserver observer) {
    this.database = database;
    this.observer = observer;
    this.known = new KnownReach(database);
  }

  /** Access to a kind of resource of the organisation, for all of them at once. */
  public OrganisationAccess organisation(
      Caller caller, OrganisationResource resource, Action action) {
    observer.deciding(caller);
    require(caller, resource, action);
    return new OrganisationAccess(caller);
  }

  /** Access of a member to what belongs to it alone, which no role grants or takes. */
  public OwnAccountAccess ownAccount(Caller caller) {
    observer.deciding(caller);
    return accountOfMember(caller);
  }

  /** Access to what was wrapped for the caller's own account and token. */
  public HeldKeysAccess heldKeys(Caller caller) {
    observer.deciding(caller);
    return new HeldKeysAccess(caller);
  }

  /** Access to see one service account. */
  public ServiceAccountAccess serviceAccount(Caller caller, String id) {
    return decide(caller, db -> ServiceAccountDecisions.reading(db, caller, id));
  }

  /** Access to change a service account or what it reaches, or to delete it. */
  public ServiceAccountAccess managedServiceAccount(Caller caller, String id, Action action) {
    return decide(caller, db -> ServiceAccountDecisions.management(db, caller, id, action));
  }

  /** Access to make or delete tokens of a service account. */
  public ServiceAccountAccess tokensOfServiceAccount(Caller caller, String id, Action action) {
    return decide(caller, db -> ServiceAccountDecisions.tokens(db, caller, id, action));
  }

  /** Access to create a service account that this team owns. */
  public TeamAccess newServiceAccountOfTeam(Caller caller, String teamId) {
    return decide(caller, db -> TeamDecisions.newServiceAccount(db, caller, teamId));
  }

  /**
   * Refuses the role that a client wants a service account to have.
   *
   * @throws ApiException if there is none, or no service account can have it
   */
  public void requireServiceAccountRole(Caller caller, String roleId) {
    AssignableRole role =
        decide(caller, db -> AssignableRole.require(db, caller.organisation(), roleId));
    role.forServiceAccount();
  }

  /** Access to a team itself. */
  public TeamAccess team(Caller caller, String id, Action action) {
    return decide(caller, db -> TeamDecisions.itself(db, caller, id, action));
  }

  /** Access to change the members of a team and what they reach through it. */
  public TeamAccess managedTeam(Caller caller, String id) {
    return decide(caller, db -> TeamDecisions.management(db, caller, id));
  }

  /** Access to an app itself. */
  public AppAccess app(Caller caller, String id, Action action) {
    return decide(
        caller,
        db -> {
          ReachStore.App app = findApp(db, caller, id);
          requireReach(db, caller, app.id());
          require(caller, OrganisationResource.APPS, action);
          return new AppAccess(caller, app.id(), app.sseEnabled());
        });
  }

  /** Access to all environments of an app. */
  public AppAccess environmentsOfApp(Caller caller, Optional<String> appId, Action action) {
    String id = appId.orElseThrow(Access::appRequired);
    return decide(
        caller,
        db -> {
          ReachStore.App app = findApp(db, caller, id);
          requireReach(db, caller, app.id());
          require(db, caller, app.id(), AppResource.ENVIRONMENTS, action);
          requireSse(app.sseEnabled());
          return new AppAccess(caller, app.id(), true);
        });
  }

  /**
   * Access to an environment itself.
   *
   * @param appId the app it must be in, if the client named one
   */
  public EnvironmentAccess environment(
      Caller caller, String id, Optional<String> appId, Action action) {
    return decide(
        caller,
        db -> {
          ReachStore.Environment environment = findEnvironment(db, caller, id, appId);
          requireReach(db, caller, environment.app());
          require(db, caller, environment.app(), AppResource.ENVIRONMENTS, action);
          requireSse(environment.sseEnabled());
          if (!reaches(db, caller, environment.id())) {
            throw Refusals.environment(caller);
          }
          return new EnvironmentAccess(caller, environment.app(), environment.id());
        });
  }

  /** Access to see or change whether the server can open an app. */
  public AppAccess encryption(Caller caller, String appId, Action action) {
    return decide(caller, db -> EndToEndDecisions.encryption(db, caller, appId, action));
  }

  /**
   * Access to give an environment new keys.
   *
   * @throws ApiException 409 if only clients can open it
   */
  public EnvironmentAccess keyRotation(Caller caller, String id) {
    return decide(caller, db -> EndToEndDecisions.rotation(db, caller, id));
  }

  /**
   * Access to everything that is encrypted in an environment that the server cannot open, to store
   * it under other keys: personal values of others too, and values that are sealed.
   */
  public EnvironmentAccess clientRotation(Caller caller, String id) {
    return decide(caller, db -> EndToEndDecisions.clientRotation(db, caller, id));
  }

  /**
   * Decides again what {@link #clientRotation} decided, in the transaction that puts other keys in
   * the place of the present ones.
   */
  public void requireClientRotation(DSLContext db, EnvironmentAccess granted) {
    observer.deciding(granted.caller());
    EndToEndDecisions.clientRotation(db, granted.caller(), granted.environment().toString());
  }

  /** Access to all environments of an app that the server cannot open. */
  public AppAccess environmentsOfEndToEndApp(Caller caller, Optional<String> appId, Action action) {
    return decide(caller, db -> EndToEndDecisions.environments(db, caller, appId, action));
  }

  /** Access to an environment itself, of an app that the server cannot open. */
  public EnvironmentAccess endToEndEnvironment(Caller caller, String id, Action action) {
    return decide(caller, db -> EndToEndDecisions.environment(db, caller, id, action));
  }

  /** Access to see or change who has keys of an environment that the server cannot open. */
  public EnvironmentAccess keysOfEnvironment(Caller caller, String id, Action action) {
    return decide(caller, db -> EndToEndDecisions.keys(db, caller, id, action));
  }

  /**
   * Decides again what {@link #keysOfEnvironment} decided, in the transaction that changes who has
   * keys: meanwhile the environment may be gone, or the caller's own key.
   */
  public void requireKeysOfEnvironment(DSLContext db, EnvironmentAccess granted, Action action) {
    observer.deciding(granted.caller());
    EndToEndDecisions.keys(db, granted.caller(), granted.environment().toString(), action);
  }

  /**
   * Refuses if one of these accounts is not the caller's to give keys to and take them from, in the
   * transaction that does it.
   */
  public void requireManaged(DSLContext db, Caller caller, Collection<String> accounts) {
    observer.deciding(caller);
    EndToEndDecisions.requireManaged(db, caller, accounts);
  }

  /** Access of a member to what it shares by link. */
  public OwnAccountAccess lockbox(Caller caller, Action action) {
    observer.deciding(caller);
    OwnAccountAccess granted = accountOfMember(caller);
    if (!caller.role().allows(AppResource.LOCKBOX, action)) {
      throw ApiException.forbidden(Refusals.of(AppResource.LOCKBOX, action));
    }
    return granted;
  }

  /**
   * Access to the secrets of an environment.
   *
   * @param name of the environment, in any case
   */
  public SecretsAccess secrets(
      Caller caller, Optional<String> appId, Optional<String> name, Action action) {
    observer.deciding(caller);
    ReachStore.Environment reached =
        known.decide(
            caller,
            action,
            new Asked(true, Optional.empty(), appId, name),
            db -> {
              ReachStore.Environment environment = environmentNamed(db, caller, appId, name);
              if (!reaches(db, caller, environment.id())) {
                throw ApiException.forbidden(
                    caller.kind().title() + " cannot access this environment");
              }
              require(db, caller, environment.app(), AppResource.SECRETS, action);
              requireSse(environment.sseEnabled());
              return environment;
            });
    return new SecretsAccess(caller, reached.app(), reached.id(), action);
  }

  /**
   * Access to the secrets of an environment as they are stored, in any app, for a client that holds
   * a key of it.
   *
   * @param environmentId what counts, if the client sent it
   * @param name of the environment in this app, in any case
   */
  public CiphertextAccess ciphertexts(
      Caller caller,
      Optional<String> environmentId,
      Optional<String> appId,
      Optional<String> name,
      Action action) {
    observer.deciding(caller);
    ReachStore.Environment reached =
        known.decide(
            caller,
            action,
            new Asked(false, environmentId, appId, name),
            db -> {
              ReachStore.Environment environment =
                  CiphertextDecisions.environment(db, caller, environmentId, appId, name);
              require(db, caller, environment.app(), AppResource.SECRETS, action);
              return environment;
            });
    return new CiphertextAccess(caller, reached.app(), reached.id(), action);
  }

  /**
   * Access to the history of the secrets of an environment, in any app.
   *
   * @param name of the environment, in any case
   */
  public HistoryAccess history(Caller caller, Optional<String> appId, Optional<String> name) {
    return decide(caller, db -> HistoryDecisions.ofName(db, caller, appId, name));
  }

  /** Access to the history of the secrets of the environment with this id, in any app. */
  public HistoryAccess history(Caller caller, String environmentId) {
    return decide(caller, db -> HistoryDecisions.ofId(db, caller, environmentId));
  }

  /**
   * Access to read an environment that a secret refers to, in the snapshot of the reading request;
   * empty if the caller may not, or the server cannot open it.
   */
  public Optional<SecretsAccess> referencedSecrets(
      DSLContext db, Caller caller, EnvironmentId environment) {
    observer.deciding(caller);
    return ReachStore.environment(db, caller.organisation(), environment)
        .filter(ReachStore.Environment::sseEnabled)
        .filter(found -> reaches(db, caller, found.id()))
        .filter(found -> allows(db, caller, found.app(), AppResource.SECRETS, Action.READ))
        .map(found -> new SecretsAccess(caller, found.app(), found.id(), Action.READ));
  }

  /**
   * Whether the caller may read the secrets, too, that it was let through to for something else.
   */
  public boolean mayRead(DSLContext db, SecretsAccess granted) {
    observer.deciding(granted.caller());
    return allows(db, granted.caller(), granted.app(), AppResource.SECRETS, Action.READ);
  }

  /** The condition that the app with the id in this column is one the caller reaches. */
  public static Condition reachesApp(OrganisationAccess access, Field<UUID> app) {
    Caller caller = access.caller();
    return caller.globalAccess() ? DSL.noCondition() : ReachStore.reaches(caller.account(), app);
  }

  /** The condition that the environment with the id in this column is one the caller reaches. */
  public static Condition reachesEnvironment(AppAccess access, Field<UUID> environment) {
    Caller caller = access.caller();
    return caller.globalAccess()
        ? DSL.noCondition()
        : ReachStore.hasKey(caller.account(), environment);
  }

  /**
   * The condition that the caller holds a live key of the environment with the id in this column.
   */
  public static Condition holdsKey(HeldKeysAccess access, Field<UUID> environment) {
    return ReachStore.hasKey(access.caller().account(), environment);
  }

  /**
   * The condition that service accounts owned by the team with the id in this column, if it has
   * one, are visible to the caller.
   */
  public static Condition seesServiceAccountsOf(OrganisationAccess access, Field<UUID> team) {
    return ServiceAccountDecisions.isVisible(access.caller(), team);
  }

  /** The environment that the client named as it addresses secrets. */
  static ReachStore.Environment environmentNamed(
      DSLContext db, Caller caller, Optional<String> appId, Optional<String> name) {
    ReachStore.App app = findApp(db, caller, appId.orElseThrow(Access::contextRequired));
    if (name.isEmpty()) {
      requireReach(db, caller, app.id());
      throw contextRequired();
    }
    return environmentOf(db, caller, app, appId.get(), name.get());
  }

  /**
   * The environment of this name in an app.
   *
   * @param appId as the client wrote it
   */
  static ReachStore.Environment environmentOf(
      DSLContext db, Caller caller, ReachStore.App app, String appId, String name) {
    return ReachStore.environment(db, caller.organisation(), app.id(), name)
        .orElseThrow(
            () ->
                ApiException.notFound(
                    "Environment '%s' not found in App %s"
                        .formatted(Echo.shorten(name), Echo.shorten(appId))));
  }

  private static boolean isAppOf(ReachStore.Environment environment, Optional<String> appId) {
    return appId.isEmpty() || AppId.parse(appId.get()).equals(Optional.of(environment.app()));
  }

  static ReachStore.Environment findEnvironment(
      DSLContext db, Caller caller, String id, Optional<String> appId) {
    return EnvironmentId.parse(id)
        .flatMap(known -> ReachStore.environment(db, caller.organisation(), known))
        .filter(found -> isAppOf(found, appId))
        .orElseThrow(() -> ApiException.notFound("Environment not found"));
  }

  static ReachStore.App findApp(DSLContext db, Caller caller, String id) {
    return AppId.parse(id)
        .flatMap(app -> ReachStore.app(db, caller.organisation(), app))
        .orElseThrow(() -> ApiException.notFound("App with ID " + Echo.shorten(id) + " not found"));
  }

  static void requireReach(DSLContext db, Caller caller, AppId app) {
    if (!caller.globalAccess()
        && !ReachStore.reachesApp(db, caller.organisation(), caller.account(), app)) {
      throw ApiException.forbidden(caller.kind().title() + " cannot access this app");
    }
  }

  static boolean reaches(DSLContext db, Caller caller, EnvironmentId environment) {
    return caller.globalAccess()
        || ReachStore.hasKey(db, caller.organisation(), caller.account(), environment);
  }

  private <T> T decide(Caller caller, Function<DSLContext, T> decision) {
    observer.deciding(caller);
    return database.read(decision);
  }

  private static OwnAccountAccess accountOfMember(Caller caller) {
    if (!caller.isMember()) {
      throw ApiException.forbidden("Only members have an account of their own.");
    }
    return new OwnAccountAccess(caller);
  }

  private static void requireSse(boolean sseEnabled) {
    if (!sseEnabled) {
      throw ApiException.badRequest("SSE is not enabled for this App");
    }
  }

  private static void require(Caller caller, OrganisationResource resource, Action action) {
    if (!caller.role().allows(resource, action)) {
      throw ApiException.forbidden(Refusals.of(resource, action));
    }
  }

  static void require(
      DSLContext db, Caller caller, AppId app, AppResource resource, Action action) {
    if (!allows(db, caller, app, resource, action)) {
      throw ApiException.forbidden(Refusals.of(resource, action));
    }
  }

  private static boolean allows(
      DSLContext db, Caller caller, AppId app, AppResource resource, Action action) {
    if (caller.kind() == AccountKind.SERVICE_TOKEN) {
      return resource == AppResource.SECRETS;
    }
    // Most callers need no team's help, and then nobody has to ask for the teams.
    return caller.role().allows(resource, action)
        || new Permissions(caller.role(), ReachStore.teamRoles(db, caller, app))
            .allows(resource, action);
  }

  static ApiException appRequired() {
    return ApiException.forbidden("Could not resolve app from request.");
  }

  static ApiException contextRequired() {
    return ApiException.forbidden(
        "Environment context required. Supply `app_id` and `env` as query parameters.");
  }
}
