package lockstep.server.invites;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.Uuids;
import lockstep.server.net.EmailAddress;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Queries that turn invitees into members. */
final class InviteeStore {

  private InviteeStore() {}

  /** Who signs in with this address, in whatever organisations. */
  static Optional<Person> person(DSLContext db, String email) {
    return db.select(USER_ACCOUNT.ID, USER_ACCOUNT.PASSWORD_HASH, USER_ACCOUNT.USERNAME)
        .from(USER_ACCOUNT)
        .where(USER_ACCOUNT.EMAIL.eq(email))
        .fetchOptional()
        .map(
            row ->
                new Person(
                    row.value1(),
                    Optional.ofNullable(row.value2()),
                    row.value3(),
                    isMemberAnywhere(db, row.value1())));
  }

  private static boolean isMemberAnywhere(DSLContext db, UUID person) {
    return db.fetchExists(
        db.selectOne()
            .from(MEMBER)
            .join(ACCOUNT)
            .on(ACCOUNT.ID.eq(MEMBER.ID))
            .where(MEMBER.USER_ACCOUNT_ID.eq(person))
            .and(ACCOUNT.DELETED_AT.isNull()));
  }

  /** A new person. Fails if the address is taken in the meantime. */
  static Person insertPerson(
      DSLContext db,
      EmailAddress email,
      Optional<String> fullName,
      String passwordHash,
      Instant now) {
    UUID id = Uuids.v7(now);
    db.insertInto(USER_ACCOUNT)
        .set(USER_ACCOUNT.ID, id)
        .set(USER_ACCOUNT.EMAIL, email.value())
        .set(USER_ACCOUNT.USERNAME, email.localPart())
        .set(USER_ACCOUNT.FULL_NAME, fullName.orElse(null))
        .set(USER_ACCOUNT.PASSWORD_HASH, passwordHash)
        .set(USER_ACCOUNT.CREATED_AT, now)
        .set(USER_ACCOUNT.UPDATED_AT, now)
        .execute();
    return new Person(id, Optional.of(passwordHash), email.localPart(), false);
  }

  static void updatePerson(
      DSLContext db, UUID person, Optional<String> fullName, String passwordHash, Instant now) {
    db.update(USER_ACCOUNT)
        .set(USER_ACCOUNT.PASSWORD_HASH, passwordHash)
        .set(USER_ACCOUNT.UPDATED_AT, now)
        .where(USER_ACCOUNT.ID.eq(person))
        .execute();
    fullName.ifPresent(
        name ->
            db.update(USER_ACCOUNT)
                .set(USER_ACCOUNT.FULL_NAME, name)
                .where(USER_ACCOUNT.ID.eq(person))
                .execute());
  }

  static @Nullable String fullName(DSLContext db, UUID person) {
    return db.select(USER_ACCOUNT.FULL_NAME)
        .from(USER_ACCOUNT)
        .where(USER_ACCOUNT.ID.eq(person))
        .fetchSingle()
        .value1();
  }

  static AccountId insertMember(
      DSLContext db, OpenInvite invite, UUID person, Acceptance acceptance, Instant now) {
    AccountId account = new AccountId(Uuids.v7(now));
    db.insertInto(ACCOUNT)
        .set(ACCOUNT.ID, account.value())
        .set(ACCOUNT.ORGANISATION_ID, invite.organisation().value())
        .set(ACCOUNT.KIND, AccountKind.MEMBER.storedName())
        .set(ACCOUNT.ROLE_ID, invite.role().value())
        .set(ACCOUNT.IDENTITY_KEY, acceptance.identityKey().hex())
        .set(ACCOUNT.CREATED_AT, now)
        .set(ACCOUNT.UPDATED_AT, now)
        .execute();
    db.insertInto(MEMBER)
        .set(MEMBER.ID, account.value())
        .set(MEMBER.ORGANISATION_ID, invite.organisation().value())
        .set(MEMBER.USER_ACCOUNT_ID, person)
        .set(MEMBER.WRAPPED_KEYRING, acceptance.wrapped().keyring())
        .set(MEMBER.WRAPPED_RECOVERY, acceptance.wrapped().recovery())
        .execute();
    return account;
  }

  /**
   * Somebody with an account that signs in.
   *
   * @param passwordHash empty for people who sign in some other way
   * @param isMember whether it is a member of any organisation
   */
  record Person(UUID id, Optional<String> passwordHash, String username, boolean isMember) {

    @Override
    public String toString() {
      return "Person[" + id + "]";
    }
  }
}
