package lockstep.server.organisations;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVER_SETTING;
import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.Plan;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.ids.TokenId;
import lockstep.server.ids.Uuids;
import lockstep.server.store.FoldedName;
import org.jooq.DSLContext;

/** Queries that make an organisation and its owner, and that name it. */
final class OrganisationStore {

  private OrganisationStore() {}

  static boolean anyExists(DSLContext db) {
    return db.fetchExists(ORGANISATION);
  }

  /** True for the one transaction, on any server of this database, that may make the first. */
  static boolean claimFirst(DSLContext db, OrganisationId id) {
    return db.insertInto(SERVER_SETTING, SERVER_SETTING.NAME, SERVER_SETTING.SETTING)
            .values("first_organisation", id.toString())
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  static String name(DSLContext db, OrganisationId organisation) {
    return db.select(ORGANISATION.NAME)
        .from(ORGANISATION)
        .where(ORGANISATION.ID.eq(organisation.value()))
        .fetchSingle()
        .value1();
  }

  static void insertOrganisation(DSLContext db, OrganisationId id, String name, Instant now) {
    db.insertInto(ORGANISATION)
        .set(ORGANISATION.ID, id.value())
        .set(ORGANISATION.NAME, name)
        .set(ORGANISATION.PLAN, Plan.FREE.name())
        .set(ORGANISATION.ACCESS_REVISION, 0L)
        .set(ORGANISATION.CREATED_AT, now)
        .set(ORGANISATION.UPDATED_AT, now)
        .execute();
  }

  /** The default roles, each a microsecond after the one before, so that lists keep their order. */
  static Map<DefaultRole, RoleId> insertDefaultRoles(
      DSLContext db, OrganisationId organisation, Instant now) {
    Map<DefaultRole, RoleId> ids = new EnumMap<>(DefaultRole.class);
    Instant createdAt = now;
    for (DefaultRole role : DefaultRole.values()) {
      RoleId id = new RoleId(Uuids.v7(now));
      db.insertInto(ROLE)
          .set(ROLE.ID, id.value())
          .set(ROLE.ORGANISATION_ID, organisation.value())
          .set(ROLE.NAME, role.displayName())
          .set(ROLE.FOLDED_NAME, FoldedName.of(role.displayName()))
          .set(ROLE.COLOR, "")
          .set(ROLE.IS_DEFAULT, true)
          .set(ROLE.GLOBAL_ACCESS, role.globalAccess())
          .set(ROLE.PERMISSIONS, role.permissions().toJson())
          .set(ROLE.CREATED_AT, createdAt)
          .execute();
      ids.put(role, id);
      createdAt = createdAt.plusNanos(1_000);
    }
    return ids;
  }

  static AccountId insertMember(
      DSLContext db, OrganisationId organisation, RoleId role, Owner owner, Instant now) {
    UUID userAccount = Uuids.v7(now);
    db.insertInto(USER_ACCOUNT)
        .set(USER_ACCOUNT.ID, userAccount)
        .set(USER_ACCOUNT.EMAIL, owner.email())
        .set(USER_ACCOUNT.USERNAME, owner.email().substring(0, owner.email().indexOf('@')))
        .set(USER_ACCOUNT.PASSWORD_HASH, owner.passwordHash())
        .set(USER_ACCOUNT.CREATED_AT, now)
        .set(USER_ACCOUNT.UPDATED_AT, now)
        .execute();
    AccountId account = new AccountId(Uuids.v7(now));
    db.insertInto(ACCOUNT)
        .set(ACCOUNT.ID, account.value())
        .set(ACCOUNT.ORGANISATION_ID, organisation.value())
        .set(ACCOUNT.KIND, AccountKind.MEMBER.storedName())
        .set(ACCOUNT.ROLE_ID, role.value())
        .set(ACCOUNT.IDENTITY_KEY, owner.identityKey())
        .set(ACCOUNT.CREATED_AT, now)
        .set(ACCOUNT.UPDATED_AT, now)
        .execute();
    db.insertInto(MEMBER)
        .set(MEMBER.ID, account.value())
        .set(MEMBER.ORGANISATION_ID, organisation.value())
        .set(MEMBER.USER_ACCOUNT_ID, userAccount)
        .set(MEMBER.WRAPPED_KEYRING, owner.wrappedKeyring())
        .set(MEMBER.WRAPPED_RECOVERY, owner.wrappedRecovery())
        .execute();
    return account;
  }

  static TokenId insertToken(
      DSLContext db, OrganisationId organisation, AccountId account, Owner owner, Instant now) {
    TokenId id = new TokenId(Uuids.v7(now));
    db.insertInto(TOKEN)
        .set(TOKEN.ID, id.value())
        .set(TOKEN.ORGANISATION_ID, organisation.value())
        .set(TOKEN.ACCOUNT_ID, account.value())
        .set(TOKEN.NAME, "First start")
        .set(TOKEN.DIGEST, owner.minted().bearerDigest())
        .set(TOKEN.IDENTITY_KEY, owner.minted().identityKey())
        .set(TOKEN.WRAPPED_KEY_SHARE, owner.minted().wrappedKeyShare())
        .set(TOKEN.CREATED_BY, account.value())
        .set(TOKEN.CREATED_AT, now)
        .execute();
    return id;
  }
}
