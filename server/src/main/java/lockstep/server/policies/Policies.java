package lockstep.server.policies;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.auth.Authenticator;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.Uuids;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * The rules of network access policies. Every change looks, before it commits, whether the caller
 * could still call from where it is, and is refused if not, unless the caller insists.
 */
public final class Policies {

  private final Database database;
  private final Audit audit;
  private final Clock clock;

  /** Keeps policies in this database. */
  public Policies(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
  }

  List<Policy> list(OrganisationAccess access) {
    return database.read(db -> PolicyStore.list(db, access.organisation()));
  }

  Policy get(OrganisationAccess access, String id) {
    return database.read(db -> find(db, access, id));
  }

  Policy create(OrganisationAccess access, Change wanted, boolean force) {
    return change(
        access,
        force,
        db -> {
          Instant now = clock.instant();
          Policy policy =
              new Policy(
                  Uuids.v7(now),
                  wanted.name().orElseThrow(),
                  wanted.allowedIps().orElseThrow(),
                  wanted.isGlobal().orElse(false),
                  now,
                  now);
          PolicyStore.insert(db, access.organisation(), policy);
          record(
              db,
              access,
              AuditAction.CREATE,
              policy.id(),
              "created",
              Map.of("new", values(policy)));
          return policy;
        });
  }

  Policy update(OrganisationAccess access, String id, Change wanted, boolean force) {
    return change(
        access,
        force,
        db -> {
          Policy before = find(db, access, id);
          Policy after =
              new Policy(
                  before.id(),
                  wanted.name().orElse(before.name()),
                  wanted.allowedIps().orElse(before.allowedIps()),
                  wanted.isGlobal().orElse(before.isGlobal()),
                  before.createdAt(),
                  clock.instant());
          PolicyStore.update(db, access.organisation(), after);
          record(
              db,
              access,
              AuditAction.UPDATE,
              before.id(),
              "updated",
              Map.of("old", values(before), "new", values(after)));
          return after;
        });
  }

  void delete(OrganisationAccess access, String id, boolean force) {
    change(
        access,
        force,
        db -> {
          Policy policy = find(db, access, id);
          PolicyStore.delete(db, access.organisation(), policy.id());
          record(
              db,
              access,
              AuditAction.DELETE,
              policy.id(),
              "deleted",
              Map.of("old", values(policy)));
          return policy;
        });
  }

  List<Policy> listOfMember(OrganisationAccess access, String member) {
    return database.read(
        db -> PolicyStore.listOf(db, access.organisation(), member(db, access, member)));
  }

  List<Policy> listOfServiceAccount(OrganisationAccess access, String account) {
    return database.read(
        db -> PolicyStore.listOf(db, access.organisation(), serviceAccount(db, access, account)));
  }

  List<Policy> attachToMember(
      OrganisationAccess access, String id, Set<String> policies, boolean force) {
    return change(
        access,
        force,
        db -> {
          AccountId member = member(db, access, id);
          if (!access.caller().globalAccess()
              && PolicyStore.member(db, access.organisation(), member).orElse(true)) {
            throw ApiException.forbidden(
                "You cannot change the network access policies of a member with a global access"
                    + " role.");
          }
          return attach(db, access, AuditedResource.MEMBER, member, policies);
        });
  }

  List<Policy> attachToServiceAccount(
      OrganisationAccess access, String id, Set<String> policies, boolean force) {
    return change(
        access,
        force,
        db ->
            attach(
                db,
                access,
                AuditedResource.SERVICE_ACCOUNT,
                serviceAccount(db, access, id),
                policies));
  }

  private List<Policy> attach(
      DSLContext db,
      OrganisationAccess access,
      AuditedResource kind,
      AccountId account,
      Set<String> ids) {
    List<Policy> policies = new ArrayList<>();
    for (String id : ids) {
      policies.add(
          Uuids.parse(id)
              .flatMap(policy -> PolicyStore.find(db, access.organisation(), policy))
              .orElseThrow(
                  () ->
                      ApiException.notFound(
                          "Network access policy not found: " + Echo.shorten(id))));
    }
    PolicyStore.attach(db, access.organisation(), account, policies.stream().distinct().toList());
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(
            AuditAction.ACCESS,
            kind,
            account.value(),
            "Network access policies of the account changed",
            Map.of("policies", policies.stream().map(policy -> policy.id().toString()).toList())));
    return PolicyStore.listOf(db, access.organisation(), account);
  }

  private <T> T change(OrganisationAccess access, boolean force, Function<DSLContext, T> work) {
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          T result = work.apply(db);
          if (!force) {
            requireStillLetIn(db, access.caller());
          }
          return result;
        });
  }

  private static void requireStillLetIn(DSLContext db, Caller caller) {
    boolean letIn =
        Authenticator.policies(db, caller.organisation(), caller.account())
            .allow(caller.origin().clientAddress());
    if (!letIn) {
      throw ApiException.conflict(
          "This change would lock you out: the policies that would apply to you do not allow your"
              + " address %s. Set 'force' to true to make it nevertheless."
                  .formatted(caller.origin().clientAddressText()));
    }
  }

  private static AccountId member(DSLContext db, OrganisationAccess access, String id) {
    return AccountId.parse(id)
        .filter(account -> PolicyStore.member(db, access.organisation(), account).isPresent())
        .orElseThrow(() -> ApiException.notFound("Member not found."));
  }

  private static AccountId serviceAccount(DSLContext db, OrganisationAccess access, String id) {
    return AccountId.parse(id)
        .filter(
            account ->
                PolicyStore.serviceAccountTeam(db, access.organisation(), account)
                    .filter(team -> isVisible(db, access.caller(), team))
                    .isPresent())
        .orElseThrow(() -> ApiException.notFound("Service account not found."));
  }

  private static boolean isVisible(DSLContext db, Caller caller, Optional<UUID> team) {
    return team.isEmpty()
        || caller.globalAccess()
        || PolicyStore.isOfTeam(db, caller.organisation(), team.get(), caller.account());
  }

  private static Policy find(DSLContext db, OrganisationAccess access, String id) {
    OrganisationId organisation = access.organisation();
    return Uuids.parse(id)
        .flatMap(policy -> PolicyStore.find(db, organisation, policy))
        .orElseThrow(() -> ApiException.notFound("Network access policy not found."));
  }

  private void record(
      DSLContext db,
      OrganisationAccess access,
      AuditAction action,
      UUID policy,
      String participle,
      Map<String, ?> details) {
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(
            action,
            AuditedResource.NETWORK_POLICY,
            policy,
            "Network access policy " + participle,
            details));
  }

  private static Map<String, Object> values(Policy policy) {
    return Map.of(
        "name", policy.name(),
        "allowedIps", policy.allowedIps(),
        "isGlobal", policy.isGlobal());
  }

  /** What a policy is to be like; what is empty stays. */
  record Change(
      Optional<String> name, Optional<List<String>> allowedIps, Optional<Boolean> isGlobal) {}
}
