package lockstep.server.security;

import static lockstep.server.testing.TestApp.object;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCeremony;
import lockstep.server.testing.TestOrganisation;

/**
 * What the routes that read a body are sent, by their method and template.
 *
 * @param app another one than that of the world
 * @param secret in its Development
 */
record Writes(TestOrganisation organisation, World world, TestApp app, String secret) {

  /** Where they are, with ids of what there is. */
  Map<String, String> addresses() {
    Map<String, String> writes = new LinkedHashMap<>();
    writes.put("POST /v1/apps/", "/v1/apps/");
    writes.put("PUT /v1/apps/:id/", "/v1/apps/" + app.id() + "/");
    writes.put("POST /v1/environments/", "/v1/environments/?app_id=" + app.id());
    writes.put("PUT /v1/environments/:id/", "/v1/environments/" + app.environment("Staging") + "/");
    writes.put("POST /v1/secrets/", app.secrets());
    writes.put("PUT /v1/secrets/", app.secrets());
    writes.put("DELETE /v1/secrets/", app.secrets());
    String restoring = "/v1/secrets/" + secret + "/restore/";
    writes.put("POST /v1/secrets/:id/restore/", app.secrets().replace("/v1/secrets/", restoring));
    String rollback = "/v1/environments/:id/history/rollback/";
    writes.put("POST " + rollback, rollback.replace(":id", app.environment("Development")));
    String encrypted = "/service/secrets/?app_id=" + app.id() + "&env=Development";
    for (String method : List.of("POST", "PUT", "DELETE")) {
      writes.put(method + " /secrets/", encrypted);
    }
    writes.put("POST /v1/end-to-end/apps/", "/v1/end-to-end/apps/");
    String vault = "/v1/end-to-end/apps/" + world.vault().id() + "/";
    writes.put("PUT /v1/end-to-end/apps/:id/", vault);
    writes.put("PUT /v1/end-to-end/apps/:id/encryption/", vault + "encryption/");
    String environments = "/v1/end-to-end/environments/";
    writes.put("POST " + environments, environments + "?app_id=" + world.vault().id());
    String environment = environments + world.vault().environment("prod") + "/";
    writes.put("PUT " + environments + ":id/", environment);
    writes.put("POST " + environments + ":id/keys/", environment + "keys/");
    String rotations = environments + ":id/rotations/";
    String rotation = environment + "rotations/" + world.rotation() + "/";
    // Before another one is begun, which ends it.
    writes.put("PUT " + rotations + ":rotation_id/", rotation);
    writes.put("POST " + rotations, environment + "rotations/");
    for (String route :
        List.of(
            "POST /v1/lockbox/",
            "PUT /v1/members/:id/",
            "PUT /v1/members/:id/access/",
            "PUT /v1/members/:id/network-policies/",
            "POST /v1/members/invites/",
            "POST /v1/invites/:id/accept/",
            "POST /v1/roles/",
            "PUT /v1/roles/:id/",
            "POST /v1/service-accounts/",
            "PUT /v1/service-accounts/:id/",
            "PUT /v1/service-accounts/:id/access/",
            "PUT /v1/service-accounts/:id/network-policies/",
            "POST /v1/service-accounts/:id/tokens/",
            "POST /v1/teams/",
            "PUT /v1/teams/:id/",
            "PUT /v1/teams/:id/access/",
            "POST /v1/teams/:id/members/",
            "POST /v1/network-policies/",
            "PUT /v1/network-policies/:id/",
            "POST /v1/tokens/",
            "POST /v1/account/keyring/",
            "PUT /v1/account/password/",
            "PUT /v1/account/recovery/",
            "POST /v1/organisation/transfer-ownership/")) {
      String template = route.substring(route.indexOf(' ') + 1);
      writes.put(route, template.replace(":id", idIn(template)));
    }
    return writes;
  }

  /** One whose keys of new environments nobody needs. */
  private EndToEndClient client() {
    return new EndToEndClient(organisation.owner());
  }

  private String idIn(String template) {
    return switch (template.split("/", -1)[2]) {
      case "members" -> world.member();
      case "invites" -> world.invite();
      case "roles" -> world.role();
      case "service-accounts" -> world.account();
      case "teams" -> world.team();
      case "network-policies" -> world.policy();
      default -> "";
    };
  }

