package lockstep.server.serviceaccounts;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;
import static org.jooq.impl.DSL.selectOne;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.IdentityKey;
import lockstep.server.access.Access;
import lockstep.server.access.AccountKind;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.accounts.RoleName;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.ids.TeamId;
import lockstep.server.keys.ServerCopy;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jspecify.annotations.Nullable;

/** Queries about service accounts. */
final class ServiceAccountStore {

  private ServiceAccountStore() {}

  /** Those that exist for the caller, newest first. */
  static List<ServiceAccount> list(DSLContext db, OrganisationAccess access) {
    return select(db, access.organisation())
        .and(Access.seesServiceAccountsOf(access, SERVICE_ACCOUNT.TEAM_ID))
        .orderBy(ACCOUNT.CREATED_AT.desc(), ACCOUNT.ID.desc())
        .fetch(row -> toAccount(row).account());
  }

  static Optional<StoredServiceAccount> find(
      DSLContext db, OrganisationId organisation, AccountId id) {
    return select(db, organisation)
        .and(ACCOUNT.ID.eq(id.value()))
        .fetchOptional(ServiceAccountStore::toAccount);
  }

  /** The live accounts that a team owns, oldest first. */
  static List<ServiceAccount> ownedBy(DSLContext db, OrganisationId organisation, TeamId team) {
    return select(db, organisation)
        .and(SERVICE_ACCOUNT.TEAM_ID.eq(team.value()))
        .orderBy(ACCOUNT.CREATED_AT, ACCOUNT.ID)
        .fetch(row -> toAccount(row).account());
  }

  static boolean teamIsLive(DSLContext db, OrganisationId organisation, TeamId team) {
    return db.fetchExists(
        selectOne()
            .from(TEAM)
            .where(TEAM.ORGANISATION_ID.eq(organisation.value()))
            .and(TEAM.ID.eq(team.value()))
            .and(TEAM.DELETED_AT.isNull()));
  }

  static void insert(
      DSLContext db,
      OrganisationId organisation,
      ServiceAccount account,
      RoleId role,
      @Nullable UUID team,
      IdentityKey identityKey,
      ServerCopy.Keyring keyring) {
    db.insertInto(ACCOUNT)
        .set(ACCOUNT.ID, account.id())
        .set(ACCOUNT.ORGANISATION_ID, organisation.value())
        .set(ACCOUNT.KIND, AccountKind.SERVICE_ACCOUNT.storedName())
        .set(ACCOUNT.ROLE_ID, role.value())
        .set(ACCOUNT.IDENTITY_KEY, identityKey.hex())
        .set(ACCOUNT.CREATED_AT, account.createdAt())
        .set(ACCOUNT.UPDATED_AT, account.updatedAt())
        .execute();
    db.insertInto(SERVICE_ACCOUNT)
        .set(SERVICE_ACCOUNT.ID, account.id())
        .set(SERVICE_ACCOUNT.ORGANISATION_ID, organisation.value())
        .set(SERVICE_ACCOUNT.NAME, account.name())
        .set(SERVICE_ACCOUNT.TEAM_ID, team)
        .set(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING, keyring.keyring())
        .set(SERVICE_ACCOUNT.SERVER_WRAPPED_RECOVERY, keyring.recovery())
        .set(SERVICE_ACCOUNT.SERVER_KEY, keyring.serverKey())
        .execute();
  }

  static void join(
      DSLContext db, OrganisationId organisation, TeamId team, UUID account, Instant now) {
    db.insertInto(TEAM_MEMBER)
        .set(TEAM_MEMBER.TEAM_ID, team.value())
        .set(TEAM_MEMBER.ACCOUNT_ID, account)
        .set(TEAM_MEMBER.ORGANISATION_ID, organisation.value())
        .set(TEAM_MEMBER.CREATED_AT, now)
        .execute();
  }

  static void update(
      DSLContext db, OrganisationId organisation, UUID id, String name, Instant now) {
    db.update(SERVICE_ACCOUNT)
        .set(SERVICE_ACCOUNT.NAME, name)
        .where(matches(organisation, id))
        .execute();
    db.update(ACCOUNT)
        .set(ACCOUNT.UPDATED_AT, now)
        .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT.ID.eq(id))
        .execute();
  }

  static void setRole(DSLContext db, OrganisationId organisation, UUID id, RoleId role) {
    db.update(ACCOUNT)
        .set(ACCOUNT.ROLE_ID, role.value())
        .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT.ID.eq(id))
        .execute();
  }

  /** Erases the keyring that the server held. */
  static void eraseKeyring(DSLContext db, OrganisationId organisation, UUID id) {
    db.update(SERVICE_ACCOUNT)
        .setNull(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING)
        .setNull(SERVICE_ACCOUNT.SERVER_WRAPPED_RECOVERY)
        .setNull(SERVICE_ACCOUNT.SERVER_KEY)
        .where(matches(organisation, id))
        .execute();
  }

  private static Condition matches(OrganisationId organisation, UUID id) {
    return SERVICE_ACCOUNT.ORGANISATION_ID.eq(organisation.value()).and(SERVICE_ACCOUNT.ID.eq(id));
  }

  private static SelectConditionStep<? extends Record> select(
      DSLContext db, OrganisationId organisation) {
    return db.select(
            ACCOUNT.ID,
            SERVICE_ACCOUNT.NAME,
            ROLE.ID,
            ROLE.NAME,
            ACCOUNT.IDENTITY_KEY,
            SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING,
            SERVICE_ACCOUNT.SERVER_KEY,
            ACCOUNT.CREATED_AT,
            ACCOUNT.UPDATED_AT)
        .from(ACCOUNT)
        .join(SERVICE_ACCOUNT)
        .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT.DELETED_AT.isNull());
  }

  private static StoredServiceAccount toAccount(Record row) {
    return new StoredServiceAccount(
        new ServiceAccount(
            row.get(ACCOUNT.ID),
            row.get(SERVICE_ACCOUNT.NAME),
            RoleName.ofNullable(row.get(ROLE.ID), row.get(ROLE.NAME)),
            row.get(ACCOUNT.CREATED_AT),
            row.get(ACCOUNT.UPDATED_AT)),
        row.get(ACCOUNT.IDENTITY_KEY),
        Optional.ofNullable(row.get(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING)),
        row.get(SERVICE_ACCOUNT.SERVER_KEY));
  }
}
