package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_GRANT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.TEAM_ENVIRONMENT;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.access.AccountKind;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TeamId;
import lockstep.server.store.Chunks;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Queries about the keys of accounts and the grants behind them. */
final class GrantStore {

  /** A key of an account, and whether it has the grant that was asked about. */
  record Held(UUID key, boolean granted) {}

  private record Revoked(UUID grant, UUID key, UUID environment, boolean ofMember) {}

  private GrantStore() {}

  /** Those of the environments that the server can open. */
  static List<SealedEnvironment> serverCopies(
      DSLContext db, OrganisationId organisation, Collection<EnvironmentId> environments) {
    List<SealedEnvironment> copies = new ArrayList<>();
    for (List<UUID> chunk : Chunks.of(values(environments))) {
      db.select(
              ENVIRONMENT.ID,
              ENVIRONMENT_SERVER_KEY.WRAPPED_SEED,
              ENVIRONMENT_SERVER_KEY.WRAPPED_SALT,
              ENVIRONMENT_SERVER_KEY.SERVER_KEY,
              ENVIRONMENT.IDENTITY_KEY)
          .from(ENVIRONMENT)
          .join(ENVIRONMENT_SERVER_KEY)
          .on(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(ENVIRONMENT.ID))
          .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
          .and(ENVIRONMENT.ID.in(chunk))
          .forEach(
              row ->
                  copies.add(
                      new SealedEnvironment(
                          new EnvironmentId(row.value1()),
                          new WrappedEnvironmentKeys(row.value2(), row.value3()),
                          row.value4(),
                          row.value5())));
    }
    return copies;
  }

  /** Those of the accounts that are there and have an identity key that can be wrapped for. */
  static Map<AccountId, IdentityKey> identityKeys(
      DSLContext db, OrganisationId organisation, Collection<AccountId> accounts) {
    Map<AccountId, IdentityKey> keys = new LinkedHashMap<>();
    for (List<UUID> chunk : Chunks.of(accounts.stream().map(AccountId::value).toList())) {
      db.select(ACCOUNT.ID, ACCOUNT.IDENTITY_KEY)
          .from(ACCOUNT)
          .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
          .and(ACCOUNT.ID.in(chunk))
          .and(ACCOUNT.DELETED_AT.isNull())
          .and(ACCOUNT.IDENTITY_KEY.isNotNull())
          .forEach(
              row ->
                  usable(row.value2())
                      .ifPresent(key -> keys.put(new AccountId(row.value1()), key)));
    }
    return keys;
  }