  /**
   * Bodies that nothing is wrong with. Invites are accepted elsewhere: attempts at one are bounded.
   */
  Map<String, List<Map<String, Object>>> legalBodies() {
    Map<String, List<Map<String, Object>>> legal = new LinkedHashMap<>();
    legal.put(
        "POST /v1/apps/",
        List.of(object("name", "n", "description", "d", "environments", List.of("dev"))));
    legal.put("PUT /v1/apps/:id/", List.of(object("name", "n", "description", "d")));
    legal.put("POST /v1/environments/", List.of(object("name", "n")));
    legal.put("PUT /v1/environments/:id/", List.of(object("name", "n")));
    legal.put("POST /v1/secrets/", List.of(TestApp.body(TestApp.secret("NEW", "v"))));
    legal.put("PUT /v1/secrets/", List.of(TestApp.body(object("id", secret, "value", "w"))));
    legal.put("DELETE /v1/secrets/", List.of(TestApp.body(secret)));
    legal.put("POST /v1/secrets/:id/restore/", List.of(object("version", 1)));
    legal.put(
        "POST /v1/environments/:id/history/rollback/",
        List.of(object("at", "2026-02-03T04:05:06Z")));
    legal.put("POST /v1/end-to-end/apps/", List.of(client().appBody("n", "prod")));
    legal.put("PUT /v1/end-to-end/apps/:id/", List.of(object("name", "n", "description", "d")));
    legal.put(
        "PUT /v1/end-to-end/apps/:id/encryption/",
        List.of(world.client().serverKeys(world.vault())));
    legal.put(
        "POST /v1/end-to-end/environments/",
        List.of(with(client().environmentBody(world.vault(), "n"), "envType", "dev")));
    legal.put("PUT /v1/end-to-end/environments/:id/", List.of(object("name", "n")));
    legal.put("POST /v1/end-to-end/environments/:id/keys/", List.of(world.keys()));
    legal.put(
        "PUT /v1/end-to-end/environments/:id/rotations/:rotation_id/",
        List.of(world.rotationKeys()));
    legal.put("POST /v1/end-to-end/environments/:id/rotations/", List.of(world.rotationBody()));
    legal.put(
        "POST /v1/lockbox/",
        List.of(
            object(
                "data",
                object("data", world.someCiphertext()),
                "expiry",
                System.currentTimeMillis() + 60_000,
                "allowedViews",
                1)));
    String role = organisation.role(DefaultRole.DEVELOPER).toString();
    Map<String, Object> access =
        object(
            "apps",
            List.of(
                object("id", app.id(), "environments", List.of(app.environment("Development")))));
    Map<String, Object> policies = object("policy_ids", List.of(world.policy()), "force", false);
    Map<String, Object> permissions = object("permissions", object(), "app_permissions", object());
    legal.put("PUT /v1/members/:id/", List.of(object("role_id", role)));
    legal.put("PUT /v1/members/:id/access/", List.of(access));
    legal.put("PUT /v1/members/:id/network-policies/", List.of(policies));
    legal.put(
        "POST /v1/members/invites/", List.of(object("email", "a@acme.test", "role_id", role)));
    legal.put(
        "POST /v1/roles/",
        List.of(
            object(
                "name", "n", "permissions", permissions, "description", "d", "color", "#abcdef")));
    legal.put(
        "PUT /v1/roles/:id/",
        List.of(
            object(
                "name", "n", "permissions", permissions, "description", "d", "color", "#abcdef")));
    legal.put(
        "POST /v1/service-accounts/",
        List.of(
            object("name", "n", "token_name", "t", "role_id", role),
            object("name", "n", "role_id", role, "team_id", world.team())));
    legal.put("PUT /v1/service-accounts/:id/", List.of(object("name", "n", "role_id", role)));
    legal.put("PUT /v1/service-accounts/:id/access/", List.of(access));
    legal.put("PUT /v1/service-accounts/:id/network-policies/", List.of(policies));
    legal.put(
        "POST /v1/service-accounts/:id/tokens/",
        List.of(
            object("name", "n", "expires_at", "2999-01-01T00:00:00Z"),
            object("name", "n", "expires_in", 60)));
    Map<String, Object> team =
        object(
            "name",
            "n",
            "description",
            "d",
            "member_role_id",
            role,
            "service_account_role_id",
            role);
    legal.put("POST /v1/teams/", List.of(team));
    legal.put("PUT /v1/teams/:id/", List.of(team));
    legal.put("PUT /v1/teams/:id/access/", List.of(access));
    legal.put(
        "POST /v1/teams/:id/members/",
        List.of(object("member_ids", List.of(world.member()), "member_type", "user")));
    Map<String, Object> policy =
        object(
            "name", "n", "allowed_ips", List.of("192.0.2.1"), "is_global", false, "force", false);
    legal.put("POST /v1/network-policies/", List.of(policy));
    legal.put("PUT /v1/network-policies/:id/", List.of(policy));
    legal.put("POST /v1/tokens/", List.of(TestCeremony.perform().tokenBody()));
    Map<String, Object> password =
        object(
            "newAuthHash", TestCeremony.hex(32),
            "wrappedKeyring", TestCeremony.wrappedKeyring(),
            "wrappedRecovery", TestCeremony.wrappedRecovery());
    legal.put("POST /v1/account/keyring/", List.of(object("authHash", TestCeremony.hex(32))));
    legal.put(
        "PUT /v1/account/password/",
        List.of(with(password, "currentAuthHash", TestCeremony.hex(32))));
    legal.put(
        "PUT /v1/account/recovery/",
        List.of(
            with(
                with(
                    with(password, "identityKey", TestCeremony.perform().identityKey()),
                    "signedAt",
                    System.currentTimeMillis()),
                "signature",
                TestCeremony.hex(64))));
    legal.put(
        "POST /v1/organisation/transfer-ownership/", List.of(object("member_id", world.member())));
    return legal;
  }

  /** The same body but for one field. */
  static Map<String, Object> with(Map<String, Object> body, String field, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(body);
    changed.put(field, value);
    return changed;
  }
}
