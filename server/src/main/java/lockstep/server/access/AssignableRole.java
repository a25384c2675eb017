package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ROLE;

import java.util.Optional;
import lockstep.server.http.ApiException;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.store.tables.tables.records.RoleRecord;
import org.jooq.DSLContext;

/**
 * A role of an organisation, as something to give to an account or a team.
 *
 * @param isOwner whether it is the owner's role, which exactly one member has
 * @param globalAccess whether members who have it reach every app and environment
 */
public record AssignableRole(
    RoleId id, String name, boolean isOwner, boolean globalAccess, PermissionSet permissions) {

  /**
   * The role of this id in the organisation.
   *
   * @throws ApiException 404 if there is none
   */
  public static AssignableRole require(DSLContext db, OrganisationId organisation, String id) {
    return RoleId.parse(id)
        .flatMap(role -> find(db, organisation, role))
        .orElseThrow(() -> ApiException.notFound("Role not found."));
  }

  private static Optional<AssignableRole> find(
      DSLContext db, OrganisationId organisation, RoleId id) {
    return db.selectFrom(ROLE)
        .where(ROLE.ORGANISATION_ID.eq(organisation.value()))
        .and(ROLE.ID.eq(id.value()))
        .fetchOptional(AssignableRole::toRole);
  }

  /**
   * This role, if a service account can have it.
   *
   * @throws ApiException 400 if not
   */
  public AssignableRole forServiceAccount() {
    if (globalAccess) {
      throw ApiException.badRequest("Service accounts cannot be assigned the '" + name + "' role.");
    }
    return this;
  }

  /** Whether an account that never signed in must not have this role yet. */
  public boolean needsFinishedAccount() {
    return globalAccess
        || permissions.allows(OrganisationResource.SERVICE_ACCOUNT_TOKENS, Action.CREATE);
  }

  private static AssignableRole toRole(RoleRecord row) {
    return new AssignableRole(
        new RoleId(row.getId()),
        row.getName(),
        row.getIsDefault() && row.getName().equals(DefaultRole.OWNER.displayName()),
        row.getGlobalAccess(),
        PermissionSet.parse(row.getPermissions()));
  }
}
