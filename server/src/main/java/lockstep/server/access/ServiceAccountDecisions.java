package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.TeamId;
import lockstep.server.store.Chunks;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.impl.DSL;

/**
 * Who may do what with service accounts. One that a team owns does not exist for whoever is not in
 * the team; for those who are, the team's role decides instead of their own.
 */
final class ServiceAccountDecisions {

  private record Found(AccountId id, Optional<TeamId> team) {}

  private ServiceAccountDecisions() {}

  static ServiceAccountAccess reading(DSLContext db, Caller caller, String id) {
    requirePermission(caller, OrganisationResource.SERVICE_ACCOUNTS, Action.READ);
    return find(db, caller, id)
        .filter(account -> isVisible(db, caller, account))
        .map(account -> new ServiceAccountAccess(caller, account.id()))
        .orElseThrow(ServiceAccountDecisions::unknown);
  }

  static ServiceAccountAccess management(DSLContext db, Caller caller, String id, Action action) {
    Optional<Found> account = find(db, caller, id);
    return new ServiceAccountAccess(
        caller, managed(db, caller, account, OrganisationResource.SERVICE_ACCOUNTS, action).id());
  }

  /**
   * Tokens speak for their account, so more is asked of those who make and delete them: people
   * without global access have no business with accounts that no team of theirs owns, and service
   * accounts only with their own.
   */
  static ServiceAccountAccess tokens(DSLContext db, Caller caller, String id, Action action) {
    Found account =
        managed(
            db, caller, find(db, caller, id), OrganisationResource.SERVICE_ACCOUNT_TOKENS, action);
    boolean allowed =
        caller.globalAccess()
            || account.team().isPresent()
            || account.id().equals(caller.account());
    if (!allowed) {
      throw unknown();
    }
    return new ServiceAccountAccess(caller, account.id());
  }

  /**
   * Those of these service accounts that the caller may know of, and whether it may change them.
   * Whoever may neither see nor change a service account is not to learn that it is there.
   */
  static Map<AccountId, Boolean> known(DSLContext db, Caller caller, Collection<AccountId> ids) {
    Map<TeamId, Optional<TeamStanding>> standings = new HashMap<>();
    Map<AccountId, Boolean> known = new HashMap<>();
    for (Found account : findAll(db, caller, ids)) {
      Optional<TeamStanding> standing =
          account
              .team()
              .flatMap(
                  team -> standings.computeIfAbsent(team, id -> TeamStanding.find(db, caller, id)))
              .filter(TeamStanding::inside);
      boolean own = caller.role().allows(OrganisationResource.SERVICE_ACCOUNTS, Action.UPDATE);
      if (standing.isPresent() && !caller.globalAccess()) {
        known.put(
            account.id(),
            standing.get().allows(caller, OrganisationResource.SERVICE_ACCOUNTS, Action.UPDATE));
      } else if (account.team().isEmpty() || caller.globalAccess()) {
        if (own || caller.role().allows(OrganisationResource.SERVICE_ACCOUNTS, Action.READ)) {
          known.put(account.id(), own);
        }
      }
    }
    return known;
  }

  private static List<Found> findAll(DSLContext db, Caller caller, Collection<AccountId> ids) {
    List<Found> found = new ArrayList<>();
    for (List<AccountId> some : Chunks.of(ids)) {
      found.addAll(
          db.select(ACCOUNT.ID, SERVICE_ACCOUNT.TEAM_ID)
              .from(ACCOUNT)
              .join(SERVICE_ACCOUNT)
              .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
              .where(ACCOUNT.ORGANISATION_ID.eq(caller.organisation().value()))
              .and(ACCOUNT.ID.in(some.stream().map(AccountId::value).toList()))
              .and(ACCOUNT.DELETED_AT.isNull())
              .fetch(ServiceAccountDecisions::toFound));
    }
    return found;
  }

  private static Found toFound(Record2<UUID, UUID> row) {
    return new Found(
        new AccountId(row.value1()), Optional.ofNullable(row.value2()).map(TeamId::new));
  }

  /** The condition that accounts owned by the team in this column, if any, exist for the caller. */
  static Condition isVisible(Caller caller, Field<UUID> team) {
    return caller.globalAccess()
        ? DSL.noCondition()
        : team.isNull().or(TeamStanding.isInside(caller, team));
  }

  private static boolean isVisible(DSLContext db, Caller caller, Found account) {
    return caller.globalAccess()
        || account.team().isEmpty()
        || standing(db, caller, account).filter(TeamStanding::inside).isPresent();
  }

  /** What is invisible is refused as what does not exist: by the caller's own role first. */
  private static Found managed(
      DSLContext db,
      Caller caller,
      Optional<Found> account,
      OrganisationResource resource,
      Action action) {
    Optional<TeamStanding> standing =
        account.flatMap(found -> standing(db, caller, found)).filter(TeamStanding::inside);
    if (account.isPresent() && standing.isPresent() && !caller.globalAccess()) {
      if (!standing.get().allows(caller, resource, action)) {
        throw ApiException.forbidden(Refusals.of(resource, action));
      }
      return account.get();
    }
    requirePermission(caller, resource, action);
    return account
        .filter(found -> found.team().isEmpty() || caller.globalAccess())
        .orElseThrow(ServiceAccountDecisions::unknown);
  }

  private static Optional<TeamStanding> standing(DSLContext db, Caller caller, Found account) {
    return account.team().flatMap(team -> TeamStanding.find(db, caller, team));
  }

  private static Optional<Found> find(DSLContext db, Caller caller, String id) {
    return AccountId.parse(id)
        .flatMap(account -> findAll(db, caller, List.of(account)).stream().findFirst());
  }

  private static void requirePermission(
      Caller caller, OrganisationResource resource, Action action) {
    if (!caller.role().allows(resource, action)) {
      throw ApiException.forbidden(Refusals.of(resource, action));
    }
  }

  private static ApiException unknown() {
    return ApiException.notFound("Service account not found.");
  }
}
