package lockstep.server.apps;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.environments.ClientEnvironment;
import lockstep.server.environments.EndToEndEnvironments;
import lockstep.server.environments.Environment;
import lockstep.server.environments.Environments;
import lockstep.server.environments.NewEnvironment;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AppId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.FreshKeys;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** The rules of apps. */
public final class Apps {

  private final Database database;
  private final Environments environments;
  private final EndToEndEnvironments endToEnd;
  private final Audit audit;
  private final Clock clock;

  /** Keeps apps in this database. */
  public Apps(
      Database database,
      Environments environments,
      EndToEndEnvironments endToEnd,
      Audit audit,
      Clock clock) {
    this.database = database;
    this.environments = environments;
    this.endToEnd = endToEnd;
    this.audit = audit;
    this.clock = clock;
  }

  List<App> list(OrganisationAccess access) {
    return database.read(db -> AppStore.list(db, access));
  }

  App get(AppAccess access) {
    return database.read(db -> AppStore.find(db, access)).orElseThrow(() -> gone(access));
  }

  /** Creates an app with server-side encryption, its environments and their keys. */
  AppWithEnvironments create(OrganisationAccess access, NewApp wanted) {
    Caller caller = access.caller();
    UUID id = Uuids.v7(clock.instant());
    FreshKeys keys = environments.prepareKeys(caller, new AppId(id), wanted.environments().size());
    return database.write(
        db -> {
          App app = insert(db, access, id, wanted.name(), wanted.description(), true);
          List<Environment> created =
              environments.createAll(db, caller, new AppId(id), wanted.environments(), keys);
          return AppWithEnvironments.of(app, created);
        });
  }

  /** Creates an app that the server cannot open, with keys that the client made. */
  AppWithEnvironments createEndToEnd(OrganisationAccess access, NewEndToEndApp wanted) {
    UUID id = Uuids.v7(clock.instant());
    return database.write(
        db -> {
          App app = insert(db, access, id, wanted.name(), wanted.description(), false);
          List<Environment> created =
              endToEnd.createAll(db, access.caller(), new AppId(id), wanted.environments());
          return AppWithEnvironments.of(app, created);
        });
  }

  private App insert(
      DSLContext db,
      OrganisationAccess access,
      UUID id,
      String name,
      @Nullable String description,
      boolean sseEnabled) {
    AccessRevision.increment(db, access.organisation());
    Instant now = clock.instant();
    App app = new App(id, name, description, sseEnabled, now, now);
    AppStore.insert(db, access.organisation(), app);
    AppStore.listFirstAccounts(db, access, new AppId(id), now);
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(
            AuditAction.CREATE,
            AuditedResource.APP,
            id,
            sseEnabled ? "App created" : "End-to-end encrypted app created",
            Map.of("name", app.name())));
    return app;
  }

  App update(AppAccess access, AppChange change) {
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          App before = AppStore.find(db, access).orElseThrow(() -> gone(access));
          App after =
              new App(
                  before.id(),
                  change.name().orElse(before.name()),
                  change.describes() ? change.description() : before.description(),
                  before.sseEnabled(),
                  before.createdAt(),
                  clock.instant());
          AppStore.update(db, access, after);
          audit.record(
              db,
              access.caller(),
              AuditEvent.of(
                  AuditAction.UPDATE,
                  AuditedResource.APP,
                  before.id(),
                  "App updated",
                  Map.of("old", texts(before), "new", texts(after))));
          return after;
        });
  }

  /** Removes the app and everything in it, for good. */
  void delete(AppAccess access) {
    database.writeLong(
        db -> {
          AccessRevision.increment(db, access.organisation());
          App before = AppStore.find(db, access).orElseThrow(() -> gone(access));
          environments.recordDeletions(db, access);
          AppStore.delete(db, access);
          audit.record(
              db,
              access.caller(),
              AuditEvent.of(
                  AuditAction.DELETE,
                  AuditedResource.APP,
                  before.id(),
                  "App deleted",
                  Map.of("name", before.name())));
          return before;
        });
  }

  private static Map<String, String> texts(App app) {
    @Nullable String description = app.description();
    return Map.of("name", app.name(), "description", description == null ? "" : description);
  }

  private static ApiException gone(AppAccess access) {
    return ApiException.notFound("App with ID " + access.app() + " not found");
  }

  /** What a client asks for when it creates an app. */
  record NewApp(String name, @Nullable String description, List<NewEnvironment> environments) {}

  /** The same with keys of its own, which the server is not to see. */
  record NewEndToEndApp(
      String name, @Nullable String description, List<ClientEnvironment> environments) {}

  /**
   * What a client wants changed.
   *
   * @param describes whether the description changes, maybe to none
   */
  record AppChange(Optional<String> name, boolean describes, @Nullable String description) {}
}
