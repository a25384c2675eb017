package lockstep.server.organisations;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/** Hands an organisation from its one Owner to another member. */
public final class Ownership {

  private final Database database;
  private final EnvironmentGrants grants;
  private final Audit audit;
  private final Clock clock;

  /** Works on this database. */
  public Ownership(Database database, EnvironmentGrants grants, Audit audit, Clock clock) {
    this.database = database;
    this.grants = grants;
    this.audit = audit;
    this.clock = clock;
  }

  /** Refuses everybody but the Owner. */
  void requireOwner(OwnAccountAccess access) {
    database.read(db -> owner(db, access));
  }

  /**
   * Makes a member with global access the Owner, and the present one an Admin. Global access means
   * that the member holds the keys of all environments that the server can open; of the others it
   * must have been given those that the present Owner has.
   */
  Transferred transfer(OwnAccountAccess access, String memberId) {
    OrganisationId organisation = access.organisation();
    return database.write(
        db -> {
          AccessRevision.increment(db, organisation);
          RoleId ownerRole = owner(db, access).role();
          OwnershipStore.Holder target =
              AccountId.parse(memberId)
                  .flatMap(member -> OwnershipStore.member(db, organisation, member))
                  .orElseThrow(() -> ApiException.notFound("Member not found."));
          if (target.id().equals(access.member())) {
            throw ApiException.badRequest("You are the Owner of this organisation already.");
          }
          if (!target.hasKeys() || !target.globalAccess()) {
            throw ApiException.badRequest(
                "The ownership can only be transferred to a member who has completed account setup"
                    + " and has a role with global access.");
          }
          grants.requireAsManyKeys(db, organisation, access.member(), target.id());
          RoleId adminRole = OwnershipStore.role(db, organisation, DefaultRole.ADMIN);
          Instant now = clock.instant();
          OwnershipStore.assign(db, organisation, access.member(), adminRole, now);
          OwnershipStore.assign(db, organisation, target.id(), ownerRole, now);
          record(db, access, access.member(), ownerRole, adminRole);
          record(db, access, target.id(), target.role(), ownerRole);
          return new Transferred(target.id().toString(), access.member().toString());
        });
  }

  private static OwnershipStore.Holder owner(DSLContext db, OwnAccountAccess access) {
    RoleId role = OwnershipStore.role(db, access.organisation(), DefaultRole.OWNER);
    return OwnershipStore.member(db, access.organisation(), access.member())
        .filter(member -> member.role().equals(role))
        .orElseThrow(
            () ->
                ApiException.forbidden(
                    "Only the Owner can transfer the ownership of the organisation."));
  }

  private void record(
      DSLContext db, OwnAccountAccess access, AccountId member, RoleId before, RoleId after) {
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(
            AuditAction.UPDATE,
            AuditedResource.MEMBER,
            member.value(),
            "Role changed by transfer of the ownership",
            Map.of("oldRole", before.toString(), "newRole", after.toString())));
  }

  /** Ids of the members who are and who were the Owner. */
  record Transferred(String ownerId, String previousOwnerId) {}
}
