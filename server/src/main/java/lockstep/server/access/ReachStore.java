package lockstep.server.access;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_GRANT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.TEAM_ENVIRONMENT;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.selectOne;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.FoldedName;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.Record3;

/** What exists in an organisation, and what an account reaches of it. */
final class ReachStore {

  record App(AppId id, boolean sseEnabled) {}

  record Environment(EnvironmentId id, AppId app, boolean sseEnabled) {}

  private ReachStore() {}

  static Optional<App> app(DSLContext db, OrganisationId organisation, AppId id) {
    return db.select(APP.ID, APP.SSE_ENABLED)
        .from(APP)
        .where(APP.ORGANISATION_ID.eq(organisation.value()).and(APP.ID.eq(id.value())))
        .fetchOptional(ReachStore::toApp);
  }

  static Optional<Environment> environment(
      DSLContext db, OrganisationId organisation, EnvironmentId id) {
    return environment(db, organisation, ENVIRONMENT.ID.eq(id.value()));
  }

  /** The environment of this name, ignoring case. */
  static Optional<Environment> environment(
      DSLContext db, OrganisationId organisation, AppId app, String name) {
    return FoldedName.ofAscii(name)
        .flatMap(
            folded ->
                environment(
                    db,
                    organisation,
                    ENVIRONMENT.APP_ID.eq(app.value()).and(ENVIRONMENT.FOLDED_NAME.eq(folded))));
  }

  private static Optional<Environment> environment(
      DSLContext db, OrganisationId organisation, Condition condition) {
    return db.select(ENVIRONMENT.ID, ENVIRONMENT.APP_ID, APP.SSE_ENABLED)
        .from(ENVIRONMENT)
        .join(APP)
        .on(APP.ID.eq(ENVIRONMENT.APP_ID))
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()).and(condition))
        .fetchOptional(ReachStore::toEnvironment);
  }

  /** True if the account is listed on the app, or in a live team that has part of it in scope. */
  static boolean reachesApp(
      DSLContext db, OrganisationId organisation, AccountId account, AppId app) {
    return db.fetchExists(
        selectOne()
            .from(APP)
            .where(APP.ORGANISATION_ID.eq(organisation.value()).and(APP.ID.eq(app.value())))
            .and(reaches(account, APP.ID)));
  }

  /** The condition that an account reaches the app with the id in this column. */
  static Condition reaches(AccountId account, Field<UUID> app) {
    return exists(
            selectOne()
                .from(APP_ACCOUNT)
                .where(APP_ACCOUNT.APP_ID.eq(app).and(APP_ACCOUNT.ACCOUNT_ID.eq(account.value()))))
        .or(
            exists(
                selectOne()
                    .from(TEAM_ENVIRONMENT)
                    .join(TEAM)
                    .on(TEAM.ID.eq(TEAM_ENVIRONMENT.TEAM_ID).and(TEAM.DELETED_AT.isNull()))
                    .join(TEAM_MEMBER)
                    .on(TEAM_MEMBER.TEAM_ID.eq(TEAM.ID))
                    .where(
                        TEAM_ENVIRONMENT
                            .APP_ID
                            .eq(app)
                            .and(TEAM_MEMBER.ACCOUNT_ID.eq(account.value())))));
  }

  static boolean hasKey(
      DSLContext db, OrganisationId organisation, AccountId account, EnvironmentId environment) {
    return db.fetchExists(
        selectOne()
            .from(ENVIRONMENT)
            .where(
                ENVIRONMENT
                    .ORGANISATION_ID
                    .eq(organisation.value())
                    .and(ENVIRONMENT.ID.eq(environment.value())))
            .and(hasKey(account, ENVIRONMENT.ID)));
  }

  /**
   * The condition that an account holds a live key of the environment with the id in this column: a
   * key is live as long as somebody or some team that still exists has granted it.
   */
  static Condition hasKey(AccountId account, Field<UUID> environment) {
    return exists(
        selectOne()
            .from(ENVIRONMENT_KEY)
            .join(ENVIRONMENT_GRANT)
            .on(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID.eq(ENVIRONMENT_KEY.ID))
            .leftJoin(TEAM)
            .on(TEAM.ID.eq(ENVIRONMENT_GRANT.TEAM_ID))
            .where(
                ENVIRONMENT_KEY
                    .ENVIRONMENT_ID
                    .eq(environment)
                    .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.value()))
                    .and(TEAM.DELETED_AT.isNull())));
  }

  /** The roles that live teams with part of the app in scope add to the account's own one. */
  static List<PermissionSet> teamRoles(DSLContext db, Caller caller, AppId app) {
    Field<UUID> role = caller.isMember() ? TEAM.MEMBER_ROLE_ID : TEAM.SERVICE_ACCOUNT_ROLE_ID;
    return db.selectDistinct(ROLE.ID, ROLE.PERMISSIONS)
        .from(TEAM_MEMBER)
        .join(TEAM)
        .on(TEAM.ID.eq(TEAM_MEMBER.TEAM_ID).and(TEAM.DELETED_AT.isNull()))
        .join(TEAM_ENVIRONMENT)
        .on(TEAM_ENVIRONMENT.TEAM_ID.eq(TEAM.ID))
        .join(ROLE)
        .on(ROLE.ID.eq(role))
        .where(
            TEAM_MEMBER
                .ORGANISATION_ID
                .eq(caller.organisation().value())
                .and(TEAM_MEMBER.ACCOUNT_ID.eq(caller.account().value()))
                .and(TEAM_ENVIRONMENT.APP_ID.eq(app.value())))
        .fetch(row -> PermissionSet.parse(row.value2()));
  }

  private static App toApp(Record2<UUID, Boolean> row) {
    return new App(new AppId(row.value1()), row.value2());
  }

  private static Environment toEnvironment(Record3<UUID, UUID, Boolean> row) {
    return new Environment(new EnvironmentId(row.value1()), new AppId(row.value2()), row.value3());
  }
}
