package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ACCOUNT;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.ids.AccountId;
import lockstep.server.store.Chunks;
import org.jooq.DSLContext;

/**
 * Who may do what with apps that the server cannot open. Reach and permissions are those of other
 * apps; on top of them, whoever hands out a key must have it.
 */
final class EndToEndDecisions {

  private EndToEndDecisions() {}

  /** The app may be of either kind, since this is about switching between them. */
  static AppAccess encryption(DSLContext db, Caller caller, String id, Action action) {
    ReachStore.App app = Access.findApp(db, caller, id);
    Access.requireReach(db, caller, app.id());
    Access.require(db, caller, app.id(), AppResource.ENCRYPTION_MODE, action);
    return new AppAccess(caller, app.id(), app.sseEnabled());
  }

  static AppAccess environments(
      DSLContext db, Caller caller, Optional<String> appId, Action action) {
    ReachStore.App app = Access.findApp(db, caller, appId.orElseThrow(Access::appRequired));
    Access.requireReach(db, caller, app.id());
    Access.require(db, caller, app.id(), AppResource.ENVIRONMENTS, action);
    requireEndToEnd(app.sseEnabled());
    return new AppAccess(caller, app.id(), false);
  }

  static EnvironmentAccess environment(DSLContext db, Caller caller, String id, Action action) {
    ReachStore.Environment found = Access.findEnvironment(db, caller, id, Optional.empty());
    Access.requireReach(db, caller, found.app());
    Access.require(db, caller, found.app(), AppResource.ENVIRONMENTS, action);
    requireEndToEnd(found.sseEnabled());
    if (!Access.reaches(db, caller, found.id())) {
      throw Refusals.environment(caller);
    }
    return new EnvironmentAccess(caller, found.app(), found.id());
  }

  /** New keys change the environment, and who can open it from then on. */
  static EnvironmentAccess rotation(DSLContext db, Caller caller, String id) {
    ReachStore.Environment found = rotatable(db, caller, id);
    if (!found.sseEnabled()) {
      throw ApiException.conflict(
          "The server cannot open this app, so it cannot rotate keys in it. A client that has a key"
              + " of the environment can: see /v1/end-to-end/environments/:id/rotations/.");
    }
    return new EnvironmentAccess(caller, found.app(), found.id());
  }

  /**
   * Who encrypts everything anew has to read everything, personal values of others too, and to have
   * the keys for it; and it decides which keys everybody gets. So it takes the permissions to give
   * keys to members and to service accounts as well.
   */
  static EnvironmentAccess clientRotation(DSLContext db, Caller caller, String id) {
    ReachStore.Environment found = rotatable(db, caller, id);
    Access.require(db, caller, found.app(), AppResource.SECRETS, Action.READ);
    requireUpdate(caller, OrganisationResource.MEMBERS);
    requireUpdate(caller, OrganisationResource.SERVICE_ACCOUNTS);
    requireEndToEnd(found.sseEnabled());
    if (!ReachStore.hasKey(db, caller.organisation(), caller.account(), found.id())) {
      throw ApiException.forbidden("Only who has a key of this environment can rotate its keys.");
    }
    return new EnvironmentAccess(caller, found.app(), found.id());
  }

  private static void requireUpdate(Caller caller, OrganisationResource resource) {
    if (!caller.role().allows(resource, Action.UPDATE)) {
      throw ApiException.forbidden(Refusals.of(resource, Action.UPDATE));
    }
  }

  private static ReachStore.Environment rotatable(DSLContext db, Caller caller, String id) {
    ReachStore.Environment found = Access.findEnvironment(db, caller, id, Optional.empty());
    Access.requireReach(db, caller, found.app());
    Access.require(db, caller, found.app(), AppResource.ENVIRONMENTS, Action.UPDATE);
    Access.require(db, caller, found.app(), AppResource.ENCRYPTION_MODE, Action.UPDATE);
    if (!Access.reaches(db, caller, found.id())) {
      throw Refusals.environment(caller);
    }
    return found;
  }

  /** Global access is enough to see and take keys, but nobody can hand out what it has not got. */
  static EnvironmentAccess keys(DSLContext db, Caller caller, String id, Action action) {
    ReachStore.Environment found = Access.findEnvironment(db, caller, id, Optional.empty());
    Access.requireReach(db, caller, found.app());
    requireEndToEnd(found.sseEnabled());
    if (!Access.reaches(db, caller, found.id())) {
      throw Refusals.environment(caller);
    }
    if (action == Action.CREATE
        && !ReachStore.hasKey(db, caller.organisation(), caller.account(), found.id())) {
      throw ApiException.forbidden("Only who has a key of this environment can give it to others.");
    }
    return new EnvironmentAccess(caller, found.app(), found.id());
  }

  /**
   * Accounts that do not exist, and service accounts that the caller may not know of, are refused
   * like members, so that ids tell nothing.
   */
  static void requireManaged(DSLContext db, Caller caller, Collection<String> accounts) {
    Set<AccountId> ids =
        accounts.stream()
            .flatMap(account -> AccountId.parse(account).stream())
            .collect(Collectors.toSet());
    Map<AccountId, Boolean> serviceAccounts = ServiceAccountDecisions.known(db, caller, ids);
    Set<AccountId> members = members(db, caller, ids);
    for (String account : accounts) {
      Optional<AccountId> id = AccountId.parse(account);
      Optional<Boolean> manageable = id.map(serviceAccounts::get);
      if (manageable.isEmpty()) {
        requireMember(caller, account, id.filter(members::contains).isPresent());
      } else if (!manageable.get()) {
        throw ApiException.forbidden(
            Refusals.of(OrganisationResource.SERVICE_ACCOUNTS, Action.UPDATE));
      }
    }
  }

  private static void requireMember(Caller caller, String account, boolean exists) {
    requireUpdate(caller, OrganisationResource.MEMBERS);
    if (!exists) {
      throw ApiException.notFound("Account not found: " + Echo.shorten(account));
    }
  }

  private static Set<AccountId> members(DSLContext db, Caller caller, Set<AccountId> ids) {
    Set<AccountId> found = new HashSet<>();
    for (List<AccountId> some : Chunks.of(ids)) {
      db.select(ACCOUNT.ID)
          .from(ACCOUNT)
          .where(ACCOUNT.ORGANISATION_ID.eq(caller.organisation().value()))
          .and(ACCOUNT.ID.in(some.stream().map(AccountId::value).toList()))
          .and(ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName()))
          .and(ACCOUNT.DELETED_AT.isNull())
          .forEach(row -> found.add(new AccountId(row.value1())));
    }
    return found;
  }

  static void requireEndToEnd(boolean sseEnabled) {
    if (sseEnabled) {
      throw ApiException.badRequest("SSE is enabled for this App");
    }
  }
}
