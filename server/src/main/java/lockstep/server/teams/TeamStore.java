package lockstep.server.teams;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.TEAM_ENVIRONMENT;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.accounts.RoleName;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TeamId;
import lockstep.server.store.Chunks;
import lockstep.server.store.FoldedName;
import lockstep.server.store.tables.tables.Role;
import lockstep.server.store.tables.tables.records.TeamEnvironmentRecord;
import lockstep.server.store.tables.tables.records.TeamMemberRecord;
import lockstep.server.teams.TeamDetail.Bot;
import lockstep.server.teams.TeamDetail.TeamApp;
import lockstep.server.teams.TeamDetail.TeamEnvironment;
import lockstep.server.teams.TeamDetail.TeamMember;
import lockstep.server.teams.TeamDetail.User;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jspecify.annotations.Nullable;

/** Queries about teams. */
final class TeamStore {

  private static final Role MEMBER_ROLE = Role.ROLE.as("member_role");
  private static final Role SERVICE_ACCOUNT_ROLE = Role.ROLE.as("service_account_role");

  /** An account that can be in teams. */
  record Candidate(AccountId id, String name, Optional<TeamId> owningTeam) {}

  private TeamStore() {}

  /** All teams by name, whatever the database thinks of letters. */
  static List<Team> list(DSLContext db, OrganisationId organisation) {
    return select(db, organisation).fetch(TeamStore::toTeam).stream()
        .sorted(
            Comparator.comparing((Team team) -> FoldedName.of(team.name()))
                .thenComparing(Team::name)
                .thenComparing(Team::createdAt)
                .thenComparing(Team::id))
        .toList();
  }

  static Optional<Team> find(DSLContext db, OrganisationId organisation, TeamId id) {
    return select(db, organisation).and(TEAM.ID.eq(id.value())).fetchOptional(TeamStore::toTeam);
  }

  static void insert(DSLContext db, OrganisationId organisation, Team team) {
    Team.Owner owner = team.owner();
    db.insertInto(TEAM)
        .set(TEAM.ID, team.id())
        .set(TEAM.ORGANISATION_ID, organisation.value())
        .set(TEAM.NAME, team.name())
        .set(TEAM.DESCRIPTION, team.description())
        .set(TEAM.OWNER_ID, owner == null ? null : owner.id())
        .set(TEAM.MEMBER_ROLE_ID, idOf(team.memberRole()))
        .set(TEAM.SERVICE_ACCOUNT_ROLE_ID, idOf(team.serviceAccountRole()))
        .set(TEAM.IS_SCIM_MANAGED, team.isScimManaged())
        .set(TEAM.CREATED_AT, team.createdAt())
        .set(TEAM.UPDATED_AT, team.updatedAt())
        .execute();
  }

  static void update(DSLContext db, OrganisationId organisation, Team team) {
    db.update(TEAM)
        .set(TEAM.NAME, team.name())
        .set(TEAM.DESCRIPTION, team.description())
        .set(TEAM.MEMBER_ROLE_ID, idOf(team.memberRole()))
        .set(TEAM.SERVICE_ACCOUNT_ROLE_ID, idOf(team.serviceAccountRole()))
        .set(TEAM.UPDATED_AT, team.updatedAt())
        .where(TEAM.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM.ID.eq(team.id()))
        .execute();
  }

  /** Marks a team as deleted, and leaves nobody and nothing in it. */
  static void delete(DSLContext db, OrganisationId organisation, TeamId id, Instant now) {
    db.deleteFrom(TEAM_ENVIRONMENT).where(isScopeOf(organisation, id)).execute();
    db.deleteFrom(TEAM_MEMBER).where(isMemberOf(organisation, id)).execute();
    db.update(TEAM)
        .set(TEAM.DELETED_AT, now)
        .set(TEAM.UPDATED_AT, now)
        .where(TEAM.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM.ID.eq(id.value()))
        .execute();
  }

