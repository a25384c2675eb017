package lockstep.server.organisations;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

@ContractTest
final class OwnershipContractTest extends OnBothDatabases {

  private static final String REFUSAL =
      "Only the Owner can transfer the ownership of the organisation.";
  private static final String UNFIT =
      "The ownership can only be transferred to a member who has completed account setup and has a"
          + " role with global access.";

  @Test
  void anAdminBecomesTheOwnerAndTheOwnerAnAdmin() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    TestResponse transferred = transfer(owner, admin.account()).is(200);

    assertThat(transferred.json().toString())
        .isEqualTo(
            "{\"ownerId\":\"%s\",\"previousOwnerId\":\"%s\"}"
                .formatted(admin.account(), owner.account()));
    assertThat(role(admin)).isEqualTo(organisation.role(DefaultRole.OWNER));
    assertThat(role(owner)).isEqualTo(organisation.role(DefaultRole.ADMIN));
    transfer(owner, admin.account()).isError(403, REFUSAL);
    transfer(admin, owner.account()).is(200);
  }

  @Test
  void nobodyElseTransfersWhateverTheBody() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    for (DefaultRole role : List.of(DefaultRole.ADMIN, DefaultRole.MANAGER, DefaultRole.SERVICE)) {
      TestCaller member = organisation.member(role);
      transfer(member, member.account()).isError(403, REFUSAL);
      member.post("/v1/organisation/transfer-ownership/", Map.of()).isError(403, REFUSAL);
    }
    transfer(account, account.account()).isError(403, "Only members have an account of their own.");
  }

  @Test
  void theTargetMustBeAMemberWithKeysAndGlobalAccess() {
    String path = "/v1/organisation/transfer-ownership/";
    owner.post(path, Map.of()).isError(400, "Missing required field: member_id");
    owner.post(path, Map.of("member_id", 1)).isError(400, "'member_id' must be a string.");
    UUID foreign = TestOrganisation.create(server).member(DefaultRole.ADMIN).account();
    UUID account = organisation.serviceAccount(DefaultRole.SERVICE).account();
    TestCaller removed = organisation.member(DefaultRole.ADMIN);
    organisation.deleteAccount(removed);
    for (Object id : List.of(foreign, UUID.randomUUID(), "x", account, removed.account())) {
      transfer(owner, id).isError(404, "Member not found.");
    }
    transfer(owner, owner.account())
        .isError(400, "You are the Owner of this organisation already.");
    transfer(owner, organisation.member(DefaultRole.MANAGER).account()).isError(400, UNFIT);
    transfer(owner, organisation.pendingMember(DefaultRole.ADMIN)).isError(400, UNFIT);
    assertThat(role(owner)).isEqualTo(organisation.role(DefaultRole.OWNER));
  }

  @Test
  void ofTwoTransfersAtOnceOneWins() throws Exception {
    TestCaller first = organisation.member(DefaultRole.ADMIN);
    TestCaller second = organisation.member(DefaultRole.ADMIN);
    try (ExecutorService both = Executors.newFixedThreadPool(2)) {
      Callable<Integer> one = () -> transfer(owner, first.account()).status();
      Callable<Integer> two = () -> transfer(owner, second.account()).status();
      var results = both.invokeAll(List.of(one, two));

      assertThat(List.of(results.get(0).get(), results.get(1).get()))
          .containsExactlyInAnyOrder(200, 403);
    }
    UUID ownerRole = organisation.role(DefaultRole.OWNER);
    assertThat(List.of(role(owner), role(first), role(second))).containsOnlyOnce(ownerRole);
  }

  @Test
  void bothChangesOfRolesAreRecorded() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    transfer(owner, admin.account()).is(200);

    List<UUID> changed =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.RESOURCE_ID)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                        .and(AUDIT_EVENT.RESOURCE_TYPE.eq("member"))
                        .and(AUDIT_EVENT.ACTION.eq("update"))
                        .fetch(row -> row.value1()));
    assertThat(changed).containsExactlyInAnyOrder(owner.account(), admin.account());
  }

  private UUID role(TestCaller member) {
    return server
        .database()
        .read(
            db ->
                db.select(ACCOUNT.ROLE_ID)
                    .from(ACCOUNT)
                    .where(ACCOUNT.ID.eq(member.account()))
                    .fetchSingle()
                    .value1());
  }

  private static TestResponse transfer(TestCaller caller, Object member) {
    return caller.post(
        "/v1/organisation/transfer-ownership/", Map.of("member_id", member.toString()));
  }
}
