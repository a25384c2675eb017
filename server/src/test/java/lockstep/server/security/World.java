package lockstep.server.security;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.EnvironmentKeys;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import tools.jackson.databind.JsonNode;

/**
 * An organisation with one of everything in it, by ids.
 *
 * @param vault an app that the server cannot open, whose keys the client knows
 * @param rotation of the keys of the vault's environment, of the owner, to be completed
 * @param inviteCode what the link of the invite says
 * @param ownerToken a token of the owner, other than the one that the owner calls with
 */
record World(
    TestOrganisation organisation,
    TestApp app,
    String secret,
    EndToEndClient client,
    TestApp vault,
    String rotation,
    String lockbox,
    String member,
    String memberToken,
    String invite,
    String inviteEmail,
    String inviteCode,
    String role,
    String account,
    String accountToken,
    String team,
    String policy,
    String ownerToken) {

  static World in(TestOrganisation organisation) {
    TestCaller owner = organisation.owner();
    TestApp app = organisation.app("app", "Development", "own-" + UUID.randomUUID());
    String secret = owner.post(app.secrets(), TestApp.body(TestApp.secret("K", "v"))).is(201).id();
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    String email = UUID.randomUUID() + "@acme.test";
    String invite =
        owner
            .post(
                "/v1/members/invites/",
                Map.of(
                    "email", email, "role_id", organisation.role(DefaultRole.DEVELOPER).toString()))
            .is(201)
            .id();
    UUID team = organisation.team(null, null);
    organisation.join(team, member);
    String policy =
        owner
            .post(
                "/v1/network-policies/",
                Map.of("name", "policy", "allowed_ips", List.of("192.0.2.0/24")))
            .is(201)
            .id();
    List<String> tokensBefore = owner.get("/v1/tokens/").is(200).each("id");
    organisation.memberToken(owner, null);
    String ownerToken =
        owner.get("/v1/tokens/").is(200).each("id").stream()
            .filter(id -> !tokensBefore.contains(id))
            .findFirst()
            .orElseThrow();
    JsonNode accountDetail = owner.get("/v1/service-accounts/" + account.account() + "/").json();
    EndToEndClient client = new EndToEndClient(owner);
    TestApp vault = client.app("vault", "prod");
    return new World(
        organisation,
        app,
        secret,
        client,
        vault,
        readyRotation(owner, client, vault),
        owner
            .post("/v1/lockbox/", Map.of("data", Map.of("data", ciphertextFor(client))))
            .is(201)
            .id(),
        member.account().toString(),
        owner.get("/v1/members/" + member.account() + "/tokens/").is(200).each("id").getFirst(),
        invite,
        email,
        owner
            .get("/v1/members/invites/" + invite + "/link/")
            .is(200)
            .json()
            .get("code")
            .stringValue(),
        organisation.customRole(PermissionSet.NONE).toString(),
        account.account().toString(),
        accountDetail.get("tokens").get(0).get("id").stringValue(),
        team.toString(),
        policy,
        ownerToken);
  }

  private static String ciphertextFor(EndToEndClient client) {
    client.environmentBody("unused", List.of());
    return Ciphertext.encrypt("", client.keys("unused").publicKey()).text();
  }

  private static String rotations(TestApp vault) {
    return "/v1/end-to-end/environments/" + vault.environment("prod") + "/rotations/";
  }

  private static Map<String, Object> rotationBody(EndToEndClient client) {
    return TestApp.object(
        "identityKey",
        client.keys("prod").identityKey(),
        "newIdentityKey",
        EnvironmentKeys.generate().identityKey());
  }

  /** There is nothing in the environment, so the keys are all that it takes. */
  private static String readyRotation(TestCaller owner, EndToEndClient client, TestApp vault) {
    String id = owner.post(rotations(vault), rotationBody(client)).is(201).id();
    owner.put(rotations(vault) + id + "/", rotationKeys(client, vault)).is(204);
    return id;
  }

  private static Map<String, Object> rotationKeys(EndToEndClient client, TestApp vault) {
    return TestApp.object(
        "keys",
        client.wrappedKeys(
            "prod",
            client.holders(vault, "prod").stream()
                .filter(holder -> holder.get("holdsKey").booleanValue())
                .toList()));
  }

  /** The body that begins another rotation, which ends the one here. */
  Map<String, Object> rotationBody() {
    return rotationBody(client);
  }

  /** The body that sends keys for those who hold the present ones. */
  Map<String, Object> rotationKeys() {
    return rotationKeys(client, vault);
  }

  /** Text that somebody could decrypt. */
  String someCiphertext() {
    return ciphertextFor(client);
  }

  /** The body that gives the member a key of the vault. */
  Map<String, Object> keys() {
    return TestApp.object(
        "keys",
        client.wrappedKeys(
            "prod",
            client.holders(vault, "prod").stream()
                .filter(holder -> holder.get("accountId").stringValue().equals(member))
                .toList()));
  }

  String ownEnvironmentName() {
    return app.environments().keySet().stream()
        .filter(name -> name.startsWith("own-"))
        .findFirst()
        .orElseThrow();
  }

  /** All that its owner sees. */
  List<String> state() {
    TestCaller owner = organisation.owner();
    return List.of(
        owner.get("/v1/apps/").is(200).text(),
        owner.get("/v1/environments/?app_id=" + app.id()).is(200).text(),
        owner.get(app.secrets()).is(200).text(),
        owner.get(app.secrets(ownEnvironmentName())).is(200).text(),
        owner.get("/v1/end-to-end/environments/?app_id=" + vault.id()).is(200).text(),
        owner.get(EndToEndClient.encryptionOf(vault)).is(200).text(),
        client.holders(vault, "prod").toString(),
        owner.get("/v1/lockbox/").is(200).text(),
        owner.get("/v1/members/").is(200).text(),
        owner.get("/v1/members/" + member + "/access/").is(200).text(),
        owner.get("/v1/members/invites/").is(200).text(),
        owner.get("/v1/roles/").is(200).text(),
        owner.get("/v1/service-accounts/").is(200).text(),
        owner.get("/v1/service-accounts/" + account + "/").is(200).text(),
        owner.get("/v1/teams/").is(200).text(),
        owner.get("/v1/teams/" + team + "/").is(200).text(),
        owner.get("/v1/network-policies/").is(200).text());
  }

  /** Deletes everything, as its owner would. */
  void delete() {
    for (String path :
        List.of(
            "/v1/tokens/" + ownerToken,
            "/v1/members/" + member + "/tokens/" + memberToken,
            "/v1/service-accounts/" + account + "/tokens/" + accountToken,
            "/v1/teams/" + team,
            "/v1/network-policies/" + policy,
            "/v1/members/invites/" + invite,
            "/v1/members/" + member,
            "/v1/service-accounts/" + account,
            "/v1/roles/" + role,
            "/v1/lockbox/" + lockbox,
            "/v1/end-to-end/apps/" + vault.id(),
            "/v1/apps/" + app.id())) {
      organisation.owner().delete(path + "/").is(204);
    }
  }

  @Override
  public String toString() {
    return "World of " + organisation.id();
  }
}
