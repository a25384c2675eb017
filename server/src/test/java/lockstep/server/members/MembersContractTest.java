package lockstep.server.members;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.TEAM;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.keys.StoredGrants;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class MembersContractTest extends OnBothDatabases {

  private static String member(TestCaller caller) {
    return "/v1/members/" + caller.account() + "/";
  }

  private static String member(UUID account) {
    return "/v1/members/" + account + "/";
  }

  private Map<String, String> role(DefaultRole role) {
    return Map.of("role_id", organisation.role(role).toString());
  }

  private TestCaller serviceAccountWithMembers(Action... actions) {
    return organisation.serviceAccount(
        organisation.customRole(
            new PermissionSet(Map.of(OrganisationResource.MEMBERS, Set.of(actions)), Map.of())));
  }

  private List<String> auditedActions(UUID resource) {
    return server
        .database()
        .read(
            db ->
                db.select(AUDIT_EVENT.ACTION)
                    .from(AUDIT_EVENT)
                    .where(AUDIT_EVENT.RESOURCE_ID.eq(resource))
                    .and(AUDIT_EVENT.RESOURCE_TYPE.eq("member"))
                    .orderBy(AUDIT_EVENT.CREATED_AT)
                    .fetch(row -> row.value1()));
  }

  @Test
  void listsAllMembersOldestFirstPendingOnesIncludedAndServiceAccountsNot() {
    UUID pending = organisation.pendingMember(DefaultRole.DEVELOPER);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller removed = organisation.member(DefaultRole.DEVELOPER);
    organisation.deleteAccount(removed);

    assertThat(owner.get("/v1/members/").is(200).each("id"))
        .containsExactly(
            owner.account().toString(), pending.toString(), developer.account().toString());
  }

  @Test
  void aMemberHasExactlyTheseFields() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    JsonNode json = owner.get(member(developer)).is(200).json();

    assertThat(json.propertyNames())
        .containsExactly("id", "username", "fullName", "email", "role", "createdAt", "updatedAt");
    assertThat(json.get("fullName").isNull()).isTrue();
    assertThat(json.get("role").get("name").stringValue()).isEqualTo("Developer");
    assertThat(json.get("role").get("id").stringValue())
        .isEqualTo(organisation.role(DefaultRole.DEVELOPER).toString());
  }

  @Test
  void membersAreNotCreatedHere() {
    TestResponse refused = owner.post("/v1/members/", Map.of()).is(405);

    assertThat(refused.headers().firstValue("Allow")).hasValue("GET");
  }

  @Test
  void withoutThePermissionEveryIdIsRefusedAlike() {
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    String unknown = member(UUID.randomUUID());

    for (String path : List.of(unknown, member(owner), "/v1/members/nonsense/")) {
      nobody.get(path).isError(403, "You don't have permission to read members.");
      nobody.put(path, Map.of()).isError(403, "You don't have permission to update members.");
      nobody.delete(path).isError(403, "You don't have permission to delete members.");
      nobody.get(path + "access/").isError(403, "You don't have permission to read members.");
      nobody
          .put(path + "access/", Map.of())
          .isError(403, "You don't have permission to update members.");
    }
    nobody.get("/v1/members/").isError(403, "You don't have permission to read members.");
  }

  @Test
  void whatIsNoMemberOfTheOrganisationIsNotFound() {
    TestCaller removed = organisation.member(DefaultRole.DEVELOPER);
    organisation.deleteAccount(removed);
    TestOrganisation other = TestOrganisation.create(server);
    TestCaller serviceAccount = organisation.serviceAccount(DefaultRole.SERVICE);

    for (String path :
        List.of(
            member(UUID.randomUUID()),
            member(removed),
            member(other.owner()),
            member(serviceAccount),
            "/v1/members/nonsense/")) {
      owner.get(path).isError(404, "Member not found.");
      owner.put(path, role(DefaultRole.MANAGER)).isError(404, "Member not found.");
      owner.delete(path).isError(404, "Member not found.");
      owner.get(path + "access/").isError(404, "Member not found.");
      owner.put(path + "access/", Map.of("apps", List.of())).isError(404, "Member not found.");
    }
    other.owner().get(member(other.owner())).is(200);
  }

  @Test
  void aChangedRoleCountsFromTheNextRequestOn() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String nobody = member(UUID.randomUUID());
    developer.delete(nobody).is(403);

    JsonNode json = owner.put(member(developer), role(DefaultRole.MANAGER)).is(200).json();

    assertThat(json.get("role").get("name").stringValue()).isEqualTo("Manager");
    developer.delete(nobody).is(404);
    assertThat(auditedActions(developer.account())).containsExactly("update");
  }

  @Test
  void theOwnersRoleCannotBeChangedNotEvenByTheOwner() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    String error =
        "The Owner's role cannot be changed via the API. Use the ownership transfer flow.";

    admin.put(member(owner), role(DefaultRole.DEVELOPER)).isError(403, error);
    owner.put(member(owner), Map.of()).isError(403, error);
    admin.sendText("PUT", member(owner), "{broken").isError(403, error);
  }

  @Test
  void nobodyChangesTheOwnRole() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    manager
        .put(member(manager), role(DefaultRole.DEVELOPER))
        .isError(403, "You cannot update your own role.");
    admin.put(member(admin), Map.of()).isError(403, "You cannot update your own role.");
  }

  @Test
  void onlyUsersWithGlobalAccessChangeTheRoleOfOneWhoHasIt() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestCaller otherAdmin = organisation.member(DefaultRole.ADMIN);
    TestCaller manager = organisation.member(DefaultRole.MANAGER);

    manager
        .put(member(admin), Map.of())
        .isError(403, "You cannot update the role of a member with global access.");
    serviceAccountWithMembers(Action.UPDATE)
        .put(member(admin), Map.of())
        .isError(403, "Service accounts cannot modify members with global access.");
    otherAdmin.put(member(admin), role(DefaultRole.DEVELOPER)).is(200);
  }

  @Test
  void aRoleMustBeNamedAndExist() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestOrganisation other = TestOrganisation.create(server);

    owner.put(member(developer), Map.of()).isError(400, "Missing required field: role_id");
    owner
        .put(member(developer), Map.of("role_id", ""))
        .isError(400, "Missing required field: role_id");
    owner.put(member(developer), Map.of("role_id", 5)).isError(400, "'role_id' must be a string.");
    for (String id :
        List.of(
            "nonsense",
            UUID.randomUUID().toString(),
            other.role(DefaultRole.DEVELOPER).toString())) {
      owner.put(member(developer), Map.of("role_id", id)).isError(404, "Role not found.");
    }
  }

  @Test
  void theOwnersRoleCannotBeAssigned() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    owner
        .put(member(developer), role(DefaultRole.OWNER))
        .isError(
            403, "You cannot assign the Owner role directly. Use the ownership transfer flow.");
  }

  @Test
  void onlyUsersWithGlobalAccessAssignARoleThatHasIt() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    organisation
        .member(DefaultRole.MANAGER)
        .put(member(developer), role(DefaultRole.ADMIN))
        .isError(403, "You cannot assign the 'Admin' role.");
    serviceAccountWithMembers(Action.UPDATE)
        .put(member(developer), role(DefaultRole.ADMIN))
        .isError(403, "You cannot assign the 'Admin' role.");
    serviceAccountWithMembers(Action.UPDATE)
        .put(member(developer), role(DefaultRole.MANAGER))
        .is(200);
  }

  @Test
  void aPendingMemberGetsNoRoleWithGlobalAccessOrServiceAccountTokens() {
    UUID pending = organisation.pendingMember(DefaultRole.DEVELOPER);
    String error =
        "This member hasn't completed account setup yet — wait until they sign in for the first"
            + " time before assigning a role with global access or service account token"
            + " permissions.";

    owner.put(member(pending), role(DefaultRole.ADMIN)).isError(403, error);
    owner.put(member(pending), role(DefaultRole.MANAGER)).isError(403, error);
    owner.put(member(pending), role(DefaultRole.SERVICE)).is(200);
  }

  @Test
  void whoGetsGlobalAccessGetsTheKeysOfAllAppsWithServerSideEncryptionAndKeepsThem() {
    StoredGrants grants = new StoredGrants(server, organisation);
    TestApp app = organisation.app("billing-api");
    TestApp sealedApp = organisation.app("sealed");
    organisation.turnSseOff(sealedApp);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Staging");

    owner.put(member(developer), role(DefaultRole.ADMIN)).is(200);

    assertThat(grants.environmentsOf(developer.account()))
        .containsExactlyInAnyOrderElementsOf(app.environments().values());
    for (String environment : app.environments().values()) {
      assertThat(grants.reasons(developer.account(), environment)).containsExactly("individual");
    }

    owner.put(member(developer), role(DefaultRole.DEVELOPER)).is(200);

    assertThat(grants.environmentsOf(developer.account()))
        .containsExactlyInAnyOrderElementsOf(app.environments().values());
    JsonNode apps = owner.get(member(developer) + "access/").is(200).json().get("apps");
    assertThat(apps).hasSize(1);
    assertThat(apps.get(0).get("environments")).hasSize(3);
  }

  @Test
  void theOwnerCannotBeRemoved() {
    String error = "The Owner cannot be removed via the API. Use the ownership transfer flow.";

    organisation.member(DefaultRole.ADMIN).delete(member(owner)).isError(403, error);
    owner.delete(member(owner)).isError(403, error);
  }

  @Test
  void nobodyRemovesThemselves() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    admin.delete(member(admin)).isError(403, "You cannot remove yourself from the organisation.");
  }

  @Test
  void onlyUsersWithGlobalAccessRemoveOneWhoHasIt() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    organisation
        .member(DefaultRole.MANAGER)
        .delete(member(admin))
        .isError(403, "You cannot remove a member with a global access role.");
    serviceAccountWithMembers(Action.DELETE)
        .delete(member(admin))
        .isError(403, "Service accounts cannot remove members with global access.");
    owner.delete(member(admin)).is(204);
  }

  @Test
  void aRemovedMemberLosesEverything() {
    StoredGrants grants = new StoredGrants(server, organisation);
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.join(team, developer);
    organisation.scope(team, app, "Development");
    organisation.grant(developer, app, "Development", "Staging");
    server
        .database()
        .write(
            db -> {
              db.update(TEAM)
                  .set(TEAM.OWNER_ID, developer.account())
                  .where(TEAM.ID.eq(team))
                  .execute();
              return db.update(MEMBER)
                  .set(MEMBER.WRAPPED_KEYRING, "wrapped")
                  .set(MEMBER.WRAPPED_RECOVERY, "wrapped")
                  .where(MEMBER.ID.eq(developer.account()))
                  .execute();
            });
    developer.get(app.secrets()).is(200);

    owner.delete(member(developer)).is(204);

    developer.get(app.secrets()).isError(401, "Token expired or deleted");
    owner.get(member(developer)).isError(404, "Member not found.");
    assertThat(grants.environmentsOf(developer.account())).isEmpty();
    server
        .database()
        .read(
            db -> {
              var row =
                  db.selectFrom(MEMBER).where(MEMBER.ID.eq(developer.account())).fetchSingle();
              assertThat(row.getWrappedKeyring()).isNull();
              assertThat(row.getWrappedRecovery()).isNull();
              assertThat(db.selectFrom(TEAM).where(TEAM.ID.eq(team)).fetchSingle().getOwnerId())
                  .isNull();
              return row;
            });
    assertThat(auditedActions(developer.account())).containsExactly("delete");
  }

  @Test
  void aRefusedChangeLeavesNoTrace() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);

    organisation.member(DefaultRole.MANAGER).delete(member(admin)).is(403);

    assertThat(auditedActions(admin.account())).isEmpty();
    admin.get(member(admin)).is(200);
  }
}
