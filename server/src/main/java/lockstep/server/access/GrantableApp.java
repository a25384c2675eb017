package lockstep.server.access;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.store.Chunks;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/**
 * An app that a client wants to give access to, and how much of it the caller has to give. Whoever
 * passes access on must have it.
 *
 * @param reached whether the caller has access to the app
 * @param environments all environments of the app
 * @param opened those of them that the caller can open
 */
public record GrantableApp(
    AppId id,
    String name,
    boolean sseEnabled,
    boolean reached,
    Set<EnvironmentId> environments,
    Set<EnvironmentId> opened) {

  /** Keeps copies of the sets. */
  public GrantableApp {
    environments = Set.copyOf(environments);
    opened = Set.copyOf(opened);
  }

  /** Those of these apps that the organisation has. */
  public static Map<AppId, GrantableApp> load(DSLContext db, Caller caller, Set<AppId> ids) {
    Map<AppId, GrantableApp> apps = new HashMap<>();
    for (List<AppId> chunk : Chunks.of(ids)) {
      load(db, caller, chunk.stream().map(AppId::value).toList(), apps);
    }
    return apps;
  }

  private static void load(
      DSLContext db, Caller caller, List<UUID> wanted, Map<AppId, GrantableApp> apps) {
    Map<UUID, Set<EnvironmentId>> environments = new HashMap<>();
    Map<UUID, Set<EnvironmentId>> opened = new HashMap<>();
    db.select(ENVIRONMENT.APP_ID, ENVIRONMENT.ID, DSL.field(opens(caller)).as("opened"))
        .from(ENVIRONMENT)
        .where(ENVIRONMENT.ORGANISATION_ID.eq(caller.organisation().value()))
        .and(ENVIRONMENT.APP_ID.in(wanted))
        .forEach(
            row -> {
              EnvironmentId id = new EnvironmentId(row.value2());
              environments.computeIfAbsent(row.value1(), _ -> new HashSet<>()).add(id);
              if (row.value3()) {
                opened.computeIfAbsent(row.value1(), _ -> new HashSet<>()).add(id);
              }
            });
    db.select(APP.ID, APP.NAME, APP.SSE_ENABLED, DSL.field(reaches(caller)).as("reached"))
        .from(APP)
        .where(APP.ORGANISATION_ID.eq(caller.organisation().value()))
        .and(APP.ID.in(wanted))
        .forEach(
            row ->
                apps.put(
                    new AppId(row.value1()),
                    new GrantableApp(
                        new AppId(row.value1()),
                        row.value2(),
                        row.value3(),
                        row.value4(),
                        environments.getOrDefault(row.value1(), Set.of()),
                        opened.getOrDefault(row.value1(), Set.of()))));
  }

  private static Condition reaches(Caller caller) {
    return caller.globalAccess()
        ? DSL.trueCondition()
        : ReachStore.reaches(caller.account(), APP.ID);
  }

  private static Condition opens(Caller caller) {
    return caller.globalAccess()
        ? DSL.trueCondition()
        : DSL.exists(
            DSL.selectOne()
                .from(ENVIRONMENT_KEY)
                .where(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(ENVIRONMENT.ID))
                .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(caller.account().value())));
  }
}
