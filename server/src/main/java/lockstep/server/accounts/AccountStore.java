package lockstep.server.accounts;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ACCOUNT_NETWORK_POLICY;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.server.accounts.AccessibleApp.AccessibleEnvironment;
import lockstep.server.auth.LiveTokenStore;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Chunks;
import lockstep.server.store.tables.tables.records.AppAccountRecord;
import org.jooq.DSLContext;

/** Queries about accounts of either kind. */
final class AccountStore {

  private AccountStore() {}

  /** The apps that an account is listed on, newest first. */
  static List<AccessibleApp> apps(DSLContext db, OrganisationId organisation, AccountId account) {
    Map<UUID, List<AccessibleEnvironment>> environments = new HashMap<>();
    db.select(ENVIRONMENT.APP_ID, ENVIRONMENT.ID, ENVIRONMENT.NAME, ENVIRONMENT.ENV_TYPE)
        .from(ENVIRONMENT_KEY)
        .join(ENVIRONMENT)
        .on(ENVIRONMENT.ID.eq(ENVIRONMENT_KEY.ENVIRONMENT_ID))
        .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.value()))
        .orderBy(ENVIRONMENT.SORT_INDEX, ENVIRONMENT.CREATED_AT, ENVIRONMENT.ID)
        .forEach(
            row ->
                environments
                    .computeIfAbsent(row.value1(), _ -> new ArrayList<>())
                    .add(new AccessibleEnvironment(row.value2(), row.value3(), row.value4())));
    return db.select(APP.ID, APP.NAME)
        .from(APP_ACCOUNT)
        .join(APP)
        .on(APP.ID.eq(APP_ACCOUNT.APP_ID))
        .where(APP_ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(APP_ACCOUNT.ACCOUNT_ID.eq(account.value()))
        .orderBy(APP.CREATED_AT.desc(), APP.ID.desc())
        .fetch(
            row ->
                new AccessibleApp(
                    row.value1(),
                    row.value2(),
                    environments.getOrDefault(row.value1(), List.of())));
  }

  /** Makes the apps that an account is listed on equal to these. */
  static void setListing(
      DSLContext db, OrganisationId organisation, AccountId account, Set<AppId> apps, Instant now) {
    Set<AppId> removed = listing(db, organisation, account);
    removed.removeAll(apps);
    for (List<AppId> chunk : Chunks.of(removed)) {
      db.deleteFrom(APP_ACCOUNT)
          .where(APP_ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
          .and(APP_ACCOUNT.ACCOUNT_ID.eq(account.value()))
          .and(APP_ACCOUNT.APP_ID.in(chunk.stream().map(AppId::value).toList()))
          .execute();
    }
    listOn(db, organisation, account, apps, now);
  }

  /** Lists an account on these apps, whatever others it is listed on. */
  static void listOn(
      DSLContext db,
      OrganisationId organisation,
      AccountId account,
      Collection<AppId> apps,
      Instant now) {
    Set<AppId> already = listing(db, organisation, account);
    List<AppAccountRecord> added = new ArrayList<>();
    for (AppId app : apps) {
      if (!already.contains(app)) {
        added.add(new AppAccountRecord(app.value(), account.value(), organisation.value(), now));
      }
    }
    db.batchInsert(added).execute();
  }

  private static Set<AppId> listing(DSLContext db, OrganisationId organisation, AccountId account) {
    return new HashSet<>(
        db.select(APP_ACCOUNT.APP_ID)
            .from(APP_ACCOUNT)
            .where(APP_ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
            .and(APP_ACCOUNT.ACCOUNT_ID.eq(account.value()))
            .fetch(row -> new AppId(row.value1())));
  }

  /** The apps with server-side encryption. */
  static List<AppId> sseApps(DSLContext db, OrganisationId organisation) {
    return db.select(APP.ID)
        .from(APP)
        .where(APP.ORGANISATION_ID.eq(organisation.value()))
        .and(APP.SSE_ENABLED.isTrue())
        .fetch(row -> new AppId(row.value1()));
  }

  /**
   * Marks an account and its tokens as deleted, takes it off all lists, and erases its personal
   * values and its tokens' shares of its private key. Nothing of it opens anything afterwards.
   */
  static void delete(DSLContext db, OrganisationId organisation, AccountId account, Instant now) {
    db.deleteFrom(APP_ACCOUNT)
        .where(APP_ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(APP_ACCOUNT.ACCOUNT_ID.eq(account.value()))
        .execute();
    db.deleteFrom(TEAM_MEMBER)
        .where(TEAM_MEMBER.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM_MEMBER.ACCOUNT_ID.eq(account.value()))
        .execute();
    db.deleteFrom(ACCOUNT_NETWORK_POLICY)
        .where(ACCOUNT_NETWORK_POLICY.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT_NETWORK_POLICY.ACCOUNT_ID.eq(account.value()))
        .execute();
    db.deleteFrom(SECRET_OVERRIDE)
        .where(SECRET_OVERRIDE.ORGANISATION_ID.eq(organisation.value()))
        .and(SECRET_OVERRIDE.ACCOUNT_ID.eq(account.value()))
        .execute();
    LiveTokenStore.end(db, organisation, account, Optional.empty(), now);
    db.update(ACCOUNT)
        .set(ACCOUNT.DELETED_AT, now)
        .set(ACCOUNT.UPDATED_AT, now)
        .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT.ID.eq(account.value()))
        .execute();
  }
}
