package lockstep.server.security;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import lockstep.server.http.Json;
import lockstep.server.http.RawResponse;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.Sample;
import lockstep.server.testing.TestApp;
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
  private Writes writes;

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
    writes = new Writes(organisation, world, app, secret);
  }

  private List<String> state() {
    List<String> state = new ArrayList<>(world.state());
    state.add(owner.get("/v1/environments/?app_id=" + app.id()).is(200).text());
    app.environments().keySet().forEach(name -> state.add(owner.get(app.secrets(name)).text()));
    return state;
  }

  /** Do what they do whatever the body. */
  private static final Set<String> READ_NO_BODY =
      Set.of(
          "POST /lockbox/:id/",
          "POST /v1/environments/:id/rotate-keys/",
          "POST /v1/end-to-end/environments/:id/rotations/:rotation_id/");

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
    assertThat(routes).containsAll(READ_NO_BODY);
    routes.removeAll(READ_NO_BODY);
    assertThat(writes.addresses().keySet()).containsExactlyInAnyOrderElementsOf(routes);
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
    Sample sample = Sample.oneOf(4, backend);
    writes
        .addresses()
        .forEach(
            (route, path) ->
                bodies.forEach(
                    body -> {
                      if (sample.takesNext()) {
                        refused(route, path, body);
                      }
                    }));
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
    Sample sample = Sample.oneOf(4, backend);
    Map<String, List<Map<String, Object>>> legal = writes.legalBodies();
    legal.forEach(
        (route, bodies) -> {
          for (Map<String, Object> body : bodies) {
            for (String field : body.keySet()) {
              for (Object value : wrong) {
                if (!isLegal(field, value) && sample.takesNext()) {
                  refusedWith(route, Writes.with(body, field, value));
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
    Map<String, Object> changed = Writes.with(created, "id", secret);
    for (String field : changed.keySet()) {
      for (Object value : List.of(0, -1, 1.5, true, List.of(1), object("a", 1), object())) {
        if (!field.equals("id")) {
          refusedWith("POST /v1/secrets/", TestApp.body(Writes.with(created, field, value)));
          refusedWith(
              "POST /v1/secrets/",
              TestApp.body(TestApp.secret("FIRST", "v"), Writes.with(created, field, value)));
        }
        refusedWith("PUT /v1/secrets/", TestApp.body(Writes.with(changed, field, value)));
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

  @Test
  void hostileTextInAddressesIsUnknownOrRefused() {
    Sample sample = Sample.oneOf(2);
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
            if (!sample.takesNext()) {
              continue;
            }
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
    refused(route, writes.addresses().get(route), Json.write(body));
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
