package lockstep.server.accounts;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.GrantableApp;
import lockstep.server.http.Fields;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.GrantSource;
import lockstep.server.keys.WrappedKeys;
import org.jooq.DSLContext;

/**
 * What an account reaches by itself: the apps it is listed on, and its individual grants. Used
 * within the transactions of features that decide whose reach may be seen and changed.
 */
public final class AccountReach {

  private final EnvironmentGrants grants;
  private final Clock clock;

  /** Gives and takes these grants. */
  public AccountReach(EnvironmentGrants grants, Clock clock) {
    this.grants = grants;
    this.clock = clock;
  }

  /** The apps the account is listed on, newest first, with what it can open of them. */
  public List<AccessibleApp> apps(DSLContext db, OrganisationId organisation, AccountId account) {
    return AccountStore.apps(db, organisation, account);
  }

  /**
   * Reads what a client wants an account of this kind to reach.
   *
   * @throws lockstep.server.http.ApiException if the body is not in order, or the caller has not
   *     got what it wants to give
   */
  public DesiredAccess read(DSLContext db, Caller caller, Fields body, AccountKind kind) {
    Map<AppId, GrantableApp> known =
        GrantableApp.load(db, caller, DesiredAccess.mentionedApps(body));
    return DesiredAccess.read(body, kind, known);
  }

  /** Wraps the keys that {@link #replace} will need; slow, and not part of a transaction. */
  public WrappedKeys prepare(
      OrganisationId organisation, AccountId account, DesiredAccess desired) {
    return grants.prepare(organisation, desired.environments(), List.of(account));
  }

  /** Makes the account's own reach equal to what is desired. */
  public void replace(
      DSLContext db,
      OrganisationId organisation,
      AccountId account,
      DesiredAccess desired,
      WrappedKeys ready) {
    AccountStore.setListing(db, organisation, account, desired.apps().keySet(), clock.instant());
    grants.revokeIndividualExcept(db, organisation, account, desired.environments());
    grants.give(
        db, organisation, GrantSource.INDIVIDUAL, desired.environments(), List.of(account), ready);
  }

  /** Wraps the keys that {@link #giveEverything} will need. */
  public WrappedKeys prepareEverything(OrganisationId organisation, AccountId account) {
    return grants.prepareEverything(organisation, account);
  }

  /** Gives a member who gets global access the keys of all environments the server can open. */
  public void giveEverything(
      DSLContext db, OrganisationId organisation, AccountId account, WrappedKeys ready) {
    AccountStore.listOn(
        db, organisation, account, AccountStore.sseApps(db, organisation), clock.instant());
    grants.give(
        db,
        organisation,
        GrantSource.INDIVIDUAL,
        grants.sseEnvironments(db, organisation),
        List.of(account),
        ready);
  }

  /** Deletes an account: its tokens, keys, listings and team memberships go with it. */
  public void delete(DSLContext db, OrganisationId organisation, AccountId account) {
    grants.revokeAll(db, organisation, account);
    AccountStore.delete(db, organisation, account, clock.instant());
  }

  /** What an account reaches, for audit events: ids of environments by ids of apps. */
  public static Map<UUID, List<UUID>> summary(List<AccessibleApp> apps) {
    return apps.stream()
        .collect(
            Collectors.toMap(
                AccessibleApp::id,
                app ->
                    app.environments().stream()
                        .map(AccessibleApp.AccessibleEnvironment::id)
                        .toList()));
  }
}
