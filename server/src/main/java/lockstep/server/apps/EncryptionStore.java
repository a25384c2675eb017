package lockstep.server.apps;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.trueCondition;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.AppAccess;
import lockstep.server.apps.Encryption.EncryptedEnvironment;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.keys.EnvironmentGrants;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Queries about who can open the environments of an app. */
final class EncryptionStore {

  private EncryptionStore() {}

  /** Those of the app that the caller reaches, in their order. */
  static List<EncryptedEnvironment> environments(DSLContext db, AppAccess access) {
    return db.select(
            ENVIRONMENT.ID,
            ENVIRONMENT.NAME,
            ENVIRONMENT.ENV_TYPE,
            ENVIRONMENT.SORT_INDEX,
            ENVIRONMENT.IDENTITY_KEY,
            ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID)
        .from(ENVIRONMENT)
        .leftJoin(ENVIRONMENT_SERVER_KEY)
        .on(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(ENVIRONMENT.ID))
        .where(isIn(access))
        .and(Access.reachesEnvironment(access, ENVIRONMENT.ID))
        .orderBy(ENVIRONMENT.SORT_INDEX, ENVIRONMENT.CREATED_AT, ENVIRONMENT.ID)
        .fetch(
            row ->
                new EncryptedEnvironment(
                    row.value1(),
                    row.value2(),
                    row.value3(),
                    row.value4(),
                    row.value5(),
                    row.value6() != null));
  }

  /** The public keys of all environments of the app, whoever reaches them. */
  static Map<EnvironmentId, String> identityKeys(DSLContext db, AppAccess access) {
    return db.select(ENVIRONMENT.ID, ENVIRONMENT.IDENTITY_KEY)
        .from(ENVIRONMENT)
        .where(isIn(access))
        .fetchMap(row -> new EnvironmentId(row.value1()), row -> row.value2());
  }

  /** The name of the app, if there is an environment of it that the caller does not reach. */
  static Optional<String> nameIfPartlyOutOfReach(DSLContext db, AppAccess access) {
    return db.select(APP.NAME)
        .from(APP)
        .where(APP.ORGANISATION_ID.eq(access.organisation().value()))
        .and(APP.ID.eq(access.app().value()))
        .and(exists(selectOne().from(ENVIRONMENT).where(isIn(access)).andNot(reached(access))))
        .fetchOptional(APP.NAME);
  }

  private static Condition reached(AppAccess access) {
    return access.caller().globalAccess()
        ? trueCondition()
        : Access.reachesEnvironment(access, ENVIRONMENT.ID);
  }

  /** The name of an environment of the app that no member has a key of, if there is one. */
  static Optional<String> nameWithoutHolder(DSLContext db, AppAccess access) {
    return db.select(ENVIRONMENT.NAME)
        .from(ENVIRONMENT)
        .where(isIn(access))
        .and(EnvironmentGrants.isHeldByNoMember(ENVIRONMENT.ID))
        .orderBy(ENVIRONMENT.SORT_INDEX, ENVIRONMENT.ID)
        .limit(1)
        .fetchOptional(ENVIRONMENT.NAME);
  }

  static void setSse(DSLContext db, AppAccess access, boolean enabled, Instant now) {
    db.update(APP)
        .set(APP.SSE_ENABLED, enabled)
        .set(APP.UPDATED_AT, now)
        .where(APP.ORGANISATION_ID.eq(access.organisation().value()))
        .and(APP.ID.eq(access.app().value()))
        .execute();
  }

  private static Condition isIn(AppAccess access) {
    return ENVIRONMENT
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(ENVIRONMENT.APP_ID.eq(access.app().value()));
  }
}
