package lockstep.server.account;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.accounts.RoleName;
import lockstep.server.keys.MemberKeys;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Queries about the caller's own membership and person. */
final class OwnAccountStore {

  private OwnAccountStore() {}

  static OwnAccount find(DSLContext db, OwnAccountAccess access) {
    return db.select(
            USER_ACCOUNT.ID,
            USER_ACCOUNT.PASSWORD_HASH,
            ACCOUNT.IDENTITY_KEY,
            MEMBER.WRAPPED_KEYRING,
            MEMBER.WRAPPED_RECOVERY)
        .from(MEMBER)
        .join(ACCOUNT)
        .on(ACCOUNT.ID.eq(MEMBER.ID))
        .join(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .where(MEMBER.ORGANISATION_ID.eq(access.organisation().value()))
        .and(MEMBER.ID.eq(access.member().value()))
        .fetchSingle(
            row ->
                new OwnAccount(
                    row.value1(),
                    Optional.ofNullable(row.value2()),
                    Optional.ofNullable(row.value3()),
                    wrapped(row.value4(), row.value5())));
  }

  private static Optional<MemberKeys.Wrapped> wrapped(
      @Nullable String keyring, @Nullable String recovery) {
    return keyring == null || recovery == null
        ? Optional.empty()
        : Optional.of(new MemberKeys.Wrapped(keyring, recovery));
  }

  static OwnAccounts.Description describe(DSLContext db, OwnAccountAccess access) {
    return db.select(
            USER_ACCOUNT.EMAIL,
            USER_ACCOUNT.FULL_NAME,
            ROLE.ID,
            ROLE.NAME,
            ORGANISATION.NAME,
            ACCOUNT.IDENTITY_KEY)
        .from(MEMBER)
        .join(ACCOUNT)
        .on(ACCOUNT.ID.eq(MEMBER.ID))
        .join(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .join(ORGANISATION)
        .on(ORGANISATION.ID.eq(MEMBER.ORGANISATION_ID))
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(MEMBER.ORGANISATION_ID.eq(access.organisation().value()))
        .and(MEMBER.ID.eq(access.member().value()))
        .fetchSingle(
            row ->
                new OwnAccounts.Description(
                    access.member().value(),
                    row.value1(),
                    row.value2(),
                    RoleName.ofNullable(row.value3(), row.value4()),
                    new OwnAccounts.OrganisationName(access.organisation().value(), row.value5()),
                    row.value6()));
  }

  /** Whether the person has keys in another organisation, under the same password. */
  static boolean hasOtherKeys(DSLContext db, OwnAccountAccess access, UUID person) {
    return db.fetchExists(
        db.selectOne()
            .from(MEMBER)
            .join(ACCOUNT)
            .on(ACCOUNT.ID.eq(MEMBER.ID))
            .where(MEMBER.USER_ACCOUNT_ID.eq(person))
            .and(MEMBER.ID.ne(access.member().value()))
            .and(MEMBER.WRAPPED_KEYRING.isNotNull())
            .and(ACCOUNT.DELETED_AT.isNull()));
  }

  /** True unless the password was changed since this hash of it was read. */
  static boolean updatePassword(
      DSLContext db, OwnAccount before, String passwordHash, Instant now) {
    return db.update(USER_ACCOUNT)
            .set(USER_ACCOUNT.PASSWORD_HASH, passwordHash)
            .set(USER_ACCOUNT.UPDATED_AT, now)
            .where(USER_ACCOUNT.ID.eq(before.person()))
            .and(
                before
                    .passwordHash()
                    .map(USER_ACCOUNT.PASSWORD_HASH::eq)
                    .orElseGet(USER_ACCOUNT.PASSWORD_HASH::isNull))
            .execute()
        == 1;
  }

  static void updateKeyring(DSLContext db, OwnAccountAccess access, MemberKeys.Wrapped wrapped) {
    db.update(MEMBER)
        .set(MEMBER.WRAPPED_KEYRING, wrapped.keyring())
        .set(MEMBER.WRAPPED_RECOVERY, wrapped.recovery())
        .where(MEMBER.ORGANISATION_ID.eq(access.organisation().value()))
        .and(MEMBER.ID.eq(access.member().value()))
        .execute();
  }

  /** What guards the caller's keys. */
  record OwnAccount(
      UUID person,
      Optional<String> passwordHash,
      Optional<String> identityKey,
      Optional<MemberKeys.Wrapped> wrapped) {

    @Override
    public String toString() {
      return "OwnAccount[" + person + "]";
    }
  }
}
