package lockstep.server.serviceaccounts;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.AssignableRole;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.ServiceAccountAccess;
import lockstep.server.access.TeamAccess;
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
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TeamId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.GrantSource;
import lockstep.server.keys.ServiceAccountKeyrings;
import lockstep.server.keys.ServiceAccountKeyrings.NewKeyring;
import lockstep.server.keys.WrappedKeys;
import lockstep.server.serviceaccounts.ServiceAccountBodies.Change;
import lockstep.server.serviceaccounts.ServiceAccountBodies.WantedAccount;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** The rules of service accounts. Their tokens have rules of their own. */
public final class ServiceAccounts {

  private final Database database;
  private final AccountReach reach;
  private final EnvironmentGrants grants;
  private final ServiceAccountKeyrings keyrings;
  private final ServiceAccountTokens tokens;
  private final Audit audit;
  private final Clock clock;

  /** Keeps service accounts in this database. */
  public ServiceAccounts(
      Database database,
      AccountReach reach,
      EnvironmentGrants grants,
      ServiceAccountKeyrings keyrings,
      ServiceAccountTokens tokens,
      Audit audit,
      Clock clock) {
    this.database = database;
    this.reach = reach;
    this.grants = grants;
    this.keyrings = keyrings;
    this.tokens = tokens;
    this.audit = audit;
    this.clock = clock;
  }

  List<ServiceAccount> list(OrganisationAccess access) {
    return database.read(db -> ServiceAccountStore.list(db, access));
  }

  ServiceAccountDetail get(ServiceAccountAccess access) {
    return database.read(db -> detail(db, access));
  }

  /** Creates an account that belongs to the organisation. */
  NewServiceAccount create(OrganisationAccess access, WantedAccount wanted) {
    return create(access.caller(), Optional.empty(), wanted);
  }

  /** Creates an account that a team owns, and gives it what the team has in scope. */
  NewServiceAccount create(TeamAccess access, WantedAccount wanted) {
    return create(access.caller(), Optional.of(access.team()), wanted);
  }

  private NewServiceAccount create(Caller caller, Optional<TeamId> team, WantedAccount wanted) {
    OrganisationId organisation = caller.organisation();
    NewKeyring keys = keyrings.generate();
    WrappedKeys ready =
        team.map(id -> prepareScope(organisation, id, keys)).orElse(WrappedKeys.NONE);
    return database.write(
        db -> {
          AccessRevision.increment(db, organisation);
          AssignableRole role =
              AssignableRole.require(db, organisation, wanted.roleId()).forServiceAccount();
          Instant now = clock.instant();
          ServiceAccount account =
              new ServiceAccount(
                  Uuids.v7(now),
                  wanted.name(),
                  new RoleName(role.id().value(), role.name()),
                  now,
                  now);
          AccountId id = new AccountId(account.id());
          ServiceAccountStore.insert(
              db,
              organisation,
              account,
              role.id(),
              team.map(TeamId::value).orElse(null),
              keys.identityKey(),
              keyrings.toStore(db, keys));
          team.ifPresent(owner -> joinOwner(db, organisation, owner, id, ready));
          record(
              db,
              caller,
              AuditAction.CREATE,
              account,
              "Service account created",
              details(account, team));
          NewToken token =
              tokens.store(db, caller, id, wanted.tokenName(), Optional.empty(), keys.firstToken());
          return new NewServiceAccount(
              account.id(), account.name(), account.role(), now, now, token);
        });
  }

  private WrappedKeys prepareScope(OrganisationId organisation, TeamId team, NewKeyring keys) {
    Set<EnvironmentId> scope = database.read(db -> grants.scope(db, organisation, team));
    return grants.prepare(organisation, scope, keys.identityKey());
  }

  private void joinOwner(
      DSLContext db,
      OrganisationId organisation,
      TeamId team,
      AccountId account,
      WrappedKeys ready) {
    if (!ServiceAccountStore.teamIsLive(db, organisation, team)) {
      throw ApiException.notFound("Team not found.");
    }
    ServiceAccountStore.join(db, organisation, team, account.value(), clock.instant());
    grants.give(
        db,
        organisation,
        GrantSource.of(team),
        grants.scope(db, organisation, team),
        List.of(account),
        ready);
  }

