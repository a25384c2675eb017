package lockstep.server.organisations;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ROLE;

import java.time.Instant;
import java.util.Optional;
import lockstep.server.access.AccountKind;
import lockstep.server.access.DefaultRole;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import org.jooq.DSLContext;

/** Queries about who owns an organisation. */
final class OwnershipStore {

  private OwnershipStore() {}

  static RoleId role(DSLContext db, OrganisationId organisation, DefaultRole role) {
    return new RoleId(
        db.select(ROLE.ID)
            .from(ROLE)
            .where(ROLE.ORGANISATION_ID.eq(organisation.value()))
            .and(ROLE.IS_DEFAULT.isTrue())
            .and(ROLE.NAME.eq(role.displayName()))
            .fetchSingle()
            .value1());
  }

  static Optional<Holder> member(DSLContext db, OrganisationId organisation, AccountId member) {
    return db.select(ACCOUNT.IDENTITY_KEY, ROLE.ID, ROLE.GLOBAL_ACCESS)
        .from(ACCOUNT)
        .join(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT.ID.eq(member.value()))
        .and(ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName()))
        .and(ACCOUNT.DELETED_AT.isNull())
        .fetchOptional(
            row ->
                new Holder(member, new RoleId(row.value2()), row.value1() != null, row.value3()));
  }

  static void assign(
      DSLContext db, OrganisationId organisation, AccountId member, RoleId role, Instant now) {
    db.update(ACCOUNT)
        .set(ACCOUNT.ROLE_ID, role.value())
        .set(ACCOUNT.UPDATED_AT, now)
        .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT.ID.eq(member.value()))
        .execute();
  }

  /** A member and what makes it fit to own the organisation. */
  record Holder(AccountId id, RoleId role, boolean hasKeys, boolean globalAccess) {}
}
