package lockstep.server.teams;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AssignableRole;
import lockstep.server.access.Caller;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.TeamAccess;
import lockstep.server.accounts.RoleName;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TeamId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.serviceaccounts.ServiceAccounts;
import lockstep.server.store.Database;
import lockstep.server.teams.TeamBodies.Wanted;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** The rules of teams themselves; who is in them and what they reach has rules of its own. */
public final class Teams {

  private final Database database;
  private final EnvironmentGrants grants;
  private final ServiceAccounts serviceAccounts;
  private final Audit audit;
  private final Clock clock;

  /** Keeps teams in this database. */
  public Teams(
      Database database,
      EnvironmentGrants grants,
      ServiceAccounts serviceAccounts,
      Audit audit,
      Clock clock) {
    this.database = database;
    this.grants = grants;
    this.serviceAccounts = serviceAccounts;
    this.audit = audit;
    this.clock = clock;
  }

  List<Team> list(OrganisationAccess access) {
    return database.read(db -> TeamStore.list(db, access.organisation()));
  }

  TeamDetail get(TeamAccess access) {
    return database.read(db -> detail(db, access));
  }

  /** Creates a team. A person who does so owns it and is in it. */
  TeamDetail create(OrganisationAccess access, Wanted wanted) {
    Caller caller = access.caller();
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          Instant now = clock.instant();
          TeamId id = new TeamId(Uuids.v7(now));
          Team team =
              new Team(
                  id.value(),
                  wanted.name().orElseThrow(),
                  wanted.description().orElse(""),
                  false,
                  role(db, access.organisation(), wanted.memberRole(), () -> null),
                  role(db, access.organisation(), wanted.serviceAccountRole(), () -> null),
                  caller.isMember()
                      ? new Team.Owner(caller.account().value(), caller.displayName())
                      : null,
                  now,
                  now);
          TeamStore.insert(db, access.organisation(), team);
          if (caller.isMember()) {
            TeamStore.join(db, access.organisation(), id, List.of(caller.account()), now);
          }
          record(db, caller, AuditAction.CREATE, team, "Team created", texts(team));
          return detail(db, access.organisation(), team);
        });
  }

  /** Refuses if a provisioning system manages what the team is. */
  void requireChangeable(TeamAccess access) {
    database.read(db -> changeable(db, access));
  }

  private static Team changeable(DSLContext db, TeamAccess access) {
    Team team = find(db, access);
    if (team.isScimManaged()) {
      throw ApiException.forbidden(
          "This team is managed by SCIM. Name, description, and role overrides must be updated via"
              + " the SCIM provider.");
    }
    return team;
  }

  TeamDetail update(TeamAccess access, Wanted wanted) {
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          Team before = changeable(db, access);
          Team after =
              new Team(
                  before.id(),
                  wanted.name().orElse(before.name()),
                  wanted.description().orElse(before.description()),
                  before.isScimManaged(),
                  role(db, access.organisation(), wanted.memberRole(), before::memberRole),
                  role(
                      db,
                      access.organisation(),
                      wanted.serviceAccountRole(),
                      before::serviceAccountRole),
                  before.owner(),
                  before.createdAt(),
                  clock.instant());
          TeamStore.update(db, access.organisation(), after);
          record(
              db,
              access.caller(),
              AuditAction.UPDATE,
              after,
              "Team updated",
              Map.of("old", texts(before), "new", texts(after)));
          return detail(db, access.organisation(), after);
        });
  }

  /** Deletes a team with the service accounts it owns. Nobody reaches anything through it. */
  void delete(TeamAccess access) {
    database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          Team team = find(db, access);
          if (team.isScimManaged()) {
            throw ApiException.forbidden(
                "SCIM-managed teams cannot be deleted via the API. Delete the corresponding group"
                    + " in the SCIM provider.");
          }
          serviceAccounts.deleteOwnedBy(db, access);
          grants.revokeOfTeam(db, access.organisation(), access.team());
          TeamStore.delete(db, access.organisation(), access.team(), clock.instant());
          record(db, access.caller(), AuditAction.DELETE, team, "Team deleted", texts(team));
          return team;
        });
  }

  /** The role of this id; none if it is empty, and the present one if there is no id. */
  private static @Nullable RoleName role(
      DSLContext db,
      OrganisationId organisation,
      Optional<String> id,
      Supplier<@Nullable RoleName> present) {
    if (id.isEmpty()) {
      return present.get();
    }
    if (id.get().isEmpty()) {
      return null;
    }
    AssignableRole role = AssignableRole.require(db, organisation, id.get());
    return new RoleName(role.id().value(), role.name());
  }

  static TeamDetail detail(DSLContext db, TeamAccess access) {
    return detail(db, access.organisation(), find(db, access));
  }

  private static TeamDetail detail(DSLContext db, OrganisationId organisation, Team team) {
    TeamId id = new TeamId(team.id());
    return TeamDetail.of(
        team, TeamStore.members(db, organisation, id), TeamStore.apps(db, organisation, id));
  }

  static Team find(DSLContext db, TeamAccess access) {
    return TeamStore.find(db, access.organisation(), access.team())
        .orElseThrow(() -> ApiException.notFound("Team not found."));
  }

  private void record(
      DSLContext db,
      Caller caller,
      AuditAction action,
      Team team,
      String description,
      Map<String, ?> details) {
    audit.record(
        db, caller, AuditEvent.of(action, AuditedResource.TEAM, team.id(), description, details));
  }

  private static Map<String, Object> texts(Team team) {
    Map<String, Object> texts = new HashMap<>();
    texts.put("name", team.name());
    texts.put("description", team.description());
    put(texts, "memberRole", team.memberRole());
    put(texts, "serviceAccountRole", team.serviceAccountRole());
    return texts;
  }

  private static void put(Map<String, Object> texts, String name, @Nullable RoleName role) {
    if (role != null) {
      texts.put(name, role);
    }
  }
}