  ServiceAccountDetail update(ServiceAccountAccess access, Change change) {
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          ServiceAccount before = find(db, access).account();
          change
              .roleId()
              .map(id -> AssignableRole.require(db, access.organisation(), id))
              .map(AssignableRole::forServiceAccount)
              .ifPresent(
                  role ->
                      ServiceAccountStore.setRole(
                          db, access.organisation(), before.id(), role.id()));
          ServiceAccountStore.update(
              db,
              access.organisation(),
              before.id(),
              change.name().orElse(before.name()),
              clock.instant());
          ServiceAccount after = find(db, access).account();
          record(
              db,
              access.caller(),
              AuditAction.UPDATE,
              after,
              "Service account updated",
              Map.of(
                  "old", details(before, Optional.empty()),
                  "new", details(after, Optional.empty())));
          return detail(db, access);
        });
  }

  /** Deletes an account; its tokens and keys are gone at once. */
  void delete(ServiceAccountAccess access) {
    database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          ServiceAccount account = find(db, access).account();
          delete(db, access.caller(), account, "Service account deleted");
          return account;
        });
  }

  /** Deletes the accounts that a team owns, in the transaction that deletes the team. */
  public void deleteOwnedBy(DSLContext db, TeamAccess access) {
    for (ServiceAccount account :
        ServiceAccountStore.ownedBy(db, access.organisation(), access.team())) {
      delete(db, access.caller(), account, "Service account deleted with its team");
    }
  }

  private void delete(DSLContext db, Caller caller, ServiceAccount account, String description) {
    OrganisationId organisation = caller.organisation();
    AccountId id = new AccountId(account.id());
    tokens.recordDeletions(db, caller, id);
    reach.delete(db, organisation, id);
    ServiceAccountStore.eraseKeyring(db, organisation, account.id());
    record(
        db, caller, AuditAction.DELETE, account, description, details(account, Optional.empty()));
  }

  /** Refuses if keys cannot be wrapped for the account. */
  void requireEditableAccess(ServiceAccountAccess access) {
    database.read(db -> findWithUsableKey(db, access));
  }

  /** Makes the account's individual access equal to what the body lists. */
  ServiceAccountDetail changeAccess(ServiceAccountAccess access, Fields body) {
    OrganisationId organisation = access.organisation();
    DesiredAccess planned = database.read(db -> desired(db, access, body));
    WrappedKeys ready = reach.prepare(organisation, access.account(), planned);
    return database.write(
        db -> {
          AccessRevision.increment(db, organisation);
          DesiredAccess wanted = desired(db, access, body);
          List<AccessibleApp> before = reach.apps(db, organisation, access.account());
          reach.replace(db, organisation, access.account(), wanted, ready);
          ServiceAccountDetail after = detail(db, access);
          record(
              db,
              access.caller(),
              AuditAction.ACCESS,
              find(db, access).account(),
              "Access of service account changed",
              Map.of(
                  "old", AccountReach.summary(before), "new", AccountReach.summary(after.apps())));
          return after;
        });
  }

  private DesiredAccess desired(DSLContext db, ServiceAccountAccess access, Fields body) {
    StoredServiceAccount target = findWithUsableKey(db, access);
    DesiredAccess desired = reach.read(db, access.caller(), body, AccountKind.SERVICE_ACCOUNT);
    if (target.serverWrappedKeyring().isEmpty()) {
      throw ApiException.badRequest(
          "Service account does not have server-side key management enabled.");
    }
    return desired;
  }

  private static StoredServiceAccount findWithUsableKey(
      DSLContext db, ServiceAccountAccess access) {
    StoredServiceAccount target = find(db, access);
    if (!target.hasUsableKey()) {
      throw ApiException.badRequest(
          "Service account does not have an identity key set. Cannot grant environment access.");
    }
    return target;
  }

  private ServiceAccountDetail detail(DSLContext db, ServiceAccountAccess access) {
    return ServiceAccountDetail.of(
        find(db, access).account(),
        tokens.listWorking(db, access),
        reach.apps(db, access.organisation(), access.account()));
  }

  static StoredServiceAccount find(DSLContext db, ServiceAccountAccess access) {
    return ServiceAccountStore.find(db, access.organisation(), access.account())
        .orElseThrow(() -> ApiException.notFound("Service account not found."));
  }

  private void record(
      DSLContext db,
      Caller caller,
      AuditAction action,
      ServiceAccount account,
      String description,
      Map<String, ?> details) {
    Map<String, Object> all = new HashMap<>(details);
    all.put("name", account.name());
    audit.record(
        db,
        caller,
        AuditEvent.of(action, AuditedResource.SERVICE_ACCOUNT, account.id(), description, all));
  }

  private static Map<String, Object> details(ServiceAccount account, Optional<TeamId> team) {
    Map<String, Object> details = new HashMap<>();
    details.put("name", account.name());
    @Nullable RoleName role = account.role();
    if (role != null) {
      details.put("role", role);
    }
    team.ifPresent(id -> details.put("team", id.value()));
    return details;
  }
}
