package lockstep.server.environments;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.crypto.IdentityKey;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.FreshKeys;
import lockstep.server.keys.GrantSource;
import lockstep.server.store.Database;
import lockstep.server.store.GrowingTime;
import org.jooq.DSLContext;

/** The rules of environments. */
public final class Environments {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final EnvironmentGrants grants;
  private final Audit audit;
  private final Clock clock;

  /** Keeps environments in this database. */
  public Environments(
      Database database,
      EnvironmentKeyring keyring,
      EnvironmentGrants grants,
      Audit audit,
      Clock clock) {
    this.database = database;
    this.keyring = keyring;
    this.grants = grants;
    this.audit = audit;
    this.clock = clock;
  }

  List<Environment> list(AppAccess access) {
    return database.read(db -> EnvironmentStore.list(db, access));
  }

  Environment get(EnvironmentAccess access) {
    return database.read(db -> EnvironmentStore.find(db, access)).orElseThrow(Environments::gone);
  }

  Environment create(AppAccess access, EnvironmentName name) {
    FreshKeys keys = prepareKeys(access.caller(), access.app(), 1);
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          if (!lockForNew(db, access, name)) {
            throw ApiException.badRequest("SSE is not enabled for this App");
          }
          int index = EnvironmentStore.nextIndex(db, access.organisation(), access.app());
          NewEnvironment wanted = new NewEnvironment(name, EnvironmentType.CUSTOM, index);
          return createAll(db, access.caller(), access.app(), List.of(wanted), keys).getFirst();
        });
  }

  /** Makes room for a new environment; tells whether the server can open those of the app. */
  static boolean lockForNew(DSLContext db, AppAccess access, EnvironmentName name) {
    if (!EnvironmentStore.lockApp(db, access.organisation(), access.app())) {
      throw ApiException.notFound("App with ID " + access.app() + " not found");
    }
    requireFreeName(db, access.organisation(), access.app(), name);
    // What was granted is older than this transaction, and the app may have been switched since.
    return EnvironmentStore.isServerEncrypted(db, access.organisation(), access.app());
  }

  /**
   * Makes keys for environments of an app, which may be yet to be created. Slow: belongs before the
   * transaction.
   */
  public FreshKeys prepareKeys(Caller caller, AppId app, int count) {
    Map<AccountId, IdentityKey> holders =
        database.read(db -> keyring.firstHolders(db, caller.organisation(), app, caller.account()));
    List<EnvironmentId> ids =
        Stream.generate(() -> new EnvironmentId(Uuids.v7(clock.instant()))).limit(count).toList();
    return keyring.generate(ids, Set.copyOf(holders.values()));
  }

  /**
   * Creates environments, in order, within a transaction that creates their app or holds it. The
   * server and the first holders receive their keys.
   *
   * @param keys prepared for as many environments
   * @throws ApiException 400 if no member with global access could open them
   */
  public List<Environment> createAll(
      DSLContext db, Caller caller, AppId app, List<NewEnvironment> wanted, FreshKeys keys) {
    OrganisationId organisation = caller.organisation();
    requireGlobalHolder(db, organisation);
    Iterator<EnvironmentId> ids = keys.ids().iterator();
    List<Environment> created = new ArrayList<>(wanted.size());
    for (NewEnvironment one : wanted) {
      EnvironmentId id = ids.next();
      created.add(insert(db, caller, app, one, id, keys.identityKey(id)));
      keyring.keepServerCopy(db, organisation, id, keys);
    }
    Set<AccountId> holders = keyring.firstHolders(db, organisation, app, caller.account()).keySet();
    grants.give(db, organisation, GrantSource.INDIVIDUAL, keys.ids(), holders, keys.wrapped());
    return created;
  }

  static void requireGlobalHolder(DSLContext db, OrganisationId organisation) {
    if (!EnvironmentStore.hasGlobalHolder(db, organisation)) {
      throw ApiException.badRequest(
          "Cannot create environment: no global-access members with identity keys found in the"
              + " organisation.");
    }
  }

  /** Creates an environment that nobody has a key of yet. */
  Environment insert(
      DSLContext db,
      Caller caller,
      AppId app,
      NewEnvironment wanted,
      EnvironmentId id,
      String identityKey) {
    Instant now = clock.instant();
    Environment environment =
        new Environment(
            id.value(), wanted.name().text(), wanted.type().wireName(), wanted.index(), now, now);
    EnvironmentStore.insert(
        db, caller.organisation(), app, environment, wanted.name(), identityKey);
    audit.record(
        db, caller, event(AuditAction.CREATE, id.value(), "Environment created", wanted.name()));
    return environment;
  }

  Environment rename(EnvironmentAccess access, EnvironmentName name) {
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          if (!EnvironmentStore.lockApp(db, access.organisation(), access.app())) {
            throw gone();
          }
          Environment before = EnvironmentStore.find(db, access).orElseThrow(Environments::gone);
          boolean sameName = new EnvironmentName(before.name()).folded().equals(name.folded());
          if (!sameName) {
            requireFreeName(db, access.organisation(), access.app(), name);
          }
          EnvironmentStore.rename(db, access, name, GrowingTime.after(before.updatedAt(), clock));
          audit.record(
              db,
              access.caller(),
              new AuditEvent(
                  AuditAction.UPDATE,
                  AuditedResource.ENVIRONMENT,
                  Optional.of(before.id()),
                  Optional.of(access.environment()),
                  "Environment renamed",
                  Map.of("oldName", before.name(), "newName", name.text())));
          return EnvironmentStore.find(db, access).orElseThrow(Environments::gone);
        });
  }

  void delete(EnvironmentAccess access) {
    database.writeLong(
        db -> {
          AccessRevision.increment(db, access.organisation());
          Environment before = EnvironmentStore.find(db, access).orElseThrow(Environments::gone);
          EnvironmentStore.delete(db, access);
          audit.record(
              db,
              access.caller(),
              event(
                  AuditAction.DELETE,
                  before.id(),
                  "Environment deleted",
                  new EnvironmentName(before.name())));
          return before;
        });
  }

  /** Records that the environments of an app go with it, in the transaction that deletes it. */
  public void recordDeletions(DSLContext db, AppAccess access) {
    for (Environment environment : EnvironmentStore.listAll(db, access)) {
      audit.record(
          db,
          access.caller(),
          event(
              AuditAction.DELETE,
              environment.id(),
              "Environment deleted with its app",
              new EnvironmentName(environment.name())));
    }
  }

  private static AuditEvent event(
      AuditAction action, UUID id, String description, EnvironmentName name) {
    return new AuditEvent(
        action,
        AuditedResource.ENVIRONMENT,
        Optional.of(id),
        Optional.of(new EnvironmentId(id)),
        description,
        Map.of("name", name.text()));
  }

  private static void requireFreeName(
      DSLContext db, OrganisationId organisation, AppId app, EnvironmentName name) {
    if (EnvironmentStore.nameIsTaken(db, organisation, app, name)) {
      throw ApiException.conflict(
          "An environment named '" + name.text() + "' already exists in this app.");
    }
  }

  private static ApiException gone() {
    return ApiException.notFound("Environment not found");
  }
}
