package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;

import java.util.Optional;
import java.util.UUID;
import lockstep.server.ids.TeamId;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * What a caller is to a live team of its organisation.
 *
 * @param override what the team's role for accounts like the caller's allows, if the team has one
 */
record TeamStanding(TeamId team, boolean owner, boolean member, Optional<PermissionSet> override) {

  static Optional<TeamStanding> find(DSLContext db, Caller caller, TeamId team) {
    Field<UUID> role = caller.isMember() ? TEAM.MEMBER_ROLE_ID : TEAM.SERVICE_ACCOUNT_ROLE_ID;
    UUID account = caller.account().value();
    return db.select(TEAM.OWNER_ID, TEAM_MEMBER.ACCOUNT_ID, ROLE.PERMISSIONS)
        .from(TEAM)
        .leftJoin(TEAM_MEMBER)
        .on(TEAM_MEMBER.TEAM_ID.eq(TEAM.ID).and(TEAM_MEMBER.ACCOUNT_ID.eq(account)))
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(role))
        .where(TEAM.ORGANISATION_ID.eq(caller.organisation().value()))
        .and(TEAM.ID.eq(team.value()))
        .and(TEAM.DELETED_AT.isNull())
        .fetchOptional(
            row ->
                new TeamStanding(
                    team,
                    account.equals(row.value1()),
                    row.value2() != null,
                    Optional.ofNullable(row.value3()).map(PermissionSet::parse)));
  }

  /** The condition that the team with the id in this column is live, and the caller is in it. */
  static Condition isInside(Caller caller, Field<UUID> team) {
    UUID account = caller.account().value();
    return DSL.exists(
        DSL.selectOne()
            .from(TEAM)
            .leftJoin(TEAM_MEMBER)
            .on(TEAM_MEMBER.TEAM_ID.eq(TEAM.ID).and(TEAM_MEMBER.ACCOUNT_ID.eq(account)))
            .where(TEAM.ID.eq(team))
            .and(TEAM.DELETED_AT.isNull())
            .and(TEAM.OWNER_ID.eq(account).or(TEAM_MEMBER.ACCOUNT_ID.isNotNull())));
  }

  /** Owners are inside even if they are no members. */
  boolean inside() {
    return owner || member;
  }

  /** Here the team's role replaces the caller's own one; a team's owner may always. */
  boolean allows(Caller caller, OrganisationResource resource, Action action) {
    return owner || override.orElse(caller.role()).allows(resource, action);
  }
}