  /** Empty if no key can be wrapped for it: such an account is served like one without. */
  static Optional<IdentityKey> usable(String identityKey) {
    try {
      return Optional.of(IdentityKey.parse(identityKey));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** The keys that these accounts hold of these environments. */
  static Map<EnvironmentId, Map<AccountId, Held>> held(
      DSLContext db,
      OrganisationId organisation,
      GrantSource source,
      Collection<EnvironmentId> environments,
      Collection<AccountId> accounts) {
    Map<EnvironmentId, Map<AccountId, Held>> held = new HashMap<>();
    for (List<UUID> someEnvironments : Chunks.of(values(environments))) {
      for (List<UUID> some : Chunks.of(accounts.stream().map(AccountId::value).toList())) {
        db.select(
                ENVIRONMENT_KEY.ENVIRONMENT_ID,
                ENVIRONMENT_KEY.ACCOUNT_ID,
                ENVIRONMENT_KEY.ID,
                ENVIRONMENT_GRANT.ID)
            .from(ENVIRONMENT_KEY)
            .leftJoin(ENVIRONMENT_GRANT)
            .on(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID.eq(ENVIRONMENT_KEY.ID).and(isFrom(source)))
            .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
            .and(ENVIRONMENT_KEY.ENVIRONMENT_ID.in(someEnvironments))
            .and(ENVIRONMENT_KEY.ACCOUNT_ID.in(some))
            .forEach(
                row ->
                    held.computeIfAbsent(new EnvironmentId(row.value1()), _ -> new HashMap<>())
                        .put(
                            new AccountId(row.value2()),
                            new Held(row.value3(), row.value4() != null)));
      }
    }
    return held;
  }

  /** Removes grants, except those for these environments, and the keys that have none left. */
  static void revoke(
      DSLContext db,
      OrganisationId organisation,
      GrantSource source,
      Condition ofKeys,
      Set<EnvironmentId> kept) {
    List<Revoked> revoked =
        db
            .select(
                ENVIRONMENT_GRANT.ID,
                ENVIRONMENT_KEY.ID,
                ENVIRONMENT_KEY.ENVIRONMENT_ID,
                ACCOUNT.KIND)
            .from(ENVIRONMENT_GRANT)
            .join(ENVIRONMENT_KEY)
            .on(ENVIRONMENT_KEY.ID.eq(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID))
            .join(ACCOUNT)
            .on(ACCOUNT.ID.eq(ENVIRONMENT_KEY.ACCOUNT_ID))
            .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
            .and(isFrom(source))
            .and(ofKeys)
            .stream()
            .filter(row -> !kept.contains(new EnvironmentId(row.value3())))
            .map(
                row ->
                    new Revoked(row.value1(), row.value2(), row.value3(), isMember(row.value4())))
            .toList();
    for (List<Revoked> chunk : Chunks.of(revoked)) {
      db.deleteFrom(ENVIRONMENT_GRANT)
          .where(ENVIRONMENT_GRANT.ORGANISATION_ID.eq(organisation.value()))
          .and(ENVIRONMENT_GRANT.ID.in(chunk.stream().map(Revoked::grant).toList()))
          .execute();
      // Asked for separately, because each kind of grant has an index of its own.
      db.deleteFrom(ENVIRONMENT_KEY)
          .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
          .and(ENVIRONMENT_KEY.ID.in(chunk.stream().map(Revoked::key).toList()))
          .and(noGrant(ENVIRONMENT_GRANT.TEAM_ID.isNull()))
          .and(noGrant(ENVIRONMENT_GRANT.TEAM_ID.isNotNull()))
          .execute();
    }
    LastHolderStore.requireHolders(
        db,
        organisation,
        revoked.stream().filter(Revoked::ofMember).map(Revoked::environment).distinct().toList());
  }

  /** Removes all keys of an account, and with them their grants. */
  static void revokeAll(DSLContext db, OrganisationId organisation, AccountId account) {
    revokeKeys(db, organisation, isOf(account));
  }

  /** Removes keys, and with them their grants. */
  static void revokeKeys(DSLContext db, OrganisationId organisation, Condition ofKeys) {
    List<UUID> held =
        db.select(ENVIRONMENT_KEY.ENVIRONMENT_ID)
            .from(ENVIRONMENT_KEY)
            .join(ACCOUNT)
            .on(ACCOUNT.ID.eq(ENVIRONMENT_KEY.ACCOUNT_ID))
            .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
            .and(ofKeys)
            .and(ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName()))
            .fetch(ENVIRONMENT_KEY.ENVIRONMENT_ID);
    db.deleteFrom(ENVIRONMENT_KEY)
        .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
        .and(ofKeys)
        .execute();
    LastHolderStore.requireHolders(db, organisation, held);
  }

  /** Lists accounts on an app, as far as they are not. */
  static void list(
      DSLContext db,
      OrganisationId organisation,
      AppId app,
      Collection<AccountId> accounts,
      Instant now) {
    for (List<UUID> chunk : Chunks.of(accounts.stream().map(AccountId::value).toList())) {
      db.insertInto(
              APP_ACCOUNT,
              APP_ACCOUNT.APP_ID,
              APP_ACCOUNT.ACCOUNT_ID,
              APP_ACCOUNT.ORGANISATION_ID,
              APP_ACCOUNT.CREATED_AT)
          .select(
              select(
                      val(app.value()),
                      ACCOUNT.ID,
                      ACCOUNT.ORGANISATION_ID,
                      val(now, APP_ACCOUNT.CREATED_AT))
                  .from(ACCOUNT)
                  .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
                  .and(ACCOUNT.ID.in(chunk))
                  .and(ACCOUNT.DELETED_AT.isNull()))
          .onConflictDoNothing()
          .execute();
    }
  }

  private static boolean isMember(String kind) {
    return AccountKind.MEMBER.storedName().equals(kind);
  }

  static Condition isOf(AccountId account) {
    return ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.value());
  }

