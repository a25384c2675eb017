package lockstep.server.security;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import lockstep.server.access.DefaultRole;
import lockstep.server.http.Json;
import lockstep.server.http.RawResponse;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCeremony;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bad input is the client's mistake, says so, and changes nothing. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class HostileInputContractTest extends OnBothDatabases {

  private static final String DEEP = "[".repeat(100_000);

  private World world;
  private TestApp app;
  private String secret;
  private List<String> before;

  @BeforeEach
  void createSomethingToLose() {
    world = World.in(organisation);
    app = organisation.app("app");
    secret =
        owner
            .post(
                app.secrets(),
                TestApp.body(object("path", "/a", "key", "K", "value", "v", "tags", List.of("t"))))
            .is(201)
            .id();
    before = state();
  }

  private List<String> state() {
    List<String> state = new ArrayList<>(world.state());
    state.add(owner.get("/v1/environments/?app_id=" + app.id()).is(200).text());
    app.environments().keySet().forEach(name -> state.add(owner.get(app.secrets(name)).text()));
    return state;
  }

  /** The routes that read a body, filled in, by their method and template. */
  private Map<String, String> writes() {
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
    return new EndToEndClient(owner);
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

  /** Opens what is shared, whatever the body. */
  private static final String READS_NO_BODY = "POST /lockbox/:id/";

  @Test
  void everyRouteThatReadsABodyIsTriedHere() {
    List<String> routes = new ArrayList<>();
    for (Route route : server.routes()) {
      for (String method : route.methods()) {
        boolean deletesByPath = method.equals("DELETE") && route.template().matches(".*:[a-z_]+/");
        boolean readsNone = route.template().equals("/logout/");
        if (!method.equals("GET") && !deletesByPath && !readsNone) {
          routes.add(method + " " + route.template());
        }
      }
    }
    assertThat(routes).contains(READS_NO_BODY);
    routes.remove(READS_NO_BODY);
    assertThat(writes().keySet()).containsExactlyInAnyOrderElementsOf(routes);
  }

  @Test
  void bytesThatAreNoRequestAreRefused() {
    List<byte[]> bodies = new ArrayList<>();
    for (String text :
        List.of(
            "",
            "{}",
            "{",
            "[",
            "nul",
            "[]",
            "\"\"",
            "0",
            "-",
            "1e999999999",
            DEEP,
            "{\"name\":" + DEEP,
            "{\"secrets\":" + DEEP,
            "{\"a\":".repeat(100_000),
            "{\"name\":1e999999999}",
            "{\"name\":" + "9".repeat(100_000) + "}",
            "{\"secrets\":" + "9".repeat(100_000) + "}",
            "{\"name\":\"\\u0000\",\"secrets\":[\"\\u0000\"]}",
            "{\"name\":\"\\uD800\",\"secrets\":[\"\\uD800\"]}",
            "{\"name\":\"a\",\"name\":\"b\",\"secrets\":[],\"secrets\":[]}",
            "{\"__proto__\":{\"name\":\"x\"}}",
            "{\"name\":{\"$ne\":1},\"secrets\":{\"$ne\":1}}",
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><x>&y;</x>",
            "name=x&secrets=y",
            "\u0000".repeat(1_000),
            "\uFEFF{\"name\":\"x\"}")) {
      bodies.add(text.getBytes(StandardCharsets.UTF_8));
    }
    bodies.add(new byte[] {(byte) 0xFF, (byte) 0xFE, '{', 0, '}', 0});
    bodies.add(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});
    bodies.add(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0});
    writes().forEach((route, path) -> bodies.forEach(body -> refused(route, path, body)));
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void valuesOfTheWrongKindAreRefusedInEveryField() {
    List<Object> wrong =
        List.of(
            0,
            -1,
            1.5,
            true,
            List.of(),
            List.of(1),
            List.of(List.of()),
            List.of(object()),
            object(),
            object("a", 1),
            object("toString", "x"));
    Map<String, List<Map<String, Object>>> legal = legalBodies();
    legal.forEach(
        (route, bodies) -> {
          for (Map<String, Object> body : bodies) {
            for (String field : body.keySet()) {
              for (Object value : wrong) {
                if (!isLegal(field, value)) {
                  refusedWith(route, with(body, field, value));
                }
              }
            }
          }
        });
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void valuesOfTheWrongKindAreRefusedInEveryFieldOfASecret() {
    Map<String, Object> created =
        object(
            "key",
            "NEW",
            "value",
            "v",
            "type",
            "secret",
            "comment",
            "c",
            "tags",
            List.of("t"),
            "path",
            "/p",
            "override",
            object("value", "o", "isActive", true));
    Map<String, Object> changed = with(created, "id", secret);
    for (String field : changed.keySet()) {
      for (Object value : List.of(0, -1, 1.5, true, List.of(1), object("a", 1), object())) {
        if (!field.equals("id")) {
          refusedWith("POST /v1/secrets/", TestApp.body(with(created, field, value)));
          refusedWith(
              "POST /v1/secrets/",
              TestApp.body(TestApp.secret("FIRST", "v"), with(created, field, value)));
        }
        refusedWith("PUT /v1/secrets/", TestApp.body(with(changed, field, value)));
      }
    }
    for (Object value : List.of(0, true, "", "x", List.of(), object(), object("id", secret))) {
      refusedWith("DELETE /v1/secrets/", TestApp.body(secret, value));
    }
    assertThat(state()).isEqualTo(before);
  }

  private static boolean isLegal(String field, Object value) {
    return switch (field) {
      case "environments" -> value instanceof List<?>;
      case "apps", "policy_ids" -> value.equals(List.of());
      case "is_global", "force", "sseEnabled" -> value instanceof Boolean;
      default -> false;
    };
  }

  /** Invites are accepted elsewhere: attempts at one are bounded. */
  private Map<String, List<Map<String, Object>>> legalBodies() {
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

  private static Map<String, Object> with(Map<String, Object> body, String field, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(body);
    changed.put(field, value);
    return changed;
  }

  @Test
  void hostileTextInAddressesIsUnknownOrRefused() {
    for (String text :
        List.of(
            "%27%20OR%201=1--",
            "%22",
            "%5C",
            "%0d%0aSet-Cookie:x=y",
            "%E2%80%AE",
            "%F0%9F%9A%80",
            "%25s%25n",
            "$%7Bjndi:ldap://x%7D",
            "*",
            "%25",
            "_",
            "a".repeat(4_000))) {
      for (Route route : server.routes()) {
        for (String method : route.methods()) {
          String path = route.template().replaceAll(":[a-z_]+", Matcher.quoteReplacement(text));
          for (String query : List.of("", "?app_id=" + text + "&env=" + text, "?env=" + text)) {
            RawResponse response = RawRequest.send(owner, method, path + query);
            assertThat(response.status())
                .as("%s %s: %s", method, path + query, response.body())
                .isLessThan(500);
            assertThat(response.header("Set-Cookie")).isEmpty();
          }
        }
      }
      for (String parameter : List.of("env", "path", "key", "tags", "lease_ttl")) {
        String base = parameter.equals("env") ? "/v1/secrets/?app_id=" + app.id() : app.secrets();
        assertThat(RawRequest.send(owner, "GET", base + "&" + parameter + "=" + text).status())
            .isIn(200, 400, 404);
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  private void refusedWith(String route, Map<String, Object> body) {
    refused(route, writes().get(route), Json.write(body));
  }

  private void refused(String route, @Nullable String path, byte[] body) {
    String method = route.substring(0, route.indexOf(' '));
    RawResponse response = RawRequest.send(owner, method, String.valueOf(path), body);
    assertThat(response.status())
        .as(
            "%s %s: %s",
            route,
            new String(body, 0, Math.min(body.length, 300), StandardCharsets.UTF_8),
            response.body())
        .isIn(400, 404);
    assertThat(response.body()).startsWith("{\"error\":\"");
  }
}
