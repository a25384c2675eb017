package lockstep.server.apps;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
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
import lockstep.server.keys.StoredName;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;

/** Queries about who can open the environments of an app. */
final class EncryptionStore {

  /** Enough that a few strange ones among them do not matter, and few enough to decrypt. */
  private static final int SOME = 100;

  private EncryptionStore() {}

  /** Those of the app that the caller reaches, in their order. */
  static List<EncryptedEnvironment> environments(DSLContext db, AppAccess access) {
    Field<Boolean> byWayOfAccount = field(isHeldByServerManagedAccount()).as("by_way_of_account");
    return db.select(
            ENVIRONMENT.ID,
            ENVIRONMENT.NAME,
            ENVIRONMENT.ENV_TYPE,
            ENVIRONMENT.SORT_INDEX,
            ENVIRONMENT.IDENTITY_KEY,
            ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID,
            byWayOfAccount)
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
                    row.value6() != null,
                    row.value6() != null || row.value7()));
  }

  /** The public keys of all environments of the app, whoever reaches them. */
  static Map<EnvironmentId, String> identityKeys(DSLContext db, AppAccess access) {
    return db.select(ENVIRONMENT.ID, ENVIRONMENT.IDENTITY_KEY)
        .from(ENVIRONMENT)
        .where(isIn(access))
        .fetchMap(row -> new EnvironmentId(row.value1()), row -> row.value2());
  }

  /** Names of some secrets of an environment. */
  static List<StoredName> someNames(DSLContext db, AppAccess access, EnvironmentId environment) {
    return db.select(SECRET.KEY_CIPHERTEXT, SECRET.KEY_DIGEST)
        .from(SECRET)
        .where(SECRET.ORGANISATION_ID.eq(access.organisation().value()))
        .and(SECRET.ENVIRONMENT_ID.eq(environment.value()))
        .and(SECRET.DELETED_AT.isNull())
        .orderBy(SECRET.CREATED_AT.desc(), SECRET.ID)
        .limit(SOME)
        .fetch(row -> new StoredName(row.value1(), row.value2()));
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

  /** A live service account whose keyring the server holds has a key of the environment. */
  private static Condition isHeldByServerManagedAccount() {
    return exists(
        selectOne()
            .from(ENVIRONMENT_KEY)
            .join(ACCOUNT)
            .on(ACCOUNT.ID.eq(ENVIRONMENT_KEY.ACCOUNT_ID).and(ACCOUNT.DELETED_AT.isNull()))
            .join(SERVICE_ACCOUNT)
            .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
            .where(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(ENVIRONMENT.ID))
            .and(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING.isNotNull()));
  }

  private static Condition isIn(AppAccess access) {
    return ENVIRONMENT
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(ENVIRONMENT.APP_ID.eq(access.app().value()));
  }
}
