package lockstep.server.members;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.AssignableRole;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.accounts.AccessibleApp;
import lockstep.server.accounts.AccountReach;
import lockstep.server.accounts.DesiredAccess;
import lockstep.server.accounts.RoleName;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.ids.AccountId;
import lockstep.server.keys.WrappedKeys;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The rules of members. Every rule is asked in the transaction that makes the change; before it, so
 * that refusals come in their order and slow work stays outside.
 */
public final class Members {

  private final Database database;
  private final AccountReach reach;
  private final Audit audit;
  private final Clock clock;

  /** Keeps members in this database. */
  public Members(Database database, AccountReach reach, Audit audit, Clock clock) {
    this.database = database;
    this.reach = reach;
    this.audit = audit;
    this.clock = clock;
  }

  List<Member> list(OrganisationAccess access) {
    return database.read(db -> MemberStore.list(db, access));
  }

  Member get(OrganisationAccess access, String id) {
    return database.read(db -> find(db, access, id)).member();
  }

  /** Refuses if no role at all can be given to the member by this caller. */
  void requireChangeable(OrganisationAccess access, String id) {
    database.read(
        db -> {
          StoredMember target = find(db, access, id);
          MemberRules.requireChangeable(access.caller(), target);
          return target;
        });
  }

  /** Gives a member another role, and the keys of everything if the role has global access. */
  Member changeRole(OrganisationAccess access, String id, String roleId) {
    RoleChange planned = database.read(db -> roleChange(db, access, id, roleId));
    WrappedKeys ready =
        planned.role().globalAccess()
            ? reach.prepareEverything(access.organisation(), planned.target().account())
            : WrappedKeys.NONE;
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          RoleChange change = roleChange(db, access, id, roleId);
          AccountId account = change.target().account();
          MemberStore.setRole(db, access, account, change.role().id(), clock.instant());
          if (change.role().globalAccess()) {
            reach.giveEverything(db, access.organisation(), account, ready);
          }
          Member before = change.target().member();
          record(
              db,
              access,
              AuditAction.UPDATE,
              before,
              "Role of member changed",
              Map.of(
                  "oldRole",
                  roleOf(before),
                  "newRole",
                  new RoleName(change.role().id().value(), change.role().name())));
          return find(db, access, id).member();
        });
  }

  private static RoleChange roleChange(
      DSLContext db, OrganisationAccess access, String id, String roleId) {
    StoredMember target = find(db, access, id);
    MemberRules.requireChangeable(access.caller(), target);
    AssignableRole role = AssignableRole.require(db, access.organisation(), roleId);
    MemberRules.requireAssignable(access.caller(), target, role);
    return new RoleChange(target, role);
  }

  /** Removes a member with all it had. The person can be invited again. */
  void remove(OrganisationAccess access, String id) {
    database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          StoredMember target = find(db, access, id);
          MemberRules.requireRemovable(access.caller(), target);
          reach.delete(db, access.organisation(), target.account());
          MemberStore.eraseTraces(db, access, target.account());
          record(
              db,
              access,
              AuditAction.DELETE,
              target.member(),
              "Member removed",
              Map.of("role", roleOf(target.member())));
          return target;
        });
  }

  MemberWithApps getAccess(OrganisationAccess access, String id) {
    return database.read(db -> withApps(db, access, find(db, access, id).member()));
  }

  /** Refuses if the member's access cannot be changed at all. */
  void requireEditableAccess(OrganisationAccess access, String id) {
    database.read(db -> findWithEditableAccess(db, access, id));
  }

  /** Makes the member's individual access equal to what the body lists. */
  MemberWithApps changeAccess(OrganisationAccess access, String id, Fields body) {
    DesiredAccess planned =
        database.read(
            db -> {
              findWithEditableAccess(db, access, id);
              return reach.read(db, access.caller(), body, AccountKind.MEMBER);
            });
    // The member was found, so this is its id.
    AccountId account = AccountId.parse(id).orElseThrow();
    WrappedKeys ready = reach.prepare(access.organisation(), account, planned);
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          StoredMember target = findWithEditableAccess(db, access, id);
          DesiredAccess desired = reach.read(db, access.caller(), body, AccountKind.MEMBER);
          List<AccessibleApp> before = reach.apps(db, access.organisation(), account);
          reach.replace(db, access.organisation(), account, desired, ready);
          MemberWithApps after = withApps(db, access, target.member());
          record(
              db,
              access,
              AuditAction.ACCESS,
              target.member(),
              "Access of member changed",
              Map.of(
                  "old", AccountReach.summary(before), "new", AccountReach.summary(after.apps())));
          return after;
        });
  }

  private MemberWithApps withApps(DSLContext db, OrganisationAccess access, Member member) {
    return MemberWithApps.of(
        member, reach.apps(db, access.organisation(), new AccountId(member.id())));
  }

  private static StoredMember findWithEditableAccess(
      DSLContext db, OrganisationAccess access, String id) {
    StoredMember target = find(db, access, id);
    MemberRules.requireEditableAccess(target);
    return target;
  }

  private static StoredMember find(DSLContext db, OrganisationAccess access, String id) {
    return AccountId.parse(id)
        .flatMap(account -> MemberStore.find(db, access, account))
        .orElseThrow(() -> ApiException.notFound("Member not found."));
  }

  private void record(
      DSLContext db,
      OrganisationAccess access,
      AuditAction action,
      Member member,
      String description,
      Map<String, ?> details) {
    Map<String, Object> all = new HashMap<>(details);
    all.put("email", member.email());
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(action, AuditedResource.MEMBER, member.id(), description, all));
  }

  private static Object roleOf(Member member) {
    @Nullable RoleName role = member.role();
    return role == null ? Map.<String, UUID>of() : role;
  }

  private record RoleChange(StoredMember target, AssignableRole role) {}
}
