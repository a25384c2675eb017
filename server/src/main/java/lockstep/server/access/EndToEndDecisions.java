package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ACCOUNT;

import java.util.Optional;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.ids.AccountId;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

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

  /** An account that does not exist is refused like a member, so that ids tell nothing. */
  static void requireManaged(DSLContext db, Caller caller, String account) {
    if (isServiceAccount(db, caller, account)) {
      requireManagedServiceAccount(db, caller, account);
      return;
    }
    if (!caller.role().allows(OrganisationResource.MEMBERS, Action.UPDATE)) {
      throw ApiException.forbidden(Refusals.of(OrganisationResource.MEMBERS, Action.UPDATE));
    }
    if (!exists(db, caller, account, AccountKind.MEMBER)) {
      throw unknown(account);
    }
  }

  private static void requireManagedServiceAccount(DSLContext db, Caller caller, String account) {
    try {
      ServiceAccountDecisions.management(db, caller, account, Action.UPDATE);
    } catch (ApiException refused) {
      throw refused.status() == 404 ? unknown(account) : refused;
    }
  }

  private static ApiException unknown(String account) {
    return ApiException.notFound("Account not found: " + Echo.shorten(account));
  }

  private static boolean isServiceAccount(DSLContext db, Caller caller, String account) {
    return exists(db, caller, account, AccountKind.SERVICE_ACCOUNT);
  }

  private static boolean exists(DSLContext db, Caller caller, String account, AccountKind kind) {
    return AccountId.parse(account)
        .filter(
            id ->
                db.fetchExists(
                    DSL.selectOne()
                        .from(ACCOUNT)
                        .where(ACCOUNT.ORGANISATION_ID.eq(caller.organisation().value()))
                        .and(ACCOUNT.ID.eq(id.value()))
                        .and(ACCOUNT.KIND.eq(kind.storedName()))
                        .and(ACCOUNT.DELETED_AT.isNull())))
        .isPresent();
  }

  static void requireEndToEnd(boolean sseEnabled) {
    if (sseEnabled) {
      throw ApiException.badRequest("SSE is enabled for this App");
    }
  }
}
