package lockstep.server.edge;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.http.RawResponse;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/** How queries and bodies are read. */
@ContractTest
final class RequestContractTest extends OnBothDatabases {

  private static final String INVALID_JSON = "Request body must be valid JSON.";
  private static final String NO_OBJECT = "Request body must be a JSON object.";
  private static final String NULL_BYTES = "Null bytes are not allowed.";

  @Test
  void queryNamesAreSnakeCaseOrCamelCaseAndNothingElse() {
    TestApp app = organisation.app("app");
    for (String name : List.of("app_id", "appId", "app%5Fid")) {
      owner.get("/v1/environments/?" + name + "=" + app.id()).is(200);
      owner.get("/v1/secrets/?" + name + "=" + app.id() + "&env=Staging").is(200);
    }
    for (String name : List.of("APP_ID", "appid", "AppId", "app-id", "app_Id")) {
      owner
          .get("/v1/environments/?" + name + "=" + app.id())
          .isError(403, "Could not resolve app from request.");
    }
  }

  @Test
  void ofRepeatedParametersTheLastCountsWhicheverWayItIsSpelt() {
    TestApp app = organisation.app("app");
    String other = UUID.randomUUID().toString();
    owner.get("/v1/environments/?app_id=" + other + "&app_id=" + app.id()).is(200);
    owner.get("/v1/environments/?app_id=" + other + "&appId=" + app.id()).is(200);
    owner.get("/v1/environments/?appId=" + other + "&app_id=" + app.id()).is(200);
    owner
        .get("/v1/environments/?app_id=" + app.id() + "&appId=" + other)
        .isError(404, "App with ID " + other + " not found");
  }

  @Test
  void anEmptyParameterIsNotSupplied() {
    TestApp app = organisation.app("app");
    String contextRequired =
        "Environment context required. Supply `app_id` and `env` as query parameters.";
    owner.get("/v1/environments/?app_id=").isError(403, "Could not resolve app from request.");
    owner.get("/v1/environments/?app_id").isError(403, "Could not resolve app from request.");
    owner.get("/v1/secrets/?app_id=" + app.id() + "&env=").isError(403, contextRequired);
    owner.get("/v1/secrets/?app_id=&env=Staging").isError(403, contextRequired);
    owner.get("/v1/environments/" + app.environment("Staging") + "/?app_id=").is(200);
    owner.get("/v1/environments/?&&app_id=" + app.id() + "&").is(200);
  }

  @Test
  void theEnvironmentIsNamedInAnyCase() {
    TestApp app = organisation.app("app");
    owner.post(app.secrets("Staging"), TestApp.body(TestApp.secret("K", "v"))).is(201);
    for (String name : List.of("Staging", "staging", "STAGING", "sTAGING")) {
      assertThat(owner.get(app.secrets(name)).is(200).each("value")).containsExactly("v");
    }
  }

  @Test
  void queriesThatCannotBeDecodedAreRefusedWhereverTheyAreSent() {
    TestApp app = organisation.app("app");
    for (String path :
        List.of(
            "/v1/apps/",
            "/v1/apps/" + app.id() + "/",
            "/v1/environments/",
            "/v1/secrets/",
            "/health/")) {
      for (String query :
          List.of("app_id=%zz", "x=%", "x=%f", "x=%ff", "%c0%80=1", "x=%ed%a0%80")) {
        assertThat(RawRequest.send(owner, "GET", path + "?" + query).summary())
            .as("%s?%s", path, query)
            .isEqualTo("400 {\"error\":\"Invalid query string.\"}");
      }
      for (String query : List.of("app_id=%00", "x=a%00b", "%00=1")) {
        assertThat(RawRequest.send(owner, "GET", path + "?" + query).summary())
            .as("%s?%s", path, query)
            .isEqualTo("400 {\"error\":\"" + NULL_BYTES + "\"}");
      }
    }
  }

  @Test
  void organisationRoutesIgnoreContextAndAllRoutesIgnoreTheHeadersOfTheClientProtocol() {
    TestApp app = organisation.app("app");
    owner.get("/v1/apps/?app_id=nonsense&env=nonsense").is(200);
    owner.post("/v1/apps/?app_id=nonsense&env=x", object("name", "n")).is(201);
    TestCaller client =
        owner
            .with("Environment", app.environment("Staging"))
            .with("Secret-Id", UUID.randomUUID().toString());
    client
        .get("/v1/secrets/")
        .isError(
            403, "Environment context required. Supply `app_id` and `env` as query parameters.");
    client.get("/v1/environments/").isError(403, "Could not resolve app from request.");
    client.get(app.secrets("Production")).is(200);
  }

