package lockstep.server.teams;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.GrantableApp;
import lockstep.server.access.TeamAccess;
import lockstep.server.accounts.DesiredAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.GrantSource;
import lockstep.server.keys.WrappedKeys;
import lockstep.server.store.Database;
import lockstep.server.teams.TeamBodies.Joining;
import lockstep.server.teams.TeamStore.Candidate;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a team and what the team has in scope: each account in it has a team grant for each
 * environment in scope.
 */
public final class TeamMembership {

  private final Database database;
  private final EnvironmentGrants grants;
  private final Audit audit;
  private final Clock clock;

  /** Keeps memberships in this database. */
  public TeamMembership(Database database, EnvironmentGrants grants, Audit audit, Clock clock) {
    this.database = database;
    this.grants = grants;
    this.audit = audit;
    this.clock = clock;
  }

  /** Refuses if a provisioning system decides which accounts of this type join the team. */
  void requireJoinable(TeamAccess access, MemberType type) {
    database.read(db -> joinable(db, access, type));
  }

  private static Team joinable(DSLContext db, TeamAccess access, MemberType type) {
    return unmanaged(
        db,
        access,
        type,
        "User membership of SCIM-managed teams is controlled by the SCIM provider. Service-account"
            + " additions are permitted.");
  }

  private static Team unmanaged(DSLContext db, TeamAccess access, MemberType type, String refusal) {
    Team team = Teams.find(db, access);
    if (team.isScimManaged() && type == MemberType.USER) {
      throw ApiException.forbidden(refusal);
    }
    return team;
  }

  /** Adds accounts. Those that are in the team stay as they are. */
  TeamDetail add(TeamAccess access, Joining joining) {
    OrganisationId organisation = access.organisation();
    WrappedKeys ready = prepareJoin(access, joining);
    return database.write(
        db -> {
          AccessRevision.increment(db, organisation);
          Team team = joinable(db, access, joining.type());
          Set<AccountId> added = candidates(db, access, joining);
          added.removeAll(TeamStore.accounts(db, organisation, access.team()));
          TeamStore.join(db, organisation, access.team(), added, clock.instant());
          grants.give(
              db,
              organisation,
              GrantSource.of(access.team()),
              grants.scope(db, organisation, access.team()),
              added,
              ready);
          record(db, access, team, "Accounts added to team", Map.of("added", added(added)));
          return Teams.detail(db, access);
        });
  }

  private WrappedKeys prepareJoin(TeamAccess access, Joining joining) {
    Set<EnvironmentId> scope =
        database.read(db -> grants.scope(db, access.organisation(), access.team()));
    Set<AccountId> accounts = database.read(db -> candidates(db, access, joining));
    return grants.prepare(access.organisation(), scope, accounts);
  }

  private static List<String> added(Set<AccountId> accounts) {
    return accounts.stream().map(AccountId::toString).toList();
  }

  /** The accounts that shall join, in the client's order. */
  private static Set<AccountId> candidates(DSLContext db, TeamAccess access, Joining joining) {
    List<AccountId> ids =
        joining.ids().stream().flatMap(id -> AccountId.parse(id).stream()).toList();
    Map<AccountId, Candidate> known =
        TeamStore.candidates(db, access.organisation(), joining.type().kind(), ids).stream()
            .collect(Collectors.toMap(Candidate::id, candidate -> candidate));
    Set<AccountId> accounts = new LinkedHashSet<>();
    List<String> unknown = new ArrayList<>();
    for (String id : joining.ids()) {
      AccountId.parse(id)
          .filter(known::containsKey)
          .ifPresentOrElse(accounts::add, () -> unknown.add(Echo.shorten(id)));
    }
    if (!unknown.isEmpty()) {
      throw ApiException.notFound(
          "%s not found: %s."
              .formatted(
                  joining.type() == MemberType.USER ? "Member(s)" : "Service account(s)",
                  String.join(", ", unknown)));
    }
    for (AccountId account : accounts) {
      requireNotOwnedByOther(access, known.get(account));
    }
    return accounts;
  }

