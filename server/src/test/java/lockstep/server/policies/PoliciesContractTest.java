package lockstep.server.policies;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class PoliciesContractTest extends OnBothDatabases {

  private static final String PATH = "/v1/network-policies/";
  private static final String LOCAL = "127.0.0.0/8";
  private static final String ELSEWHERE = "203.0.113.7";
  private static final String DENIED =
      "Access denied: a network access policy restricts access from your IP address.";
  private static final String LOCKS_OUT =
      "This change would lock you out: the policies that would apply to you do not allow your"
          + " address 127.0.0.1. Set 'force' to true to make it nevertheless.";

  @Test
  void aNewPolicyIsAnsweredAndKept() {
    TestResponse created =
        owner
            .post(
                PATH,
                object(
                    "name",
                    " <i>Office</i> ",
                    "allowed_ips",
                    List.of(" 10.1.2.3/8", "2001:DB8::/32", ELSEWHERE)))
            .is(201);

    JsonNode policy = created.json();
    assertThat(policy.propertyNames())
        .containsExactly("id", "name", "allowedIps", "isGlobal", "createdAt", "updatedAt");
    assertThat(policy.get("name").stringValue()).isEqualTo("Office");
    assertThat(policy.get("allowedIps").toString())
        .isEqualTo("[\"10.1.2.3/8\",\"2001:DB8::/32\",\"203.0.113.7\"]");
    assertThat(policy.get("isGlobal").booleanValue()).isFalse();
    assertThat(owner.get(PATH + created.id() + "/").is(200).json()).isEqualTo(policy);
    assertThat(owner.get(PATH).is(200).each("id")).containsExactly(created.id());
  }

  @Test
  void eachActionNeedsItsPermission() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    String known = PATH + policy("Office", LOCAL) + "/";

    developer.get(PATH).is(200);
    nobody.get(PATH).isError(403, denied("read"));
    developer.post(PATH, Map.of()).isError(403, denied("create"));
    for (String path : List.of(known, PATH + UUID.randomUUID() + "/", PATH + "x/")) {
      nobody.get(path).isError(403, denied("read"));
      developer.put(path, Map.of()).isError(403, denied("update"));
      developer.delete(path).isError(403, denied("delete"));
    }
  }

  @Test
  void anUnknownAMalformedAndAForeignIdAreNotFound() {
    TestOrganisation other = TestOrganisation.create(server);
    String foreign = other.owner().post(PATH, body("Office", false, LOCAL)).is(201).id();

    for (Object id : List.of(foreign, UUID.randomUUID(), "x")) {
      String path = PATH + id + "/";
      owner.get(path).isError(404, "Network access policy not found.");
      owner.put(path, Map.of()).isError(404, "Network access policy not found.");
      owner.delete(path).isError(404, "Network access policy not found.");
      owner
          .put(
              "/v1/members/" + owner.account() + "/network-policies/",
              Map.of("policy_ids", List.of(id.toString())))
          .isError(404, "Network access policy not found: " + id);
    }
  }

  @Test
  void theInputIsCheckedInOrder() {
    owner.post(PATH, Map.of()).isError(400, "Missing required field: name");
    owner.post(PATH, object("name", "P")).isError(400, "Missing required field: allowed_ips");
    post("allowed_ips", LOCAL).isError(400, "'allowed_ips' must be a list.");
    post("allowed_ips", List.of()).isError(400, "'allowed_ips' must not be empty.");
    for (Object entry : List.of("10.0.0.0/33", "localhost", "", "1.2.3.4,5.6.7.8", "::1/129")) {
      post("allowed_ips", List.of(LOCAL, entry))
          .isError(400, "'" + entry + "' is not a valid IP address or CIDR range.");
    }
    post("allowed_ips", List.of(7)).isError(400, "'7' is not a valid IP address or CIDR range.");
    post("allowed_ips", Collections.nCopies(257, LOCAL))
        .isError(400, "'allowed_ips' cannot exceed 256 entries.");
    post("is_global", "yes").isError(400, "'is_global' must be a boolean.");
    post("force", 1).isError(400, "'force' must be a boolean.");
    String id = policy("Office", LOCAL);
    owner
        .put(PATH + id + "/", Map.of("other", 1))
        .isError(400, "At least one field must be provided.");
    owner.put(PATH + id + "/", Map.of("name", "")).isError(400, "Missing required field: name");
  }

  @Test
  void onlyWhatIsSuppliedChanges() {
    String id = policy("Office", LOCAL);

    JsonNode renamed = owner.put(PATH + id + "/", Map.of("name", "Home")).is(200).json();
    assertThat(renamed.get("allowedIps").toString()).isEqualTo("[\"127.0.0.0/8\"]");
    JsonNode global = owner.put(PATH + id + "/", Map.of("is_global", true)).is(200).json();
    assertThat(global.get("name").stringValue()).isEqualTo("Home");
    assertThat(global.get("isGlobal").booleanValue()).isTrue();
  }

  @Test
  void aGlobalPolicyHoldsForTheNextRequestOfEverybody() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    developer.get("/v1/apps/").is(200);

    owner
        .post(
            PATH,
            object(
                "name", "P", "allowed_ips", List.of(ELSEWHERE), "is_global", true, "force", true))
        .is(201);

    developer.get("/v1/apps/").isError(403, DENIED);
    owner.get("/v1/apps/").isError(403, DENIED);
  }

  @Test
  void nobodyLocksItselfOutByCreatingChangingOrDeletingAPolicy() {
    owner.post(PATH, body("P", true, ELSEWHERE)).isError(409, LOCKS_OUT);
    assertThat(owner.get(PATH).each("id")).isEmpty();

    String global = owner.post(PATH, body("P", true, LOCAL)).is(201).id();
    String path = PATH + global + "/";
    owner.put(path, Map.of("allowed_ips", List.of(ELSEWHERE))).isError(409, LOCKS_OUT);
    owner.get("/v1/apps/").is(200);

    String own = policy("own", LOCAL);
    attach(owner, owner.account(), own).is(200);
    owner.put(path, Map.of("allowed_ips", List.of(ELSEWHERE))).is(200);
    owner.delete(PATH + own + "/").isError(409, LOCKS_OUT);
    attach(owner, owner.account()).isError(409, LOCKS_OUT);
    owner.get("/v1/apps/").is(200);
    owner.delete(PATH + own + "/?force=true").is(204);
    owner.get("/v1/apps/").isError(403, DENIED);
  }

  @Test
  void aCallerMayLockOutOthers() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    TestResponse attached = attach(owner, developer.account(), policy("P", ELSEWHERE)).is(200);

    assertThat(attached.each("name")).containsExactly("P");
    developer.get("/v1/apps/").isError(403, DENIED);
    assertThat(
            owner
                .get("/v1/members/" + developer.account() + "/network-policies/")
                .is(200)
                .each("name"))
        .containsExactly("P");
    attach(owner, developer.account()).is(200);
    developer.get("/v1/apps/").is(200);
  }

  @Test
  void theListOfPoliciesIsTheWholeList() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String first = policy("first", ELSEWHERE);
    String second = policy("second", LOCAL);

    attach(owner, developer.account(), first, second, first).is(200);
    developer.get("/v1/apps/").is(200);
    assertThat(attach(owner, developer.account(), second).is(200).each("id"))
        .containsExactly(second);
    String path = "/v1/members/" + developer.account() + "/network-policies/";
    owner.put(path, Map.of()).isError(400, "Missing required field: policy_ids");
    owner.put(path, Map.of("policy_ids", "x")).isError(400, "'policy_ids' must be a list.");
    owner
        .put(path, Map.of("policy_ids", List.of(1)))
        .isError(400, "'policy_ids' must be a list of policy IDs.");
  }

  @Test
  void aDeletedPolicyNoLongerHolds() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String id = policy("P", ELSEWHERE);
    attach(owner, developer.account(), id).is(200);
    developer.get("/v1/apps/").isError(403, DENIED);

    owner.delete(PATH + id + "/").is(204);

    developer.get("/v1/apps/").is(200);
  }

  @Test
  void attachingNeedsBothPermissions() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller blind =
        organisation.memberWith(
            new PermissionSet(
                Map.of(OrganisationResource.MEMBERS, Set.of(Action.READ, Action.UPDATE)),
                Map.of()));

    attach(developer, developer.account())
        .isError(403, "You don't have permission to update members.");
    attach(blind, developer.account()).isError(403, denied("read"));
    developer
        .put("/v1/service-accounts/x/network-policies/", Map.of())
        .isError(403, "You don't have permission to update service accounts.");
  }

  @Test
  void onlyGlobalAccessRestrictsGlobalAccess() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);

    attach(manager, owner.account(), policy("P", ELSEWHERE))
        .isError(
            403,
            "You cannot change the network access policies of a member with a global access role.");
    owner.get("/v1/apps/").is(200);
  }

  @Test
  void unknownAndForeignAccountsAreNotFound() {
    TestOrganisation other = TestOrganisation.create(server);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    for (Object id : List.of(other.owner().account(), UUID.randomUUID(), "x", account.account())) {
      owner
          .put("/v1/members/" + id + "/network-policies/", Map.of())
          .isError(404, "Member not found.");
    }
    UUID foreign = other.serviceAccount(DefaultRole.SERVICE).account();
    for (Object id : List.of(foreign, UUID.randomUUID(), "x", owner.account())) {
      owner
          .put("/v1/service-accounts/" + id + "/network-policies/", Map.of())
          .isError(404, "Service account not found.");
    }
  }

  @Test
  void aServiceAccountIsRestrictedTheSameWay() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    String path = "/v1/service-accounts/" + account.account() + "/network-policies/";

    owner.put(path, Map.of("policy_ids", List.of(policy("P", ELSEWHERE)))).is(200);

    account.get("/v1/apps/").isError(403, DENIED);
    assertThat(owner.get(path).each("name")).containsExactly("P");
  }

  @Test
  void aServiceAccountOfATeamIsManagedByThoseWhoSeeIt() {
    UUID team = organisation.team(null, null);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    own(team, account);
    TestCaller stranger = organisation.member(DefaultRole.MANAGER);
    TestCaller teammate = organisation.member(DefaultRole.MANAGER);
    organisation.join(team, teammate);
    String path = "/v1/service-accounts/" + account.account() + "/network-policies/";
    Map<String, Object> none = Map.of("policy_ids", List.of());

    stranger.put(path, none).isError(404, "Service account not found.");
    stranger.get(path).isError(404, "Service account not found.");
    teammate.put(path, none).is(200);
    owner.put(path, none).is(200);
    organisation.deleteTeamOnly(team);
    teammate.put(path, none).isError(404, "Service account not found.");
  }

  @Test
  void changesAreRecorded() {
    String id = policy("P", LOCAL);
    owner.put(PATH + id + "/", Map.of("name", "Q")).is(200);
    owner.delete(PATH + id + "/").is(204);

    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.ACTION, AUDIT_EVENT.RESOURCE_TYPE)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.RESOURCE_ID.eq(UUID.fromString(id)))
                        .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                        .fetch(row -> row.value1() + " " + row.value2()));
    assertThat(events)
        .containsExactly("create network_policy", "update network_policy", "delete network_policy");
  }

  private void own(UUID team, TestCaller account) {
    server
        .database()
        .write(
            db ->
                db.update(SERVICE_ACCOUNT)
                    .set(SERVICE_ACCOUNT.TEAM_ID, team)
                    .where(SERVICE_ACCOUNT.ID.eq(account.account()))
                    .execute());
  }

  private static String denied(String action) {
    return "You don't have permission to " + action + " network access policies.";
  }

  private static Map<String, Object> body(String name, boolean isGlobal, String... entries) {
    return object("name", name, "allowed_ips", List.of(entries), "is_global", isGlobal);
  }

  private String policy(String name, String entry) {
    return owner.post(PATH, body(name, false, entry)).is(201).id();
  }

  private TestResponse post(String name, Object value) {
    Map<String, Object> body = body("P", false, LOCAL);
    body.put(name, value);
    return owner.post(PATH, body);
  }

  private static TestResponse attach(TestCaller caller, UUID member, String... policies) {
    return caller.put(
        "/v1/members/" + member + "/network-policies/", Map.of("policy_ids", List.of(policies)));
  }
}