  @Test
  void nullIsTheSameAsNotSupplied() {
    owner
        .sendText("POST", "/v1/apps/", "{\"name\":null}")
        .isError(400, "Missing required field: name");
    TestResponse created =
        owner
            .sendText(
                "POST", "/v1/apps/", "{\"name\":\"n\",\"description\":null,\"environments\":null}")
            .is(201);
    assertThat(created.json().get("environments").size()).isEqualTo(3);
    String path = "/v1/apps/" + created.id() + "/";
    owner.sendText("PUT", path, "{\"name\":null,\"description\":\"d\"}").is(200);
    owner.sendText("PUT", path, "{\"name\":\"m\",\"description\":null}").is(200);
    assertThat(owner.get(path).json().get("name").stringValue()).isEqualTo("m");
    assertThat(owner.get(path).json().get("description").stringValue()).isEqualTo("d");
    owner
        .sendText("PUT", path, "{\"name\":null,\"description\":null}")
        .isError(400, "At least one of 'name' or 'description' must be provided.");
  }

  @Test
  void unknownAndReadOnlyFieldsAreIgnored() {
    String id = UUID.randomUUID().toString();
    TestResponse created =
        owner
            .post(
                "/v1/apps/",
                object(
                    "name",
                    "n",
                    "id",
                    id,
                    "sseEnabled",
                    false,
                    "createdAt",
                    7,
                    "x",
                    List.of(),
                    "",
                    object("name", "m")))
            .is(201);
    assertThat(created.id()).isNotEqualTo(id);
    assertThat(created.json().get("name").stringValue()).isEqualTo("n");
    assertThat(created.json().get("sseEnabled").booleanValue()).isTrue();
  }

  @Test
  void fieldNamesAreCaseSensitive() {
    owner.post("/v1/apps/", object("Name", "n")).isError(400, "Missing required field: name");
  }

  @Test
  void theContentTypeDoesNotMatter() {
    for (String type : List.of("text/plain", "application/xml", "nonsense", "application/json;x")) {
      owner.with("Content-Type", type).post("/v1/apps/", object("name", "n")).is(201);
    }
  }

  @Test
  void bodiesOfReadsAndOfDeletionsByPathAreIgnored() {
    TestApp app = organisation.app("app");
    String path = "/v1/environments/" + app.environment("Staging") + "/";
    owner.sendText("GET", path, "{nonsense").is(200);
    owner.sendText("GET", app.secrets(), "[]").is(200);
    owner.sendText("DELETE", path, "{nonsense").is(204);
    owner.sendText("DELETE", "/v1/apps/" + app.id() + "/", "\0").is(204);
  }

  @Test
  void anEmptyBodyIsAnEmptyObjectExceptForSecrets() {
    TestApp app = organisation.app("app");
    String environment = app.environment("Staging");
    owner.sendText("POST", "/v1/apps/", "").isError(400, "Missing required field: name");
    owner
        .sendText("PUT", "/v1/apps/" + app.id() + "/", "")
        .isError(400, "At least one of 'name' or 'description' must be provided.");
    owner
        .sendText("POST", "/v1/environments/?app_id=" + app.id(), "")
        .isError(400, "Missing required field: name");
    owner
        .sendText("PUT", "/v1/environments/" + environment + "/", "")
        .isError(400, "Missing required field: name");
    for (String method : List.of("POST", "PUT", "DELETE")) {
      owner.sendText(method, app.secrets(), "").isError(400, "Request body is required.");
    }
  }

