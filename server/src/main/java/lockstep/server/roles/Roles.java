package lockstep.server.roles;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.PermissionSet;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.ids.Uuids;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jspecify.annotations.Nullable;

/** The rules of roles. Default roles never change. */
public final class Roles {

  private final Database database;
  private final Audit audit;
  private final Clock clock;

  /** Keeps roles in this database. */
  public Roles(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * The role with this id, for whoever is about to give it to somebody.
   *
   * @throws ApiException 404 if the organisation has none
   */
  public static Role find(DSLContext db, OrganisationAccess access, String id) {
    return RoleId.parse(id)
        .flatMap(role -> RoleStore.find(db, access.organisation(), role))
        .orElseThrow(() -> ApiException.notFound("Role not found."));
  }

  List<Role> list(OrganisationAccess access) {
    return database.read(db -> RoleStore.list(db, access.organisation()));
  }

  Role get(OrganisationAccess access, String id) {
    return database.read(db -> find(db, access, id));
  }

  /** The role with this id, which must not be a default one. */
  Role getCustom(OrganisationAccess access, String id) {
    return database.read(db -> findCustom(db, access, id, "modified"));
  }

  /** Tells the client about a name in use before it hears of other mistakes. */
  void requireFreeName(OrganisationAccess access, String name, @Nullable UUID except) {
    database.read(
        db -> {
          requireFreeName(db, access.organisation(), name, except);
          return name;
        });
  }

  Role create(
      OrganisationAccess access,
      String name,
      PermissionSet permissions,
      String description,
      String color) {
    return withFreeName(
        db -> {
          AccessRevision.increment(db, access.organisation());
          requireFreeName(db, access.organisation(), name, null);
          Instant now = clock.instant();
          Role role =
              new Role(Uuids.v7(now), name, description, color, false, false, permissions, now);
          RoleStore.insert(db, access.organisation(), role);
          record(db, access, AuditAction.CREATE, role, "Role created", Map.of("new", values(role)));
          return role;
        });
  }

  /** Changes a role, for the next request of everybody who holds it. */
  Role update(OrganisationAccess access, String id, Change change) {
    return withFreeName(
        db -> {
          AccessRevision.increment(db, access.organisation());
          Role before = findCustom(db, access, id, "modified");
          Role after =
              new Role(
                  before.id(),
                  change.name().orElse(before.name()),
                  change
                      .description()
                      .or(() -> Optional.ofNullable(before.description()))
                      .orElse(""),
                  change.color().orElse(before.color()),
                  false,
                  before.globalAccess(),
                  change.permissions().orElse(before.permissions()),
                  before.createdAt());
          requireFreeName(db, access.organisation(), after.name(), before.id());
          RoleStore.update(db, access.organisation(), after);
          record(
              db,
              access,
              AuditAction.UPDATE,
              before,
              "Role updated",
              Map.of("old", values(before), "new", values(after)));
          return after;
        });
  }

  /** Deletes a role that nobody holds and no invite promises. */
  void delete(OrganisationAccess access, String id) {
    OrganisationId organisation = access.organisation();
    database.write(
        db -> {
          AccessRevision.increment(db, organisation);
          Role role = findCustom(db, access, id, "deleted");
          RoleId roleId = new RoleId(role.id());
          Instant now = clock.instant();
          if (RoleStore.isHeld(db, organisation, roleId, AccountKind.MEMBER)) {
            throw inUse("members");
          }
          if (RoleStore.isHeld(db, organisation, roleId, AccountKind.SERVICE_ACCOUNT)) {
            throw inUse("service accounts");
          }
          if (RoleStore.isInvitedTo(db, organisation, roleId, now)) {
            throw inUse("pending invites");
          }
          RoleStore.delete(db, organisation, roleId, now);
          record(db, access, AuditAction.DELETE, role, "Role deleted", Map.of("old", values(role)));
          return role;
        });
  }

  private static Role findCustom(
      DSLContext db, OrganisationAccess access, String id, String participle) {
    Role role = find(db, access, id);
    if (role.isDefault()) {
      throw ApiException.forbidden("Default roles cannot be " + participle + ".");
    }
    return role;
  }

  private static void requireFreeName(
      DSLContext db, OrganisationId organisation, String name, @Nullable UUID except) {
    if (RoleStore.named(db, organisation, name).filter(id -> !id.equals(except)).isPresent()) {
      throw nameTaken();
    }
  }

  /** The unique index has the last word on names. */
  private Role withFreeName(Function<DSLContext, Role> work) {
    try {
      return database.write(work);
    } catch (IntegrityConstraintViolationException e) {
      throw nameTaken();
    }
  }

  private static ApiException nameTaken() {
    return ApiException.conflict("A role with this name already exists.");
  }

  private static ApiException inUse(String holders) {
    return ApiException.conflict("Cannot delete a role that has " + holders + " assigned to it.");
  }

  private void record(
      DSLContext db,
      OrganisationAccess access,
      AuditAction action,
      Role role,
      String description,
      Map<String, ?> details) {
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(action, AuditedResource.ROLE, role.id(), description, details));
  }

  private static Map<String, Object> values(Role role) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", role.name());
    values.put("description", role.description());
    values.put("color", role.color());
    values.put("permissions", RoleView.Permissions.of(role.permissions(), role.globalAccess()));
    return values;
  }

  /** What a client wants changed; what is empty stays. */
  record Change(
      Optional<String> name,
      Optional<PermissionSet> permissions,
      Optional<String> description,
      Optional<String> color) {}
}
