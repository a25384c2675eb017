package lockstep.server.members;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.LOCKBOX;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.accounts.RoleName;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.RoleId;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectConditionStep;

/** Queries about members. */
final class MemberStore {

  private MemberStore() {}

  /** All members, oldest first. */
  static List<Member> list(DSLContext db, OrganisationAccess access) {
    return select(db, access)
        .orderBy(ACCOUNT.CREATED_AT, ACCOUNT.ID)
        .fetch(row -> toMember(row).member());
  }

  static Optional<StoredMember> find(DSLContext db, OrganisationAccess access, AccountId id) {
    return select(db, access).and(ACCOUNT.ID.eq(id.value())).fetchOptional(MemberStore::toMember);
  }

  static void setRole(
      DSLContext db, OrganisationAccess access, AccountId id, RoleId role, Instant now) {
    db.update(ACCOUNT)
        .set(ACCOUNT.ROLE_ID, role.value())
        .set(ACCOUNT.UPDATED_AT, now)
        .where(ACCOUNT.ORGANISATION_ID.eq(access.organisation().value()))
        .and(ACCOUNT.ID.eq(id.value()))
        .execute();
  }

  /**
   * Erases the keyring that only the member could open and what it shared by link, and leaves its
   * teams without an owner.
   */
  static void eraseTraces(DSLContext db, OrganisationAccess access, AccountId id) {
    db.update(MEMBER)
        .setNull(MEMBER.WRAPPED_KEYRING)
        .setNull(MEMBER.WRAPPED_RECOVERY)
        .where(MEMBER.ORGANISATION_ID.eq(access.organisation().value()))
        .and(MEMBER.ID.eq(id.value()))
        .execute();
    db.update(TEAM)
        .setNull(TEAM.OWNER_ID)
        .where(TEAM.ORGANISATION_ID.eq(access.organisation().value()))
        .and(TEAM.OWNER_ID.eq(id.value()))
        .execute();
    db.deleteFrom(LOCKBOX)
        .where(LOCKBOX.ORGANISATION_ID.eq(access.organisation().value()))
        .and(LOCKBOX.ACCOUNT_ID.eq(id.value()))
        .execute();
  }

  private static SelectConditionStep<? extends Record> select(
      DSLContext db, OrganisationAccess access) {
    Condition live =
        ACCOUNT.ORGANISATION_ID.eq(access.organisation().value()).and(ACCOUNT.DELETED_AT.isNull());
    return db.select(
            ACCOUNT.ID,
            USER_ACCOUNT.USERNAME,
            USER_ACCOUNT.FULL_NAME,
            USER_ACCOUNT.EMAIL,
            ROLE.ID,
            ROLE.NAME,
            ROLE.IS_DEFAULT,
            ROLE.GLOBAL_ACCESS,
            ACCOUNT.IDENTITY_KEY,
            ACCOUNT.CREATED_AT,
            ACCOUNT.UPDATED_AT)
        .from(ACCOUNT)
        .join(MEMBER)
        .on(MEMBER.ID.eq(ACCOUNT.ID))
        .join(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(live);
  }

  private static StoredMember toMember(Record row) {
    String roleName = row.get(ROLE.NAME);
    return new StoredMember(
        new Member(
            row.get(ACCOUNT.ID),
            row.get(USER_ACCOUNT.USERNAME),
            row.get(USER_ACCOUNT.FULL_NAME),
            row.get(USER_ACCOUNT.EMAIL),
            RoleName.ofNullable(row.get(ROLE.ID), roleName),
            row.get(ACCOUNT.CREATED_AT),
            row.get(ACCOUNT.UPDATED_AT)),
        Boolean.TRUE.equals(row.get(ROLE.IS_DEFAULT))
            && DefaultRole.OWNER.displayName().equals(roleName),
        Boolean.TRUE.equals(row.get(ROLE.GLOBAL_ACCESS)),
        row.get(ACCOUNT.IDENTITY_KEY));
  }
}
