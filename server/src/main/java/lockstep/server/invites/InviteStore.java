package lockstep.server.invites;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.INVITE;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.InviteId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.net.EmailAddress;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jspecify.annotations.Nullable;

/** Queries about invites. An invite that was accepted, deleted or has expired is found by none. */
final class InviteStore {

  private InviteStore() {}

  static List<Invite> list(DSLContext db, OrganisationId organisation, Instant now) {
    return select(db)
        .where(INVITE.ORGANISATION_ID.eq(organisation.value()).and(isOpen(now)))
        .orderBy(INVITE.CREATED_AT.desc(), INVITE.ID.desc())
        .fetch(InviteStore::toInvite);
  }

  static Optional<Invite> find(
      DSLContext db, OrganisationId organisation, InviteId invite, Instant now) {
    return select(db)
        .where(INVITE.ORGANISATION_ID.eq(organisation.value()))
        .and(INVITE.ID.eq(invite.value()))
        .and(isOpen(now))
        .fetchOptional(InviteStore::toInvite);
  }

  /** Who made an invite, and where. */
  record Inviter(OrganisationId organisation, AccountId account) {}

  /** The same of an invite that need not be open. */
  static Optional<Inviter> inviter(DSLContext db, InviteId invite) {
    return db.select(INVITE.ORGANISATION_ID, INVITE.INVITED_BY)
        .from(INVITE)
        .where(INVITE.ID.eq(invite.value()))
        .fetchOptional(
            row -> new Inviter(new OrganisationId(row.value1()), new AccountId(row.value2())));
  }

  /** For the invitee, who has no organisation yet: its id is all there is to go by. */
  static Optional<OpenInvite> findForInvitee(DSLContext db, InviteId invite, Instant now) {
    return db.select(
            INVITE.EMAIL, INVITE.EXPIRES_AT, ORGANISATION.ID, ORGANISATION.NAME, ROLE.ID, ROLE.NAME)
        .from(INVITE)
        .join(ORGANISATION)
        .on(ORGANISATION.ID.eq(INVITE.ORGANISATION_ID))
        .join(ROLE)
        .on(ROLE.ID.eq(INVITE.ROLE_ID))
        .where(INVITE.ID.eq(invite.value()))
        .and(isOpen(now))
        .fetchOptional(
            row ->
                new OpenInvite(
                    invite,
                    new OrganisationId(row.value3()),
                    row.value4(),
                    row.value1(),
                    new RoleId(row.value5()),
                    row.value6(),
                    row.value2()));
  }

  static boolean isInvited(
      DSLContext db, OrganisationId organisation, EmailAddress email, Instant now) {
    return db.fetchExists(
        INVITE,
        INVITE.ORGANISATION_ID.eq(organisation.value()),
        INVITE.EMAIL.eq(email.value()),
        isOpen(now));
  }

  static boolean isMember(DSLContext db, OrganisationId organisation, String email) {
    return db.fetchExists(
        db.selectOne()
            .from(MEMBER)
            .join(ACCOUNT)
            .on(ACCOUNT.ID.eq(MEMBER.ID))
            .join(USER_ACCOUNT)
            .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
            .where(MEMBER.ORGANISATION_ID.eq(organisation.value()))
            .and(USER_ACCOUNT.EMAIL.eq(email))
            .and(ACCOUNT.DELETED_AT.isNull()));
  }

  /** Puts expired invites out of the way of a new one for the same address. */
  static void deleteExpired(
      DSLContext db, OrganisationId organisation, EmailAddress email, Instant now) {
    db.update(INVITE)
        .set(INVITE.DELETED_AT, now)
        .where(INVITE.ORGANISATION_ID.eq(organisation.value()))
        .and(INVITE.EMAIL.eq(email.value()))
        .and(INVITE.ACCEPTED_AT.isNull())
        .and(INVITE.DELETED_AT.isNull())
        .and(INVITE.EXPIRES_AT.le(now))
        .execute();
  }

  static void insert(
      DSLContext db,
      OrganisationId organisation,
      InviteId id,
      EmailAddress email,
      UUID role,
      AccountId sender,
      Instant now,
      Instant expiresAt) {
    db.insertInto(INVITE)
        .set(INVITE.ID, id.value())
        .set(INVITE.ORGANISATION_ID, organisation.value())
        .set(INVITE.EMAIL, email.value())
        .set(INVITE.ROLE_ID, role)
        .set(INVITE.INVITED_BY, sender.value())
        .set(INVITE.CREATED_AT, now)
        .set(INVITE.EXPIRES_AT, expiresAt)
        .execute();
  }

  /** True if it was open until now. */
  static boolean delete(DSLContext db, OrganisationId organisation, InviteId invite, Instant now) {
    return db.update(INVITE)
            .set(INVITE.DELETED_AT, now)
            .where(INVITE.ORGANISATION_ID.eq(organisation.value()))
            .and(INVITE.ID.eq(invite.value()))
            .and(isOpen(now))
            .execute()
        == 1;
  }

  /** True for the one who may use it. */
  static boolean accept(DSLContext db, OrganisationId organisation, InviteId invite, Instant now) {
    return db.update(INVITE)
            .set(INVITE.ACCEPTED_AT, now)
            .where(INVITE.ORGANISATION_ID.eq(organisation.value()))
            .and(INVITE.ID.eq(invite.value()))
            .and(isOpen(now))
            .execute()
        == 1;
  }

  private static Condition isOpen(Instant now) {
    return INVITE
        .ACCEPTED_AT
        .isNull()
        .and(INVITE.DELETED_AT.isNull())
        .and(INVITE.EXPIRES_AT.gt(now));
  }

  private static SelectOnConditionStep<? extends Record> select(DSLContext db) {
    return db.select(
            INVITE.ID,
            INVITE.EMAIL,
            INVITE.CREATED_AT,
            INVITE.EXPIRES_AT,
            ROLE.ID,
            ROLE.NAME,
            ACCOUNT.KIND,
            ACCOUNT.DELETED_AT,
            USER_ACCOUNT.EMAIL,
            SERVICE_ACCOUNT.NAME)
        .from(INVITE)
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(INVITE.ROLE_ID))
        .leftJoin(ACCOUNT)
        .on(ACCOUNT.ID.eq(INVITE.INVITED_BY))
        .leftJoin(MEMBER)
        .on(MEMBER.ID.eq(ACCOUNT.ID))
        .leftJoin(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .leftJoin(SERVICE_ACCOUNT)
        .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID));
  }

  private static Invite toInvite(Record row) {
    @Nullable UUID role = row.get(ROLE.ID);
    return new Invite(
        row.get(INVITE.ID),
        row.get(INVITE.EMAIL),
        role == null ? null : new Invite.RoleName(role, row.get(ROLE.NAME)),
        sender(row),
        row.get(INVITE.CREATED_AT),
        row.get(INVITE.EXPIRES_AT),
        true);
  }

  private static Invite.@Nullable Sender sender(Record row) {
    if (row.get(ACCOUNT.DELETED_AT) != null) {
      return null;
    }
    return row.get(ACCOUNT.KIND).equals(AccountKind.MEMBER.storedName())
        ? Invite.Sender.member(row.get(USER_ACCOUNT.EMAIL))
        : Invite.Sender.serviceAccount(row.get(SERVICE_ACCOUNT.NAME));
  }
}
