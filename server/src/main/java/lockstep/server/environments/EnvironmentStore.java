package lockstep.server.environments;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ROLE;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.selectOne;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.AccountKind;
import lockstep.server.access.AppAccess;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.ids.AppId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.tables.tables.records.EnvironmentRecord;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Queries about environments. */
final class EnvironmentStore {

  private EnvironmentStore() {}

  /** Those of the app that the caller can open, in their order. */
  static List<Environment> list(DSLContext db, AppAccess access) {
    return list(db, access, Access.reachesEnvironment(access, ENVIRONMENT.ID));
  }

  /** All of the app, whoever can open them. */
  static List<Environment> listAll(DSLContext db, AppAccess access) {
    return list(db, access, noCondition());
  }

  private static List<Environment> list(DSLContext db, AppAccess access, Condition condition) {
    return db.selectFrom(ENVIRONMENT)
        .where(ENVIRONMENT.ORGANISATION_ID.eq(access.organisation().value()))
        .and(ENVIRONMENT.APP_ID.eq(access.app().value()))
        .and(condition)
        .orderBy(ENVIRONMENT.SORT_INDEX, ENVIRONMENT.CREATED_AT, ENVIRONMENT.ID)
        .fetch(EnvironmentStore::toEnvironment);
  }

  static Optional<Environment> find(DSLContext db, EnvironmentAccess access) {
    return db.selectFrom(ENVIRONMENT)
        .where(matches(access))
        .fetchOptional(EnvironmentStore::toEnvironment);
  }

  /** False if the app is gone. Keeps every other writer away from the app until the end. */
  static boolean lockApp(DSLContext db, OrganisationId organisation, AppId app) {
    return db.update(APP)
            .set(APP.UPDATED_AT, APP.UPDATED_AT)
            .where(APP.ORGANISATION_ID.eq(organisation.value()))
            .and(APP.ID.eq(app.value()))
            .execute()
        == 1;
  }

  static boolean isServerEncrypted(DSLContext db, OrganisationId organisation, AppId app) {
    return db.fetchExists(
        selectOne()
            .from(APP)
            .where(APP.ORGANISATION_ID.eq(organisation.value()))
            .and(APP.ID.eq(app.value()))
            .and(APP.SSE_ENABLED.isTrue()));
  }

  static boolean nameIsTaken(
      DSLContext db, OrganisationId organisation, AppId app, EnvironmentName name) {
    return db.fetchExists(
        selectOne()
            .from(ENVIRONMENT)
            .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
            .and(ENVIRONMENT.APP_ID.eq(app.value()))
            .and(ENVIRONMENT.FOLDED_NAME.eq(name.folded())));
  }

  static int nextIndex(DSLContext db, OrganisationId organisation, AppId app) {
    return db.select(max(ENVIRONMENT.SORT_INDEX))
        .from(ENVIRONMENT)
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT.APP_ID.eq(app.value()))
        .fetchOptional(0, Integer.class)
        .map(highest -> highest + 1)
        .orElse(0);
  }

  static void insert(
      DSLContext db,
      OrganisationId organisation,
      AppId app,
      Environment environment,
      EnvironmentName name,
      String identityKey) {
    db.insertInto(ENVIRONMENT)
        .set(ENVIRONMENT.ID, environment.id())
        .set(ENVIRONMENT.ORGANISATION_ID, organisation.value())
        .set(ENVIRONMENT.APP_ID, app.value())
        .set(ENVIRONMENT.NAME, name.text())
        .set(ENVIRONMENT.FOLDED_NAME, name.folded())
        .set(ENVIRONMENT.ENV_TYPE, environment.envType())
        .set(ENVIRONMENT.SORT_INDEX, environment.index())
        .set(ENVIRONMENT.IDENTITY_KEY, identityKey)
        .set(ENVIRONMENT.REVISION, 0L)
        .set(ENVIRONMENT.CREATED_AT, environment.createdAt())
        .set(ENVIRONMENT.UPDATED_AT, environment.updatedAt())
        .execute();
  }

  static void rename(
      DSLContext db, EnvironmentAccess access, EnvironmentName name, Instant updatedAt) {
    db.update(ENVIRONMENT)
        .set(ENVIRONMENT.NAME, name.text())
        .set(ENVIRONMENT.FOLDED_NAME, name.folded())
        .set(ENVIRONMENT.UPDATED_AT, updatedAt)
        .where(matches(access))
        .execute();
  }

  static boolean delete(DSLContext db, EnvironmentAccess access) {
    return db.deleteFrom(ENVIRONMENT).where(matches(access)).execute() == 1;
  }

  /** True if somebody with global access can open what is created now. */
  static boolean hasGlobalHolder(DSLContext db, OrganisationId organisation) {
    return db.fetchExists(
        selectOne()
            .from(ACCOUNT)
            .join(ROLE)
            .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
            .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
            .and(ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName()))
            .and(ACCOUNT.DELETED_AT.isNull())
            .and(ACCOUNT.IDENTITY_KEY.isNotNull())
            .and(ROLE.GLOBAL_ACCESS.isTrue()));
  }

  private static Condition matches(EnvironmentAccess access) {
    return ENVIRONMENT
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(ENVIRONMENT.ID.eq(access.environment().value()));
  }

  private static Environment toEnvironment(EnvironmentRecord row) {
    return new Environment(
        row.getId(),
        row.getName(),
        row.getEnvType(),
        row.getSortIndex(),
        row.getCreatedAt(),
        row.getUpdatedAt());
  }
}