  @Test
  void everyRouteThatReadsABodyRefusesWhatIsNoJsonObject() {
    TestApp app = organisation.app("app");
    List<byte[]> invalid = new ArrayList<>();
    for (String text :
        List.of(
            "{",
            "nonsense",
            " ",
            "{\"name\":\"n\"}x",
            "{\"name\":\"n\"}{}",
            "{\"name\":\"n\",}",
            "{'name':'n'}",
            "{name:1}",
            "{\"name\":NaN}",
            "{\"name\":Infinity}",
            "{\"name\":-Infinity}",
            "{\"name\":01}",
            "{\"name\":\"n\",\"name\":\"m\"}",
            "{\"name\":\"\\ud800\"}",
            "{\"name\":\"\\udc00\\ud800\"}",
            "{\"\\ud800\":1}",
            "{\"name\":\"\n\"}",
            "// c\n{}",
            "\uFEFF{}",
            nested(65))) {
      invalid.add(text.getBytes(StandardCharsets.UTF_8));
    }
    invalid.add("{\"name\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
    invalid.add("{\"name\":\"n\"}".getBytes(StandardCharsets.UTF_16));
    invalid.add(new byte[] {'{', (byte) 0xC0, (byte) 0x80, '}'});
    Map<String, List<byte[]>> bodies = new LinkedHashMap<>();
    bodies.put(INVALID_JSON, invalid);
    bodies.put(NO_OBJECT, utf8("[]", "null", "1", "\"x\"", "true", "[{\"name\":\"n\"}]"));
    bodies.put(
        NULL_BYTES,
        utf8("{\"name\":\"a\\u0000\"}", "{\"x\":[{\"y\":\"\\u0000\"}]}", "{\"\\u0000\":1}"));
    Map<String, String> routes = new LinkedHashMap<>();
    routes.put("/v1/apps/", "POST");
    routes.put("/v1/apps/" + app.id() + "/", "PUT");
    routes.put("/v1/environments/?app_id=" + app.id(), "POST");
    routes.put("/v1/environments/" + app.environment("Staging") + "/", "PUT");
    routes.put(app.secrets(), "POST");
    routes.put(app.secrets("Staging"), "PUT");
    routes.put(app.secrets("Production"), "DELETE");

    routes.forEach(
        (path, method) ->
            bodies.forEach(
                (error, wrong) -> {
                  for (byte[] body : wrong) {
                    assertThat(RawRequest.send(owner, method, path, body).summary())
                        .as("%s %s %s", method, path, new String(body, StandardCharsets.UTF_8))
                        .isEqualTo("400 {\"error\":\"" + error + "\"}");
                  }
                }));
  }

  private static List<byte[]> utf8(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  @Test
  void nestingOf64LevelsIsStillRead() {
    owner.sendText("POST", "/v1/apps/", nested(64)).isError(400, "Missing required field: name");
  }

  /** An object in which this many brackets are open at once. */
  private static String nested(int levels) {
    return "{\"x\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
  }

  @Test
  void wrongTypesAreNamed() {
    for (Object wrong : List.of(1, 1.5, true, List.of("n"), object("a", "b"), List.of())) {
      owner.post("/v1/apps/", object("name", wrong)).isError(400, "'name' must be a string.");
      owner
          .post("/v1/apps/", object("name", "n", "description", wrong))
          .isError(400, "'description' must be a string.");
    }
  }

  @Test
  void textOfAllLanguagesComesBackAsItWasSent() {
    for (String name :
        List.of(
            "żółć", "日本語", "\uD83D\uDE80\uD83C\uDFFD", "e\u0301", "é", "\u202Eabc", "a\u200Db")) {
      String id = owner.post("/v1/apps/", object("name", name)).is(201).id();
      assertThat(owner.get("/v1/apps/" + id + "/").json().get("name").stringValue())
          .isEqualTo(name);
    }
  }

  @Test
  void namesAndDescriptionsAreCleaned() {
    Map<String, String> cleaned = new LinkedHashMap<>();
    cleaned.put("  n\t\n", "n");
    cleaned.put("<b>bold</b>", "bold");
    cleaned.put("<<b>script>alert(1)<</b>/script>", "alert(1)");
    cleaned.put("1 < 2", "1 < 2");
    cleaned.put("a <3 b", "a <3 b");
    cleaned.put("a\u0001b\u007Fc\u0085d\u001Fe", "abcde");
    cleaned.put("a\tb\nc", "a\tb\nc");
    cleaned.put("<img src=x onerror=y>z", "z");
    cleaned.put("\u0007 x \u0007", "x");
    cleaned.forEach(
        (sent, kept) -> {
          TestResponse created =
              owner.post("/v1/apps/", object("name", sent, "description", sent)).is(201);
          assertThat(created.json().get("name").stringValue()).isEqualTo(kept);
          assertThat(created.json().get("description").stringValue()).isEqualTo(kept);
        });
    for (String nothing : List.of("", " ", "<b></b>", "\u0001", " <i> ", "\u00A0")) {
      owner.post("/v1/apps/", object("name", nothing)).isError(400, "Missing required field: name");
    }
  }

  @Test
  void echoedInputIsCutTo200Characters() {
    TestApp app = organisation.app("app");
    String rocket = "\uD83D\uDE80";
    owner
        .get("/v1/apps/" + "x".repeat(200) + "/")
        .isError(404, "App with ID " + "x".repeat(200) + " not found");
    owner
        .get("/v1/apps/" + "x".repeat(201) + "/")
        .isError(404, "App with ID " + "x".repeat(200) + "… not found");
    owner
        .get("/v1/environments/?app_id=" + "x".repeat(300))
        .isError(404, "App with ID " + "x".repeat(200) + "… not found");
    owner
        .get(app.secrets(rocket.repeat(201)))
        .isError(404, "Environment '" + rocket.repeat(200) + "…' not found in App " + app.id());
    RawResponse response = RawRequest.send(owner, "M".repeat(300), "/health/");
    assertThat(response.body())
        .isEqualTo("{\"error\":\"Method \\\"" + "M".repeat(200) + "…\\\" not allowed.\"}");
  }
}