  private static void requireNotOwnedByOther(TeamAccess access, @Nullable Candidate candidate) {
    if (candidate != null
        && candidate.owningTeam().filter(team -> !team.equals(access.team())).isPresent()) {
      throw ApiException.conflict(
          "Service account '%s' is owned by another team and cannot be added to this team."
              .formatted(candidate.name()));
    }
  }

  /** Takes an account out of a team, with what it had through it. */
  void remove(TeamAccess access, MemberType type, String id) {
    OrganisationId organisation = access.organisation();
    database.write(
        db -> {
          AccessRevision.increment(db, organisation);
          Team team =
              unmanaged(
                  db,
                  access,
                  type,
                  "User membership of SCIM-managed teams is controlled by the SCIM provider.");
          AccountId account = leaving(db, access, type, id);
          if (!TeamStore.leave(db, organisation, access.team(), account)) {
            throw notInTeam(type);
          }
          grants.revokeOfTeam(db, organisation, access.team(), account);
          record(
              db, access, team, "Account removed from team", Map.of("removed", account.toString()));
          return account;
        });
  }

  private static AccountId leaving(DSLContext db, TeamAccess access, MemberType type, String id) {
    Optional<Candidate> candidate =
        AccountId.parse(id)
            .flatMap(
                account ->
                    TeamStore.candidates(db, access.organisation(), type.kind(), List.of(account))
                        .stream()
                        .findFirst());
    if (type == MemberType.USER) {
      return candidate.map(Candidate::id).orElseThrow(() -> notInTeam(type));
    }
    Candidate serviceAccount =
        candidate.orElseThrow(() -> ApiException.notFound("Service account not found."));
    if (serviceAccount.owningTeam().equals(Optional.of(access.team()))) {
      throw ApiException.conflict(
          "This service account is owned by the team and cannot be removed. Delete the service"
              + " account or transfer it to the organisation level first.");
    }
    return serviceAccount.id();
  }

  private static ApiException notInTeam(MemberType type) {
    return ApiException.notFound(
        type == MemberType.USER
            ? "Member not found in this team."
            : "Service account is not a member of this team.");
  }

  /** Makes the scope of a team equal to what the body lists. */
  TeamDetail changeScope(TeamAccess access, Fields body) {
    OrganisationId organisation = access.organisation();
    Map<AppId, Set<EnvironmentId>> planned = database.read(db -> desiredScope(db, access, body));
    Set<AccountId> present =
        database.read(db -> TeamStore.accounts(db, organisation, access.team()));
    WrappedKeys ready = grants.prepare(organisation, all(planned), present);
    return database.write(
        db -> {
          AccessRevision.increment(db, organisation);
          Team team = Teams.find(db, access);
          Map<AppId, Set<EnvironmentId>> scope = desiredScope(db, access, body);
          Set<EnvironmentId> before = grants.scope(db, organisation, access.team());
          Set<EnvironmentId> after = all(scope);
          TeamStore.setScope(db, organisation, access.team(), scope, before);
          grants.revokeOfTeamExcept(db, organisation, access.team(), after);
          grants.give(
              db,
              organisation,
              GrantSource.of(access.team()),
              after,
              TeamStore.accounts(db, organisation, access.team()),
              ready);
          record(
              db,
              access,
              team,
              "Access of team changed",
              Map.of("old", texts(before), "new", texts(after)));
          return Teams.detail(db, access);
        });
  }

  private Map<AppId, Set<EnvironmentId>> desiredScope(
      DSLContext db, TeamAccess access, Fields body) {
    Map<AppId, GrantableApp> known =
        GrantableApp.load(db, access.caller(), DesiredAccess.mentionedApps(body));
    return TeamBodies.scope(body, known, grants.scope(db, access.organisation(), access.team()));
  }

  private static Set<EnvironmentId> all(Map<AppId, Set<EnvironmentId>> scope) {
    return scope.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
  }

  private static List<String> texts(Set<EnvironmentId> environments) {
    return environments.stream().map(EnvironmentId::toString).sorted().toList();
  }

  private void record(
      DSLContext db, TeamAccess access, Team team, String description, Map<String, ?> details) {
    Map<String, Object> all = new HashMap<>(details);
    all.put("name", team.name());
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(AuditAction.UPDATE, AuditedResource.TEAM, team.id(), description, all));
  }
}
