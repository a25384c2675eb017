package lockstep.server.apps;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ROLE;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.AccountKind;
import lockstep.server.access.AppAccess;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.ids.AppId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.FoldedName;
import lockstep.server.store.tables.tables.records.AppRecord;
import org.jooq.DSLContext;

/** Queries about apps. */
final class AppStore {

  private AppStore() {}

  static List<App> list(DSLContext db, OrganisationAccess access) {
    return db.selectFrom(APP)
        .where(APP.ORGANISATION_ID.eq(access.organisation().value()))
        .and(Access.reachesApp(access, APP.ID))
        .orderBy(APP.CREATED_AT.desc(), APP.ID.desc())
        .fetch(AppStore::toApp);
  }

  static Optional<App> find(DSLContext db, AppAccess access) {
    return db.selectFrom(APP)
        .where(APP.ORGANISATION_ID.eq(access.organisation().value()))
        .and(APP.ID.eq(access.app().value()))
        .fetchOptional(AppStore::toApp);
  }

  static void insert(DSLContext db, OrganisationId organisation, App app) {
    db.insertInto(APP)
        .set(APP.ID, app.id())
        .set(APP.ORGANISATION_ID, organisation.value())
        .set(APP.NAME, app.name())
        .set(APP.FOLDED_NAME, FoldedName.of(app.name()))
        .set(APP.DESCRIPTION, app.description())
        .set(APP.SSE_ENABLED, app.sseEnabled())
        .set(APP.CREATED_AT, app.createdAt())
        .set(APP.UPDATED_AT, app.updatedAt())
        .execute();
  }

  static void update(DSLContext db, AppAccess access, App app) {
    db.update(APP)
        .set(APP.NAME, app.name())
        .set(APP.FOLDED_NAME, FoldedName.of(app.name()))
        .set(APP.DESCRIPTION, app.description())
        .set(APP.UPDATED_AT, app.updatedAt())
        .where(APP.ORGANISATION_ID.eq(access.organisation().value()))
        .and(APP.ID.eq(access.app().value()))
        .execute();
  }

  static boolean delete(DSLContext db, AppAccess access) {
    return db.deleteFrom(APP)
            .where(APP.ORGANISATION_ID.eq(access.organisation().value()))
            .and(APP.ID.eq(access.app().value()))
            .execute()
        == 1;
  }

  /** Lists the creator and everybody with global access on a new app. */
  static void listFirstAccounts(DSLContext db, OrganisationAccess access, AppId app, Instant now) {
    db.insertInto(
            APP_ACCOUNT,
            APP_ACCOUNT.APP_ID,
            APP_ACCOUNT.ACCOUNT_ID,
            APP_ACCOUNT.ORGANISATION_ID,
            APP_ACCOUNT.CREATED_AT)
        .select(
            select(val(app.value()), ACCOUNT.ID, ACCOUNT.ORGANISATION_ID, val(now, APP.CREATED_AT))
                .from(ACCOUNT)
                .join(ROLE)
                .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
                .where(ACCOUNT.ORGANISATION_ID.eq(access.organisation().value()))
                .and(ACCOUNT.DELETED_AT.isNull())
                .and(
                    ACCOUNT
                        .ID
                        .eq(access.caller().account().value())
                        .or(
                            ACCOUNT
                                .KIND
                                .eq(AccountKind.MEMBER.storedName())
                                .and(ROLE.GLOBAL_ACCESS.isTrue()))))
        .execute();
  }

  private static App toApp(AppRecord row) {
    return new App(
        row.getId(),
        row.getName(),
        row.getDescription(),
        row.getSseEnabled(),
        row.getCreatedAt(),
        row.getUpdatedAt());
  }
}