  /** Who is in a team, in the order of joining. */
  static List<TeamMember> members(DSLContext db, OrganisationId organisation, TeamId id) {
    return db.select(ACCOUNT.ID, USER_ACCOUNT.EMAIL, USER_ACCOUNT.FULL_NAME, SERVICE_ACCOUNT.NAME)
        .from(TEAM_MEMBER)
        .join(ACCOUNT)
        .on(ACCOUNT.ID.eq(TEAM_MEMBER.ACCOUNT_ID).and(ACCOUNT.DELETED_AT.isNull()))
        .leftJoin(MEMBER)
        .on(MEMBER.ID.eq(ACCOUNT.ID))
        .leftJoin(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .leftJoin(SERVICE_ACCOUNT)
        .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
        .where(isMemberOf(organisation, id))
        .orderBy(TEAM_MEMBER.CREATED_AT, TEAM_MEMBER.ACCOUNT_ID)
        .fetch(
            row ->
                row.value4() == null
                    ? new User("user", row.value1(), row.value2(), row.value3())
                    : new Bot("service_account", row.value1(), row.value4()));
  }

  /** What a team has in scope, newest app first. */
  static List<TeamApp> apps(DSLContext db, OrganisationId organisation, TeamId id) {
    Map<UUID, String> names = new LinkedHashMap<>();
    Map<UUID, List<TeamEnvironment>> environments = new LinkedHashMap<>();
    db.select(APP.ID, APP.NAME, ENVIRONMENT.ID, ENVIRONMENT.NAME)
        .from(TEAM_ENVIRONMENT)
        .join(ENVIRONMENT)
        .on(ENVIRONMENT.ID.eq(TEAM_ENVIRONMENT.ENVIRONMENT_ID))
        .join(APP)
        .on(APP.ID.eq(TEAM_ENVIRONMENT.APP_ID))
        .where(isScopeOf(organisation, id))
        .orderBy(
            APP.CREATED_AT.desc(),
            APP.ID.desc(),
            ENVIRONMENT.SORT_INDEX,
            ENVIRONMENT.CREATED_AT,
            ENVIRONMENT.ID)
        .forEach(
            row -> {
              names.put(row.value1(), row.value2());
              environments
                  .computeIfAbsent(row.value1(), _ -> new ArrayList<>())
                  .add(new TeamEnvironment(row.value3(), row.value4()));
            });
    List<TeamApp> apps = new ArrayList<>();
    environments.forEach(
        (app, scope) -> apps.add(new TeamApp(app, names.getOrDefault(app, ""), scope)));
    return apps;
  }

  /** The accounts of this kind among these ids that are there. */
  static List<Candidate> candidates(
      DSLContext db, OrganisationId organisation, AccountKind kind, Collection<AccountId> ids) {
    List<Candidate> candidates = new ArrayList<>();
    for (List<AccountId> chunk : Chunks.of(ids)) {
      db.select(ACCOUNT.ID, SERVICE_ACCOUNT.NAME, SERVICE_ACCOUNT.TEAM_ID)
          .from(ACCOUNT)
          .leftJoin(SERVICE_ACCOUNT)
          .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
          .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
          .and(ACCOUNT.ID.in(chunk.stream().map(AccountId::value).toList()))
          .and(ACCOUNT.KIND.eq(kind.storedName()))
          .and(ACCOUNT.DELETED_AT.isNull())
          .forEach(
              row ->
                  candidates.add(
                      new Candidate(
                          new AccountId(row.value1()),
                          row.value2() == null ? "" : row.value2(),
                          Optional.ofNullable(row.value3()).map(TeamId::new))));
    }
    return candidates;
  }

  /** The accounts in a team, of whatever kind. */
  static Set<AccountId> accounts(DSLContext db, OrganisationId organisation, TeamId id) {
    return db.select(TEAM_MEMBER.ACCOUNT_ID)
        .from(TEAM_MEMBER)
        .where(isMemberOf(organisation, id))
        .fetchSet(row -> new AccountId(row.value1()));
  }

  /** Adds accounts in this order, each a microsecond after the one before. */
  static void join(
      DSLContext db,
      OrganisationId organisation,
      TeamId id,
      Collection<AccountId> accounts,
      Instant now) {
    List<TeamMemberRecord> added = new ArrayList<>();
    Instant joined = now;
    for (AccountId account : accounts) {
      added.add(new TeamMemberRecord(id.value(), account.value(), organisation.value(), joined));
      joined = joined.plusNanos(1_000);
    }
    db.batchInsert(added).execute();
  }

  /** False if the account was not in the team. */
  static boolean leave(DSLContext db, OrganisationId organisation, TeamId id, AccountId account) {
    return db.deleteFrom(TEAM_MEMBER)
            .where(isMemberOf(organisation, id))
            .and(TEAM_MEMBER.ACCOUNT_ID.eq(account.value()))
            .execute()
        == 1;
  }

  /** Makes the scope of a team equal to this. */
  static void setScope(
      DSLContext db,
      OrganisationId organisation,
      TeamId id,
      Map<AppId, Set<EnvironmentId>> scope,
      Set<EnvironmentId> present) {
    Set<EnvironmentId> removed = new HashSet<>(present);
    List<TeamEnvironmentRecord> added = new ArrayList<>();
    scope.forEach(
        (app, environments) ->
            environments.forEach(
                environment -> {
                  removed.remove(environment);
                  if (!present.contains(environment)) {
                    added.add(
                        new TeamEnvironmentRecord(
                            id.value(), environment.value(), app.value(), organisation.value()));
                  }
                }));
    for (List<EnvironmentId> chunk : Chunks.of(removed)) {
      db.deleteFrom(TEAM_ENVIRONMENT)
          .where(isScopeOf(organisation, id))
          .and(
              TEAM_ENVIRONMENT.ENVIRONMENT_ID.in(chunk.stream().map(EnvironmentId::value).toList()))
          .execute();
    }
    db.batchInsert(added).execute();
  }

  private static Condition isMemberOf(OrganisationId organisation, TeamId id) {
    return TEAM_MEMBER
        .ORGANISATION_ID
        .eq(organisation.value())
        .and(TEAM_MEMBER.TEAM_ID.eq(id.value()));
  }

  private static Condition isScopeOf(OrganisationId organisation, TeamId id) {
    return TEAM_ENVIRONMENT
        .ORGANISATION_ID
        .eq(organisation.value())
        .and(TEAM_ENVIRONMENT.TEAM_ID.eq(id.value()));
  }

  private static SelectConditionStep<? extends Record> select(
      DSLContext db, OrganisationId organisation) {
    return db.select(TEAM.fields())
        .select(MEMBER_ROLE.NAME, SERVICE_ACCOUNT_ROLE.NAME, USER_ACCOUNT.EMAIL)
        .from(TEAM)
        .leftJoin(MEMBER_ROLE)
        .on(MEMBER_ROLE.ID.eq(TEAM.MEMBER_ROLE_ID))
        .leftJoin(SERVICE_ACCOUNT_ROLE)
        .on(SERVICE_ACCOUNT_ROLE.ID.eq(TEAM.SERVICE_ACCOUNT_ROLE_ID))
        .leftJoin(MEMBER)
        .on(MEMBER.ID.eq(TEAM.OWNER_ID))
        .leftJoin(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .where(TEAM.ORGANISATION_ID.eq(organisation.value()))
        .and(TEAM.DELETED_AT.isNull());
  }

  private static Team toTeam(Record row) {
    UUID owner = row.get(TEAM.OWNER_ID);
    return new Team(
        row.get(TEAM.ID),
        row.get(TEAM.NAME),
        row.get(TEAM.DESCRIPTION),
        row.get(TEAM.IS_SCIM_MANAGED),
        RoleName.ofNullable(row.get(TEAM.MEMBER_ROLE_ID), row.get(MEMBER_ROLE.NAME)),
        RoleName.ofNullable(
            row.get(TEAM.SERVICE_ACCOUNT_ROLE_ID), row.get(SERVICE_ACCOUNT_ROLE.NAME)),
        owner == null ? null : new Team.Owner(owner, row.get(USER_ACCOUNT.EMAIL)),
        row.get(TEAM.CREATED_AT),
        row.get(TEAM.UPDATED_AT));
  }

  private static @Nullable UUID idOf(@Nullable RoleName role) {
    return role == null ? null : role.id();
  }
}
