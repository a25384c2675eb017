package lockstep.server.environments;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.SuppliedKeys;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Creates environments whose keys the server never sees: the client makes them and wraps them for
 * exactly the accounts for which the server would have done it.
 */
public final class EndToEndEnvironments {

  private final Database database;
  private final Environments environments;
  private final EnvironmentKeyring keyring;
  private final EnvironmentGrants grants;
  private final Clock clock;

  /** Creates environments in this database. */
  public EndToEndEnvironments(
      Database database,
      Environments environments,
      EnvironmentKeyring keyring,
      EnvironmentGrants grants,
      Clock clock) {
    this.database = database;
    this.environments = environments;
    this.keyring = keyring;
    this.grants = grants;
    this.clock = clock;
  }

  Environment create(AppAccess access, ClientEnvironment wanted) {
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          if (Environments.lockForNew(db, access, wanted.name())) {
            throw ApiException.badRequest("SSE is enabled for this App");
          }
          int index = EnvironmentStore.nextIndex(db, access.organisation(), access.app());
          requireRightRecipients(db, access.caller(), access.app(), List.of(wanted));
          return createOne(db, access.caller(), access.app(), wanted, index);
        });
  }

  /**
   * Creates environments, in order, within a transaction that creates their app.
   *
   * @throws ApiException 400 if no member with global access could open them, 409 if the keys are
   *     not for exactly those who must get them
   */
  public List<Environment> createAll(
      DSLContext db, Caller caller, AppId app, List<ClientEnvironment> wanted) {
    requireRightRecipients(db, caller, app, wanted);
    List<Environment> created = new ArrayList<>(wanted.size());
    for (ClientEnvironment one : wanted) {
      created.add(createOne(db, caller, app, one, created.size()));
    }
    return created;
  }

  private Environment createOne(
      DSLContext db, Caller caller, AppId app, ClientEnvironment wanted, int index) {
    EnvironmentId id = new EnvironmentId(Uuids.v7(clock.instant()));
    NewEnvironment environment = new NewEnvironment(wanted.name(), wanted.type(), index);
    Environment created =
        environments.insert(db, caller, app, environment, id, wanted.identityKey().hex());
    grants.giveSupplied(db, caller.organisation(), app, id, wanted.keys());
    return created;
  }

  /** Who must get the keys can change between the moment a client asks and the moment it sends. */
  private void requireRightRecipients(
      DSLContext db, Caller caller, AppId app, List<ClientEnvironment> wanted) {
    Environments.requireGlobalHolder(db, caller.organisation());
    Set<AccountId> required =
        keyring.firstHolders(db, caller.organisation(), app, caller.account()).keySet();
    for (ClientEnvironment environment : wanted) {
      SuppliedKeys.requireFor(
          required,
          environment.keys().byAccount().keySet(),
          () ->
              "The keys of environment '"
                  + environment.name().text()
                  + "' are not for exactly the accounts that must get them. Fetch the recipients"
                  + " again and wrap the keys for them.");
    }
  }
}
