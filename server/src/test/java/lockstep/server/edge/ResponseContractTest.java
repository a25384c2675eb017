package lockstep.server.edge;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.server.http.RawResponse;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What all responses have in common. */
@ContractTest
final class ResponseContractTest extends OnBothDatabases {

  private static final String TIMESTAMP =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z";
  private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  @Test
  void everyBodyIsJsonAndSaysSo() {
    TestApp app = organisation.app("app");
    for (TestResponse response : answers(app)) {
      assertThat(response.headers().allValues("Content-Type"))
          .as(response.text())
          .containsExactly("application/json");
      assertThat(response.json().isContainer()).isTrue();
    }
  }

  @Test
  void errorsAreObjectsWithOneTextCalledError() {
    TestApp app = organisation.app("app");
    for (TestResponse response : answers(app)) {
      if (response.status() >= 400) {
        assertThat(response.json().get("error").isString()).isTrue();
        assertThat(response.json().size()).isEqualTo(1);
      }
    }
  }

  @Test
  void namesAreCamelCaseIdsLowerCaseAndTimesHaveMicroseconds() {
    TestApp app = organisation.app("app");
    for (TestResponse response : answers(app)) {
      checkMembers(response.json());
    }
  }

  private static void checkMembers(JsonNode node) {
    node.forEach(ResponseContractTest::checkMembers);
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String name = member.getKey();
      JsonNode value = member.getValue();
      assertThat(name).matches("[a-z]+([A-Z][a-z]*)*");
      if (name.endsWith("At")) {
        assertThat(value.stringValue()).matches(TIMESTAMP);
      }
      if (name.equals("id")) {
        assertThat(value.stringValue()).matches(ID);
      }
    }
  }

  @Test
  void collectionsAreWrappedInDataExceptForSecrets() {
    TestApp app = organisation.app("app");
    assertThat(owner.get("/v1/apps/").json().propertyNames()).containsExactly("data");
    assertThat(owner.get("/v1/environments/?app_id=" + app.id()).json().propertyNames())
        .containsExactly("data");
    assertThat(owner.get(app.secrets()).json().isArray()).isTrue();
  }

  @Test
  void noContentHasNoBodyAndNoType() {
    TestApp app = organisation.app("app");
    RawResponse response = RawRequest.send(owner, "DELETE", "/v1/apps/" + app.id() + "/");
    assertThat(response.status()).isEqualTo(204);
    assertThat(response.reason()).isEqualTo("No Content");
    assertThat(response.header("Content-Type")).isEmpty();
    assertThat(response.header("Content-Length").orElse("0")).isEqualTo("0");
    assertThat(response.header("Transfer-Encoding")).isEmpty();
  }

  @Test
  void theStatusLineHasTheStandardPhrase() {
    TestApp app = organisation.app("app");
    byte[] taken = "{\"name\":\"Staging\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    String list = "/v1/environments/?app_id=" + app.id();
    Map<RawResponse, String> expected = new LinkedHashMap<>();
    expected.put(RawRequest.send(owner, "GET", "/v1/apps/"), "200 OK");
    expected.put(
        RawRequest.send(
            owner,
            "POST",
            list,
            "{\"name\":\"new\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        "201 Created");
    expected.put(RawRequest.send(owner, "POST", list), "400 Bad Request");
    expected.put(
        RawRequest.send(TestCaller.anonymous(server.uri()), "GET", list), "401 Unauthorized");
    expected.put(RawRequest.send(owner, "GET", "/v1/environments/"), "403 Forbidden");
    expected.put(RawRequest.send(owner, "GET", "/v1/apps/x/"), "404 Not Found");
    expected.put(RawRequest.send(owner, "POST", list, taken), "409 Conflict");
    expected.forEach(
        (response, line) ->
            assertThat(response.status() + " " + response.reason()).isEqualTo(line));
  }

  @Test
  void noResponseMayBeCached() {
    TestApp app = organisation.app("app");
    for (TestResponse response : answers(app)) {
      assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
  }

  /** One of each kind that has a body. */
  private List<TestResponse> answers(TestApp app) {
    List<TestResponse> answers = new ArrayList<>();
    answers.add(owner.get("/"));
    answers.add(owner.get("/health/"));
    answers.add(owner.get("/v1/apps/"));
    answers.add(owner.post("/v1/apps/", object("name", "n")));
    answers.add(owner.get("/v1/apps/" + app.id() + "/"));
    answers.add(owner.get("/v1/environments/?app_id=" + app.id()));
    answers.add(owner.get("/v1/environments/" + app.environment("Staging") + "/"));
    answers.add(
        owner.post(
            app.secrets(),
            TestApp.body(
                object(
                    "key",
                    "K",
                    "value",
                    "v",
                    "path",
                    "/a",
                    "tags",
                    List.of("t"),
                    "override",
                    object("value", "o", "isActive", true)))));
    answers.add(owner.get(app.secrets()));
    answers.add(owner.get("/nowhere/"));
    answers.add(owner.get("/v1/environments/"));
    answers.add(owner.get("/v1/apps/x/"));
    answers.add(owner.post("/v1/apps/", object()));
    answers.add(owner.post(app.secrets(), TestApp.body(object("key", "K", "value", "v"))));
    answers.add(owner.sendText("PATCH", "/v1/apps/", ""));
    answers.add(TestCaller.anonymous(server.uri()).get("/v1/apps/"));
    return answers;
  }
}
