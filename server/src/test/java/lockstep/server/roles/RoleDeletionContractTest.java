package lockstep.server.roles;

import static lockstep.server.store.tables.Tables.INVITE;
import static lockstep.server.store.tables.Tables.TEAM;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;

@ContractTest
final class RoleDeletionContractTest extends OnBothDatabases {

  @Test
  void aRoleInUseByMembersThenAccountsThenInvitesCannotBeDeleted() {
    UUID role = organisation.customRole(PermissionSet.NONE);
    String path = "/v1/roles/" + role + "/";
    TestCaller member = organisation.member(role);
    TestCaller account = organisation.serviceAccount(role);
    UUID invite = insertInvite(role, Instant.now().plus(1, ChronoUnit.DAYS));

    owner.delete(path).isError(409, "Cannot delete a role that has members assigned to it.");
    organisation.deleteAccount(member);
    owner
        .delete(path)
        .isError(409, "Cannot delete a role that has service accounts assigned to it.");
    organisation.deleteAccount(account);
    owner
        .delete(path)
        .isError(409, "Cannot delete a role that has pending invites assigned to it.");
    owner.delete("/v1/members/invites/" + invite + "/").is(204);
    owner.delete(path).is(204);
    owner.get(path).isError(404, "Role not found.");
  }

  @Test
  void anExpiredInviteDoesNotKeepARole() {
    UUID role = organisation.customRole(PermissionSet.NONE);
    insertInvite(role, Instant.now().minusSeconds(1));

    owner.delete("/v1/roles/" + role + "/").is(204);
  }

  @Test
  void aTeamLosesAnOverrideThatIsDeleted() {
    UUID role = organisation.customRole(PermissionSet.NONE);
    UUID kept = organisation.customRole(PermissionSet.NONE);
    UUID team = organisation.team(role, kept);
    UUID other = organisation.team(kept, role);

    owner.delete("/v1/roles/" + role + "/").is(204);

    assertThat(overrides(team)).containsExactly(null, kept);
    assertThat(overrides(other)).containsExactly(kept, null);
  }

  private UUID insertInvite(UUID role, Instant expiresAt) {
    UUID id = UUID.randomUUID();
    Instant expiry = expiresAt.truncatedTo(ChronoUnit.MICROS);
    server
        .database()
        .write(
            db ->
                db.insertInto(INVITE)
                    .set(INVITE.ID, id)
                    .set(INVITE.ORGANISATION_ID, organisation.id())
                    .set(INVITE.EMAIL, id + "@example.test")
                    .set(INVITE.ROLE_ID, role)
                    .set(INVITE.INVITED_BY, owner.account())
                    .set(INVITE.CREATED_AT, expiry.minus(14, ChronoUnit.DAYS))
                    .set(INVITE.EXPIRES_AT, expiry)
                    .execute());
    return id;
  }

  private List<UUID> overrides(UUID team) {
    return server
        .database()
        .read(
            db ->
                db.select(TEAM.MEMBER_ROLE_ID, TEAM.SERVICE_ACCOUNT_ROLE_ID)
                    .from(TEAM)
                    .where(TEAM.ID.eq(team))
                    .fetchSingle(row -> Arrays.asList(row.value1(), row.value2())));
  }
}
