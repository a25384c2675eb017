package lockstep.server.keys;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TeamId;
import lockstep.server.keys.GrantStore.Held;
import lockstep.server.store.Database;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * Gives accounts access to environments and takes it away. The invariant: an account has a key of
 * an environment exactly as long as it has a grant for it, individual or through a team. The last
 * grant takes the key with it, and the wrapped material is erased. The last key that a member has
 * of an environment that the server cannot open is never taken: every way of taking refuses with
 * 409.
 *
 * <p>A grant for an account without a key makes the key, by way of the server's copy of the
 * environment's keys. Environments without such a copy are skipped, and so are accounts without an
 * identity key; {@link #serveFirstSignIn} makes up for what those missed.
 *
 * <p>Wrapping is slow for a transaction. Whoever knows beforehand what it will come to calls {@link
 * #prepare} first and passes the result on; what is missing in it is wrapped in the transaction, so
 * the outcome never depends on it. All changes happen in transactions that hold the organisation's
 * access revision, one after the other.
 */
public final class EnvironmentGrants {

  private final Database database;
  private final ServerKeys serverKeys;
  private final Clock clock;

  /** Works with these server keys. */
  public EnvironmentGrants(Database database, ServerKeys serverKeys, Clock clock) {
    this.database = database;
    this.serverKeys = serverKeys;
    this.clock = clock;
  }

  /** Wraps the keys that these accounts do not have yet of these environments. */
  public WrappedKeys prepare(
      OrganisationId organisation,
      Collection<EnvironmentId> environments,
      Collection<AccountId> accounts) {
    if (environments.isEmpty() || accounts.isEmpty()) {
      return WrappedKeys.NONE;
    }
    Map<SealedEnvironment, Set<IdentityKey>> missing =
        database.read(
            db -> {
              Map<AccountId, IdentityKey> holders =
                  GrantStore.identityKeys(db, organisation, accounts);
              Map<EnvironmentId, Map<AccountId, Held>> held =
                  GrantStore.held(
                      db, organisation, GrantSource.INDIVIDUAL, environments, holders.keySet());
              Map<SealedEnvironment, Set<IdentityKey>> found = new HashMap<>();
              for (SealedEnvironment environment :
                  GrantStore.serverCopies(db, organisation, environments)) {
                Set<AccountId> having = held.getOrDefault(environment.id(), Map.of()).keySet();
                Set<IdentityKey> lacking = new HashSet<>();
                holders.forEach(
                    (account, key) -> {
                      if (!having.contains(account)) {
                        lacking.add(key);
                      }
                    });
                found.put(environment, lacking);
              }
              return found;
            });
    return wrap(missing);
  }

  /** Wraps the keys of these environments for an account that is yet to be made. */
  public WrappedKeys prepare(
      OrganisationId organisation, Collection<EnvironmentId> environments, IdentityKey recipient) {
    if (environments.isEmpty()) {
      return WrappedKeys.NONE;
    }
    Map<SealedEnvironment, Set<IdentityKey>> missing = new HashMap<>();
    database
        .read(db -> GrantStore.serverCopies(db, organisation, environments))
        .forEach(environment -> missing.put(environment, Set.of(recipient)));
    return wrap(missing);
  }

  /** Wraps the keys of all {@link #sseEnvironments} that an account does not have yet. */
  public WrappedKeys prepareEverything(OrganisationId organisation, AccountId account) {
    return prepare(
        organisation, database.read(db -> sseEnvironments(db, organisation)), List.of(account));
  }

  private WrappedKeys wrap(Map<SealedEnvironment, Set<IdentityKey>> missing) {
    Map<WrappedKeys.Generation, Map<IdentityKey, WrappedEnvironmentKeys>> wrapped = new HashMap<>();
    missing.forEach(
        (environment, recipients) ->
            wrapped.put(environment.generation(), environment.wrapFor(recipients, serverKeys)));
    return new WrappedKeys(wrapped);
  }

  /** Gives each of these accounts a grant for each of these environments. Once is enough. */
  public void give(
      DSLContext db,
      OrganisationId organisation,
      GrantSource source,
      Collection<EnvironmentId> environments,
      Collection<AccountId> accounts,
      WrappedKeys ready) {
    Map<AccountId, IdentityKey> holders = GrantStore.identityKeys(db, organisation, accounts);
    List<SealedEnvironment> openable = GrantStore.serverCopies(db, organisation, environments);
    Map<EnvironmentId, Map<AccountId, Held>> held =
        GrantStore.held(db, organisation, source, environments, holders.keySet());
    GrantBatch batch = new GrantBatch(organisation, source, clock.instant());
    for (SealedEnvironment environment : openable) {
      Map<AccountId, Held> having = held.getOrDefault(environment.id(), Map.of());
      Map<IdentityKey, WrappedEnvironmentKeys> wrapped =
          wrapMissing(environment, holders, having.keySet(), ready);
      holders.forEach(
          (account, identityKey) ->
              batch.add(environment.id(), account, having.get(account), wrapped.get(identityKey)));
    }
    batch.insert(db);
  }

  /**
   * Gives accounts individual grants for an environment, with keys that a client wrapped, and lists
   * them on its app. Whoever has a key keeps the one it has.
   */
  public void giveSupplied(
      DSLContext db,
      OrganisationId organisation,
      AppId app,
      EnvironmentId environment,
      SuppliedKeys keys) {
    Set<AccountId> accounts = keys.byAccount().keySet();
    GrantStore.list(db, organisation, app, accounts, clock.instant());
    Map<AccountId, Held> having =
        GrantStore.held(db, organisation, GrantSource.INDIVIDUAL, List.of(environment), accounts)
            .getOrDefault(environment, Map.of());
    GrantBatch batch = new GrantBatch(organisation, GrantSource.INDIVIDUAL, clock.instant());
    keys.byAccount()
        .forEach(
            (account, wrapped) -> batch.add(environment, account, having.get(account), wrapped));
    batch.insert(db);
  }

  /**
   * Wraps what {@link #catchUp} will need, by way of copies that are yet to be stored.
   *
   * @param copies of the keys of all environments of the app, which the server can open
   * @param identityKeys of these environments
   */
  public WrappedKeys prepareCatchUp(
      OrganisationId organisation,
      AppId app,
      Map<EnvironmentId, WrappedEnvironmentKeys> copies,
      Map<EnvironmentId, String> identityKeys) {
    Map<EnvironmentId, Set<IdentityKey>> lacking =
        database.read(
            db -> {
              Map<EnvironmentId, Set<IdentityKey>> found = new HashMap<>();
              for (Missed missed : missed(db, organisation, app)) {
                Map<AccountId, IdentityKey> holders =
                    GrantStore.identityKeys(db, organisation, missed.accounts());
                Map<EnvironmentId, Map<AccountId, Held>> held =
                    GrantStore.held(
                        db, organisation, missed.source(), missed.environments(), holders.keySet());
                for (EnvironmentId environment : missed.environments()) {
                  Set<AccountId> having = held.getOrDefault(environment, Map.of()).keySet();
                  holders.forEach(
                      (account, key) -> {
                        if (!having.contains(account)) {
                          found.computeIfAbsent(environment, _ -> new HashSet<>()).add(key);
                        }
                      });
                }
              }
              return found;
            });
    Map<SealedEnvironment, Set<IdentityKey>> missing = new HashMap<>();
    copies.forEach(
        (environment, copy) ->
            missing.put(
                new SealedEnvironment(
                    environment, copy, null, Objects.requireNonNull(identityKeys.get(environment))),
                lacking.getOrDefault(environment, Set.of())));
    return wrap(missing);
  }

  /**
   * Gives the keys of an app, which the server can open from now on, to those who were skipped as
   * long as it could not: members who got global access meanwhile, who are listed on the app as
   * well, and accounts who joined a team.
   */
  public void catchUp(DSLContext db, OrganisationId organisation, AppId app, WrappedKeys ready) {
    for (Missed missed : missed(db, organisation, app)) {
      if (missed.source().team().isEmpty()) {
        GrantStore.list(db, organisation, app, missed.accounts(), clock.instant());
      }
      give(db, organisation, missed.source(), missed.environments(), missed.accounts(), ready);
    }
  }

  /** Accounts that ought to have grants for these environments, and may have been skipped. */
  private record Missed(
      GrantSource source, Set<EnvironmentId> environments, Set<AccountId> accounts) {}

  private List<Missed> missed(DSLContext db, OrganisationId organisation, AppId app) {
    Set<EnvironmentId> all = GrantStore.environments(db, organisation, app);
    List<Missed> missed = new ArrayList<>();
    missed.add(new Missed(GrantSource.INDIVIDUAL, all, GrantStore.globalMembers(db, organisation)));
    for (TeamId team : GrantStore.teamsWithin(db, organisation, app)) {
      Set<EnvironmentId> inScope = new HashSet<>(scope(db, organisation, team));
      inScope.retainAll(all);
      missed.add(
          new Missed(GrantSource.of(team), inScope, GrantStore.accountsOf(db, organisation, team)));
    }
    return missed;
  }

  private Map<IdentityKey, WrappedEnvironmentKeys> wrapMissing(
      SealedEnvironment environment,
      Map<AccountId, IdentityKey> holders,
      Set<AccountId> having,
      WrappedKeys ready) {
    Map<IdentityKey, WrappedEnvironmentKeys> wrapped = new HashMap<>();
    Set<IdentityKey> unprepared = new HashSet<>();
    holders.forEach(
        (account, key) -> {
          if (!having.contains(account)) {
            ready
                .find(environment, key)
                .ifPresentOrElse(found -> wrapped.put(key, found), () -> unprepared.add(key));
          }
        });
    wrapped.putAll(environment.wrapFor(unprepared, serverKeys));
    return wrapped;
  }

  /** All environments that a member with global access gets keys of when it becomes one. */
  public Set<EnvironmentId> sseEnvironments(DSLContext db, OrganisationId organisation) {
    return GrantStore.sseEnvironments(db, organisation);
  }

  /** The environments in the scope of a team. */
  public Set<EnvironmentId> scope(DSLContext db, OrganisationId organisation, TeamId team) {
    return GrantStore.scope(db, organisation, team);
  }

  /**
   * Wraps what {@link #serveFirstSignIn} will need.
   *
   * @param identityKey the key that the member brings along
   */
  public WrappedKeys prepareFirstSignIn(
      OrganisationId organisation, AccountId account, IdentityKey identityKey) {
    Set<EnvironmentId> environments = new HashSet<>();
    database
        .read(db -> GrantStore.scopesOfTeams(db, organisation, account))
        .values()
        .forEach(environments::addAll);
    return prepare(organisation, environments, identityKey);
  }

  /**
   * Gives a member, whose identity key has just been stored, what its teams have in scope: it was
   * skipped as long as it had no identity key.
   */
  public void serveFirstSignIn(
      DSLContext db, OrganisationId organisation, AccountId account, WrappedKeys ready) {
    GrantStore.scopesOfTeams(db, organisation, account)
        .forEach(
            (team, environments) ->
                give(
                    db, organisation, GrantSource.of(team), environments, List.of(account), ready));
  }

  /** Takes the individual grants of an account, except those for these environments. */
  public void revokeIndividualExcept(
      DSLContext db, OrganisationId organisation, AccountId account, Set<EnvironmentId> kept) {
    GrantStore.revoke(db, organisation, GrantSource.INDIVIDUAL, GrantStore.isOf(account), kept);
  }

  /** Takes the individual grant of an account for one environment. */
  public void revokeIndividual(
      DSLContext db, OrganisationId organisation, AccountId account, EnvironmentId environment) {
    GrantStore.revoke(
        db,
        organisation,
        GrantSource.INDIVIDUAL,
        GrantStore.isOf(account).and(GrantStore.isFor(environment)),
        Set.of());
  }

  /** Takes the key that an account has of an environment, whoever granted it. */
  public void discard(
      DSLContext db, OrganisationId organisation, AccountId account, EnvironmentId environment) {
    GrantStore.revokeKeys(
        db, organisation, GrantStore.isOf(account).and(GrantStore.isFor(environment)));
  }

  /** Takes all grants that come through a team, except those for these environments. */
  public void revokeOfTeamExcept(
      DSLContext db, OrganisationId organisation, TeamId team, Set<EnvironmentId> kept) {
    GrantStore.revoke(db, organisation, GrantSource.of(team), DSL.noCondition(), kept);
  }

  /** Takes all grants that come through a team. */
  public void revokeOfTeam(DSLContext db, OrganisationId organisation, TeamId team) {
    revokeOfTeamExcept(db, organisation, team, Set.of());
  }

  /** Takes the grants that an account has through a team. */
  public void revokeOfTeam(
      DSLContext db, OrganisationId organisation, TeamId team, AccountId account) {
    GrantStore.revoke(db, organisation, GrantSource.of(team), GrantStore.isOf(account), Set.of());
  }

  /**
   * Refuses with 409 if there is an environment that the server cannot open, of which only the
   * first of these accounts has a key and the second has not.
   */
  public void requireAsManyKeys(
      DSLContext db, OrganisationId organisation, AccountId first, AccountId second) {
    LastHolderStore.nameOnlyHeldBy(db, organisation, first, second)
        .ifPresent(
            name -> {
              throw ApiException.conflict(
                  "The member has no key of environment "
                      + name
                      + ", which only clients can open. Give the member a key first.");
            });
  }

  /** The condition that no member has a key of the environment with the id in this column. */
  public static Condition isHeldByNoMember(Field<UUID> environment) {
    return LastHolderStore.isHeldByNoMember(environment);
  }

  /** Takes all grants of an account, for whatever reason it had them. */
  public void revokeAll(DSLContext db, OrganisationId organisation, AccountId account) {
    GrantStore.revokeAll(db, organisation, account);
  }
}
