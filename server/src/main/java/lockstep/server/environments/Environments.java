package lockstep.server.environments;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
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
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/** The rules of environments. */
public final class Environments {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final Audit audit;
  private final Clock clock;

  /** Keeps environments in this database. */
  public Environments(Database database, EnvironmentKeyring keyring, Audit audit, Clock clock) {
    this.database = database;
    this.keyring = keyring;
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
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          if (!EnvironmentStore.lockApp(db, access.organisation(), access.app())) {
            throw ApiException.notFound("App with ID " + access.app() + " not found");
          }
          requireFreeName(db, access.organisation(), access.app(), name);
          int index = EnvironmentStore.nextIndex(db, access.organisation(), access.app());
          NewEnvironment wanted = new NewEnvironment(name, EnvironmentType.CUSTOM, index);
          return createAll(db, access.caller(), access.app(), List.of(wanted)).getFirst();
        });
  }

  /**
   * Creates environments, in order, within a transaction that creates their app or holds it. Each
   * gets fresh keys, which the server and the first holders receive.
   *
   * @throws ApiException 400 if no member with global access could open them
   */
  public List<Environment> createAll(
      DSLContext db, Caller caller, AppId app, List<NewEnvironment> wanted) {
    OrganisationId organisation = caller.organisation();
    if (!EnvironmentStore.hasGlobalHolder(db, organisation)) {
      throw ApiException.badRequest(
          "Cannot create environment: no global-access members with identity keys found in the"
              + " organisation.");
    }
    Map<AccountId, IdentityKey> holders =
        keyring.firstHolders(db, organisation, app, caller.account());
    List<Environment> created = new ArrayList<>(wanted.size());
    for (NewEnvironment one : wanted) {
      created.add(createOne(db, caller, app, one, holders));
    }
    return created;
  }

  private Environment createOne(
      DSLContext db,
      Caller caller,
      AppId app,
      NewEnvironment wanted,
      Map<AccountId, IdentityKey> holders) {
    OrganisationId organisation = caller.organisation();
    Instant now = clock.instant();
    UUID id = Uuids.v7(now);
    Environment environment =
        new Environment(
            id, wanted.name().text(), wanted.type().wireName(), wanted.index(), now, now);
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      EnvironmentStore.insert(
          db, organisation, app, environment, wanted.name(), keys.identityKey());
      EnvironmentId environmentId = new EnvironmentId(id);
      keyring.keepServerCopy(db, organisation, environmentId, keys);
      holders.forEach(
          (account, identityKey) ->
              keyring.grantIndividually(
                  db, organisation, environmentId, keys, account, identityKey));
    }
    audit.record(db, caller, event(AuditAction.CREATE, id, "Environment created", wanted.name()));
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
          EnvironmentStore.rename(db, access, name, later(before.updatedAt()));
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

  /** Clients watch this time and need it to grow, whatever the clock does. */
  private Instant later(Instant before) {
    Instant now = clock.instant();
    Instant next = before.plusNanos(1_000);
    return now.isAfter(next) ? now : next;
  }

  private static ApiException gone() {
    return ApiException.notFound("Environment not found");
  }
}