  /** The environments of all apps with server-side encryption. */
  static Set<EnvironmentId> sseEnvironments(DSLContext db, OrganisationId organisation) {
    return db.select(ENVIRONMENT.ID)
        .from(ENVIRONMENT)
        .join(APP)
        .on(APP.ID.eq(ENVIRONMENT.APP_ID))
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(APP.SSE_ENABLED.isTrue())
        .fetchSet(row -> new EnvironmentId(row.value1()));
  }

  static Condition isFor(EnvironmentId environment) {
    return ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(environment.value());
  }

  /** All environments of an app. */
  static Set<EnvironmentId> environments(DSLContext db, OrganisationId organisation, AppId app) {
    return db.select(ENVIRONMENT.ID)
        .from(ENVIRONMENT)
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT.APP_ID.eq(app.value()))
        .fetchSet(row -> new EnvironmentId(row.value1()));
  }

  /** The members with global access. */
  static Set<AccountId> globalMembers(DSLContext db, OrganisationId organisation) {
    return db.select(ACCOUNT.ID)
        .from(ACCOUNT)
        .join(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName()))
        .and(ACCOUNT.DELETED_AT.isNull())
        .and(ROLE.GLOBAL_ACCESS.isTrue())
        .fetchSet(row -> new AccountId(row.value1()));
  }

  /** The live teams that have part of an app in scope. */
  static Set<TeamId> teamsWithin(DSLContext db, OrganisationId organisation, AppId app) {
    return db.selectDistinct(TEAM.ID)
        .from(TEAM)
        .join(TEAM_ENVIRONMENT)
        .on(TEAM_ENVIRONMENT.TEAM_ID.eq(TEAM.ID))
        .where(TEAM.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM.DELETED_AT.isNull())
        .and(TEAM_ENVIRONMENT.APP_ID.eq(app.value()))
        .fetchSet(row -> new TeamId(row.value1()));
  }

  static Set<AccountId> accountsOf(DSLContext db, OrganisationId organisation, TeamId team) {
    return db.select(TEAM_MEMBER.ACCOUNT_ID)
        .from(TEAM_MEMBER)
        .where(TEAM_MEMBER.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM_MEMBER.TEAM_ID.eq(team.value()))
        .fetchSet(row -> new AccountId(row.value1()));
  }

  static Set<EnvironmentId> scope(DSLContext db, OrganisationId organisation, TeamId team) {
    return db.select(TEAM_ENVIRONMENT.ENVIRONMENT_ID)
        .from(TEAM_ENVIRONMENT)
        .where(TEAM_ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM_ENVIRONMENT.TEAM_ID.eq(team.value()))
        .fetchSet(row -> new EnvironmentId(row.value1()));
  }

  /** What the live teams of an account have in scope. */
  static Map<TeamId, Set<EnvironmentId>> scopesOfTeams(
      DSLContext db, OrganisationId organisation, AccountId account) {
    return db
        .select(TEAM_ENVIRONMENT.TEAM_ID, TEAM_ENVIRONMENT.ENVIRONMENT_ID)
        .from(TEAM_MEMBER)
        .join(TEAM)
        .on(TEAM.ID.eq(TEAM_MEMBER.TEAM_ID).and(TEAM.DELETED_AT.isNull()))
        .join(TEAM_ENVIRONMENT)
        .on(TEAM_ENVIRONMENT.TEAM_ID.eq(TEAM.ID))
        .where(TEAM_MEMBER.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM_MEMBER.ACCOUNT_ID.eq(account.value()))
        .stream()
        .collect(
            Collectors.groupingBy(
                row -> new TeamId(row.value1()),
                Collectors.mapping(row -> new EnvironmentId(row.value2()), Collectors.toSet())));
  }

  private static Condition isFrom(GrantSource source) {
    return source
        .team()
        .map(team -> ENVIRONMENT_GRANT.TEAM_ID.eq(team.value()))
        .orElseGet(ENVIRONMENT_GRANT.TEAM_ID::isNull);
  }

  private static Condition noGrant(Condition kind) {
    return notExists(
        selectOne()
            .from(ENVIRONMENT_GRANT)
            .where(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID.eq(ENVIRONMENT_KEY.ID).and(kind)));
  }

  private static List<UUID> values(Collection<EnvironmentId> environments) {
    return environments.stream().map(EnvironmentId::value).toList();
  }
}
