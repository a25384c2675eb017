package lockstep.server.roles;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.INVITE;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.TEAM;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.access.PermissionSet;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.store.tables.tables.records.RoleRecord;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Queries about roles. */
final class RoleStore {

  private RoleStore() {}

  static List<Role> list(DSLContext db, OrganisationId organisation) {
    return db.selectFrom(ROLE)
        .where(ROLE.ORGANISATION_ID.eq(organisation.value()))
        .orderBy(ROLE.CREATED_AT, ROLE.ID)
        .fetch(RoleStore::toRole);
  }

  static Optional<Role> find(DSLContext db, OrganisationId organisation, RoleId role) {
    return db.selectFrom(ROLE).where(is(organisation, role)).fetchOptional(RoleStore::toRole);
  }

  /** The id of the role of this name, if there is one. */
  static Optional<UUID> named(DSLContext db, OrganisationId organisation, String name) {
    return db.select(ROLE.ID)
        .from(ROLE)
        .where(ROLE.ORGANISATION_ID.eq(organisation.value()))
        .and(ROLE.FOLDED_NAME.eq(RoleName.folded(name)))
        .fetchOptional(ROLE.ID);
  }

  static void insert(DSLContext db, OrganisationId organisation, Role role) {
    db.insertInto(ROLE)
        .set(ROLE.ID, role.id())
        .set(ROLE.ORGANISATION_ID, organisation.value())
        .set(ROLE.NAME, role.name())
        .set(ROLE.FOLDED_NAME, RoleName.folded(role.name()))
        .set(ROLE.DESCRIPTION, role.description())
        .set(ROLE.COLOR, role.color())
        .set(ROLE.IS_DEFAULT, role.isDefault())
        .set(ROLE.GLOBAL_ACCESS, role.globalAccess())
        .set(ROLE.PERMISSIONS, role.permissions().toJson())
        .set(ROLE.CREATED_AT, role.createdAt())
        .execute();
  }

  static void update(DSLContext db, OrganisationId organisation, Role role) {
    db.update(ROLE)
        .set(ROLE.NAME, role.name())
        .set(ROLE.FOLDED_NAME, RoleName.folded(role.name()))
        .set(ROLE.DESCRIPTION, role.description())
        .set(ROLE.COLOR, role.color())
        .set(ROLE.PERMISSIONS, role.permissions().toJson())
        .where(is(organisation, new RoleId(role.id())))
        .execute();
  }

  /** Whether an account of this kind that was not deleted holds the role. */
  static boolean isHeld(DSLContext db, OrganisationId organisation, RoleId role, AccountKind kind) {
    return db.fetchExists(
        ACCOUNT,
        ACCOUNT.ORGANISATION_ID.eq(organisation.value()),
        ACCOUNT.ROLE_ID.eq(role.value()),
        ACCOUNT.KIND.eq(kind.storedName()),
        ACCOUNT.DELETED_AT.isNull());
  }

  /** Whether an invite that can still be accepted names the role. */
  static boolean isInvitedTo(DSLContext db, OrganisationId organisation, RoleId role, Instant now) {
    return db.fetchExists(
        INVITE,
        INVITE.ORGANISATION_ID.eq(organisation.value()),
        INVITE.ROLE_ID.eq(role.value()),
        INVITE.ACCEPTED_AT.isNull(),
        INVITE.DELETED_AT.isNull(),
        INVITE.EXPIRES_AT.gt(now));
  }

  /** Deletes the role, and the mention of it in whatever is past or only overrides. */
  static void delete(DSLContext db, OrganisationId organisation, RoleId role, Instant now) {
    UUID id = role.value();
    db.update(TEAM)
        .setNull(TEAM.MEMBER_ROLE_ID)
        .set(TEAM.UPDATED_AT, now)
        .where(TEAM.ORGANISATION_ID.eq(organisation.value()), TEAM.MEMBER_ROLE_ID.eq(id))
        .execute();
    db.update(TEAM)
        .setNull(TEAM.SERVICE_ACCOUNT_ROLE_ID)
        .set(TEAM.UPDATED_AT, now)
        .where(TEAM.ORGANISATION_ID.eq(organisation.value()), TEAM.SERVICE_ACCOUNT_ROLE_ID.eq(id))
        .execute();
    db.update(INVITE)
        .setNull(INVITE.ROLE_ID)
        .where(INVITE.ORGANISATION_ID.eq(organisation.value()), INVITE.ROLE_ID.eq(id))
        .execute();
    db.update(ACCOUNT)
        .setNull(ACCOUNT.ROLE_ID)
        .where(
            ACCOUNT.ORGANISATION_ID.eq(organisation.value()),
            ACCOUNT.ROLE_ID.eq(id),
            ACCOUNT.DELETED_AT.isNotNull())
        .execute();
    db.deleteFrom(ROLE).where(is(organisation, role)).execute();
  }

  private static Condition is(OrganisationId organisation, RoleId role) {
    return ROLE.ORGANISATION_ID.eq(organisation.value()).and(ROLE.ID.eq(role.value()));
  }

  private static Role toRole(RoleRecord row) {
    return new Role(
        row.getId(),
        row.getName(),
        row.getDescription(),
        row.getColor(),
        row.getIsDefault(),
        row.getGlobalAccess(),
        PermissionSet.parse(row.getPermissions()),
        row.getCreatedAt());
  }
}
