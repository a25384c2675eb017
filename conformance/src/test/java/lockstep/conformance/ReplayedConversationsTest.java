package lockstep.conformance;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import lockstep.server.http.Json;
import lockstep.server.http.RawClient;
import lockstep.server.http.RawResponse;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients that cannot be had here (Go SDK and the command line on it, Kubernetes operator,
 * Terraform provider, Node SDK 3.0.0): their requests, written to a socket with the headers, in the
 * spelling and order that these clients use, and what they need of the answers.
 */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ReplayedConversationsTest extends OnBothDatabases {

  private static final JsonMapper JSON = new JsonMapper();

  private TestApp app;
  private String environment;
  private String bearer;
  private TestClient keys;

  @BeforeEach
  void openEnvironment() {
    app = organisation.app("app");
    environment = app.environment("Development");
    bearer = Objects.requireNonNull(owner.headers().get("Authorization"));
    keys = TestClient.open(owner, organisation.token(owner), environment);
  }

  @Test
  void goSdkReadsWithDynamicHeadersAndFindsWhatItNeeds() {
    owner.post(app.secrets(), body(secret("/folder", "A", "1"))).is(201);

    JsonNode session = json(go("GET", "/service/secrets/tokens/", "", ""));
    JsonNode rows =
        json(
            go(
                "GET",
                "/service/secrets/",
                "Dynamic: true\r\nEnvironment: %s\r\nLease: true\r\nLease-Ttl: 3600\r\nPath: /folder\r\n"
                    .formatted(environment),
                ""));

    JsonNode key = session.at("/apps/0/environment_keys/0");
    assertThat(session.get("wrapped_key_share").stringValue()).hasSize(208);
    assertThat(session.get("user_id").stringValue()).isNotEmpty();
    assertThat(key.get("identity_key").stringValue()).hasSize(64);
    assertThat(key.at("/environment/env_type").stringValue()).as("shortest").isEqualTo("STAGING");
    assertThat(rows).hasSize(1);
    assertThat(keys.decrypt(rows.get(0), "key")).isEqualTo("A");
    assertThat(rows.get(0).has("key_digest")).isTrue();
    assertThat(rows.get(0).get("path").stringValue()).isEqualTo("/folder");
  }

  @Test
  void goSdkWritesAndTakesNothingBut200WithoutABody() {
    String headers = "Content-Type: application/json\r\nEnvironment: " + environment + "\r\n";

    RawResponse created =
        go("POST", "/service/secrets/", headers, write(item("A", "1", "override", null)));
    String id = owner.get(app.secrets()).is(200).id();
    RawResponse updated = go("PUT", "/service/secrets/", headers, write(item("A", "2", "id", id)));
    String value = owner.get(app.secrets()).is(200).each("value").getFirst();
    RawResponse deleted =
        go("DELETE", "/service/secrets/", headers, write(Map.of("secrets", List.of(id))));

    assertThat(List.of(created.summary(), updated.summary(), deleted.summary()))
        .containsOnly("200 ");
    assertThat(value).isEqualTo("2");
    assertThat(owner.get(app.secrets()).is(200).json()).isEmpty();
  }

  @Test
  void goSdkSendsPathsInUtf8() {
    owner.post(app.secrets(), body(secret("/größe", "A", "1"))).is(201);

    JsonNode rows =
        json(
            go(
                "GET",
                "/service/secrets/",
                "Environment: " + environment + "\r\nPath: /größe\r\n",
                ""));

    assertThat(rows).hasSize(1);
  }

  @Test
  void goCommandLineFindsNoDynamicSecrets() {
    String where = "?app_id=" + app.id() + "&env=Development&path=%2F";

    RawResponse answer = go("GET", "/service/public/v1/secrets/dynamic/" + where, "", "");

    assertThat(answer.status()).isIn(200, 404);
    assertThat(JSON.readTree(answer.body()).isContainer()).isTrue();
  }

  @Test
  void operatorSendsAnEmptyKeyDigestAndSyncsWhenTheTimeGrows() {
    owner.post(app.secrets(), body(secret("A", "1"))).is(201);
    String before = operatorSees();
    JsonNode rows =
        json(
            send(
                "GET",
                "/service/secrets/",
                """
                User-Agent: phase-kubernetes-operator/1.4.1 Linux 6.1.0 x86_64\r
                Accept-Encoding: gzip, deflate\r
                Accept: */*\r
                Connection: keep-alive\r
                Authorization: %s\r
                Environment: %s\r
                KeyDigest: \r
                """
                    .formatted(bearer, environment),
                ""));
    owner.post(app.secrets(), body(secret("B", "2"))).is(201);

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).get("comment").stringValue()).isEmpty();
    assertThat(rows.get(0).has("tags")).isTrue();
    assertThat(before).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    assertThat(operatorSees()).isGreaterThan(before);
  }

  private String operatorSees() {
    JsonNode session =
        json(
            send(
                "GET",
                "/service/secrets/tokens/",
                """
                User-Agent: phase-kubernetes-operator/1.4.1 Linux 6.1.0 x86_64\r
                Accept-Encoding: gzip, deflate\r
                Accept: */*\r
                Connection: keep-alive\r
                Authorization: %s\r
                """
                    .formatted(bearer),
                ""));
    for (JsonNode key : session.at("/apps/0/environment_keys")) {
      if (key.at("/environment/id").stringValue().equals(environment)) {
        return key.at("/environment/updated_at").stringValue();
      }
    }
    throw new AssertionError("the environment is not listed");
  }

  @Test
  void node300SendsFormTypesAndBodiesWithoutAType() {
    String create = write(item("A", "1", "version", 7));
    RawResponse created =
        node300("POST", "Content-Type: application/x-www-form-urlencoded\r\n", create);
    JsonNode rows = json(node300("GET", "", ""));
    String id = rows.get(0).get("id").stringValue();
    RawResponse deleted = node300("DELETE", "", write(Map.of("secrets", List.of(id))));

    assertThat(created.summary()).isEqualTo("200 ");
    assertThat(rows.get(0).has("keyDigest")).isTrue();
    assertThat(rows.get(0).has("key_digest")).isFalse();
    assertThat(deleted.summary()).isEqualTo("200 ");
    assertThat(json(node300("GET", "", ""))).isEmpty();
  }

  @Test
  void node300ReadsItsSessionInSnakeCase() {
    RawResponse answer =
        send(
            "GET",
            "/service/secrets/tokens/",
            "Accept: application/json\r\nAuthorization: %s\r\nX-Use-Camel-Case: true\r\n"
                    .formatted(bearer)
                + "User-agent: phase-node-sdk/3.0.0\r\n",
            "");

    assertThat(json(answer).at("/apps/0/environment_keys/0/wrapped_seed").stringValue())
        .startsWith("ph:v1:");
  }

  @Test
  void terraformCreatesReadsUpdatesAndDeletes() {
    String where = "?app_id=" + app.id() + "&env=Development";
    String first = write(Map.of("secrets", List.of(secret("A", "1"))));

    RawResponse created = terraform("POST", where, first);
    RawResponse again = terraform("POST", where, first);
    JsonNode row = json(terraform("GET", where + "&key=A", "")).get(0);
    String id = row.get("id").stringValue();
    Map<String, Object> change = secret("A", "2");
    change.put("id", id);
    change.put("version", 1);
    change.put("keyDigest", row.get("keyDigest").stringValue());
    change.put("createdAt", row.get("createdAt").stringValue());
    RawResponse updated = terraform("PUT", where, write(Map.of("secrets", List.of(change))));
    RawResponse deleted = terraform("DELETE", where, write(Map.of("secrets", List.of(id))));

    assertThat(json(created).get(0).get("id").stringValue()).isEqualTo(id);
    assertThat(again.status() + " " + again.reason()).isEqualTo("409 Conflict");
    assertThat(json(updated).get(0).get("value").stringValue()).isEqualTo("2");
    assertThat(json(updated).get(0).get("version").isInt()).isTrue();
    assertThat(deleted.status()).isEqualTo(200);
  }

  @Test
  void terraformWithATextThatIsNoTokenIs401() {
    RawResponse answer =
        send(
            "GET",
            "/service/public/v1/secrets/?app_id=" + app.id() + "&env=Development",
            """
            User-Agent: terraform-provider-phase/0.2.0 (linux amd64; user@host)\r
            Authorization: Bearer  nonsense\r
            Content-Type: application/json\r
            """,
            "");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(JSON.readTree(answer.body()).get("error").isString()).isTrue();
  }

  private Map<String, Object> item(String key, String value, String name, @Nullable Object extra) {
    Map<String, Object> item =
        keys.secret(key, value, "comment", "", "path", "/", "tags", List.of());
    item.put(name, extra);
    return Map.of("secrets", List.of(item));
  }

  private RawResponse go(String method, String path, String headers, String content) {
    return send(
        method,
        path,
        "User-Agent: phase-golang-sdk/2.4.1 linux amd64 user@host\r\nAuthorization: %s\r\n%s"
                .formatted(bearer, headers)
            + "Accept-Encoding: gzip\r\n",
        content);
  }

  private RawResponse node300(String method, String headers, String content) {
    return send(
        method,
        "/service/secrets/",
        "Accept: application/json\r\n%sAuthorization: %s\r\nX-Use-Camel-Case: true\r\n"
                .formatted(headers, bearer)
            + "User-agent: phase-node-sdk/3.0.0\r\nenvironment: %s\r\n".formatted(environment),
        content);
  }

  private RawResponse terraform(String method, String query, String content) {
    return send(
        method,
        "/service/public/v1/secrets/" + query,
        "User-Agent: terraform-provider-phase/0.2.0 (linux amd64; user@host)\r\n"
            + "Authorization: %s\r\nContent-Type: application/json\r\n".formatted(bearer),
        content);
  }

  private RawResponse send(String method, String target, String headers, String content) {
    byte[] body = content.getBytes(StandardCharsets.UTF_8);
    String length = body.length == 0 ? "" : "Content-Length: " + body.length + "\r\n";
    String head =
        "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n"
            .formatted(method, target, server.uri().getAuthority(), headers, length);
    try (RawClient client = new RawClient(server.uri().getPort())) {
      return client.send(head.getBytes(StandardCharsets.UTF_8)).send(body).receive();
    }
  }

  private static JsonNode json(RawResponse answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static String write(Map<String, ?> value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }
}
