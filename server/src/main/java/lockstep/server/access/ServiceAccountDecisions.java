package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;

import java.util.Optional;
import java.util.UUID;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.TeamId;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
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
        .flatMap(
            account ->
                db.select(ACCOUNT.ID, SERVICE_ACCOUNT.TEAM_ID)
                    .from(ACCOUNT)
                    .join(SERVICE_ACCOUNT)
                    .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
                    .where(ACCOUNT.ORGANISATION_ID.eq(caller.organisation().value()))
                    .and(ACCOUNT.ID.eq(account.value()))
                    .and(ACCOUNT.DELETED_AT.isNull())
                    .fetchOptional(
                        row ->
                            new Found(
                                new AccountId(row.value1()),
                                Optional.ofNullable(row.value2()).map(TeamId::new))));
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
