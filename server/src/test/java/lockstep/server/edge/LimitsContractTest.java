package lockstep.server.edge;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import lockstep.server.http.RawClient;
import lockstep.server.http.RawResponse;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;

/** Each limit, at the limit and one beyond. */
@ContractTest
final class LimitsContractTest extends OnBothDatabases {

  private static final int MIB = 1 << 20;
  private static final String ROCKET = "\uD83D\uDE80";
  private static final String TOO_LARGE = "413 {\"error\":\"Request body too large.\"}";

  @Test
  void aBodyOfOneMebibyteIsReadWhetherDeclaredOrCounted() {
    byte[] body = appOfSize(MIB);
    owner.send("POST", "/v1/apps/", BodyPublishers.ofByteArray(body)).is(201);
    owner
        .send(
            "POST", "/v1/apps/", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
        .is(201);
  }

  @Test
  void oneByteMoreIsTooLargeWhetherDeclaredOrCounted() {
    for (TestCaller caller : List.of(owner, TestCaller.anonymous(server.uri()))) {
      assertThat(declared(caller, MIB + 1).summary()).isEqualTo(TOO_LARGE);
      assertThat(counted(caller, MIB + 1).summary()).isEqualTo(TOO_LARGE);
    }
    assertThat(owner.get("/v1/apps/").text()).isEqualTo("{\"data\":[]}");
  }

  @Test
  void tenMegabytesAreRefusedLongBeforeTheirEnd() {
    assertThat(declared(owner, 10_000_000).summary()).isEqualTo(TOO_LARGE);
    try (RawClient client = new RawClient(server.uri().getPort())) {
      client.send(
          "POST /v1/apps/ HTTP/1.1\r\nHost: test\r\nAuthorization: "
              + owner.headers().get("Authorization")
              + "\r\nTransfer-Encoding: chunked\r\n\r\n989680\r\n");
      String part = " ".repeat(64 << 10);
      int sent = 0;
      while (sent < 10_000_000 && client.offer(part)) {
        sent += part.length();
      }
    }
    owner.get("/v1/apps/").is(200);
  }

  private static RawResponse declared(TestCaller caller, int size) {
    return RawRequest.begin(
        caller, "POST", "/v1/apps/", "Content-Length: " + size + "\r\n", new byte[0]);
  }

  /** Sends all of the one chunk, but not the end of the body. */
  private static RawResponse counted(TestCaller caller, int size) {
    String begin = Integer.toHexString(size) + "\r\n";
    byte[] content = (begin + " ".repeat(size)).getBytes(StandardCharsets.ISO_8859_1);
    return RawRequest.begin(caller, "POST", "/v1/apps/", "Transfer-Encoding: chunked\r\n", content);
  }

  private static byte[] appOfSize(int size) {
    String json = "{\"name\":\"n\"}";
    return (json + " ".repeat(size - json.length())).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void anAppNameHas64Characters() {
    for (String character : List.of("x", "ż", ROCKET)) {
      owner.post("/v1/apps/", object("name", "  " + character.repeat(64) + "<b>  ")).is(201);
      owner
          .post("/v1/apps/", object("name", character.repeat(65)))
          .isError(400, "'name' cannot exceed 64 characters.");
    }
    String path = "/v1/apps/" + organisation.app("app").id() + "/";
    owner.put(path, object("name", ROCKET.repeat(64))).is(200);
    owner
        .put(path, object("name", ROCKET.repeat(65)))
        .isError(400, "'name' cannot exceed 64 characters.");
  }

  @Test
  void anAppDescriptionHas10000Characters() {
    for (String character : List.of("x", ROCKET)) {
      String longest = character.repeat(10_000);
      String id = owner.post("/v1/apps/", object("name", "n", "description", longest)).is(201).id();
      String path = "/v1/apps/" + id + "/";
      assertThat(owner.get(path).json().get("description").stringValue()).isEqualTo(longest);
      owner.put(path, object("description", longest)).is(200);
      String error = "'description' cannot exceed 10000 characters.";
      owner.put(path, object("description", longest + character)).isError(400, error);
      owner
          .post("/v1/apps/", object("name", "n", "description", longest + character))
          .isError(400, error);
    }
  }

  @Test
  void anEnvironmentNameHas64Characters() {
    String error =
        "Environment name is invalid. Only letters, numbers, hyphens and underscores are allowed"
            + " (max 64 characters).";
    String longest = "x".repeat(64);
    TestApp app = organisation.app("app", longest);
    String list = "/v1/environments/?app_id=" + app.id();
    owner.post(list, object("name", "y".repeat(64))).is(201);
    owner.post(list, object("name", "y".repeat(65))).isError(400, error);
    String path = "/v1/environments/" + app.environment(longest) + "/";
    owner.put(path, object("name", "z".repeat(64))).is(200);
    owner.put(path, object("name", "z".repeat(65))).isError(400, error);
    owner
        .post("/v1/apps/", object("name", "n", "environments", List.of("x".repeat(65))))
        .isError(400, error);
  }

  @Test
  void anAppIsMadeWithUpTo100Environments() {
    List<String> names = IntStream.range(0, 100).mapToObj(i -> "env-" + i).toList();
    assertThat(
            owner
                .post("/v1/apps/", object("name", "n", "environments", names))
                .is(201)
                .json()
                .get("environments")
                .size())
        .isEqualTo(100);
    owner
        .post("/v1/apps/", object("name", "n", "environments", Collections.nCopies(101, "x")))
        .isError(400, "'environments' cannot exceed 100 entries.");
  }

  @Test
  void textsOfSecretsHave65536Bytes() {
    TestApp app = organisation.app("app");
    for (String longest : List.of("x".repeat(65_536), ROCKET.repeat(16_384))) {
      String key = "K" + longest.codePointAt(0);
      String more = longest + "x";
      owner
          .post(
              app.secrets(),
              body(
                  object(
                      "key",
                      key,
                      "value",
                      longest,
                      "comment",
                      longest,
                      "override",
                      object("value", longest, "isActive", true))))
          .is(201);
      owner
          .post(app.secrets(), body(secret("L", more)))
          .isError(400, "'value' cannot exceed 65536 bytes.");
      owner
          .post(app.secrets(), body(object("key", "L", "value", "", "comment", more)))
          .isError(400, "'comment' cannot exceed 65536 bytes.");
      owner
          .post(
              app.secrets(),
              body(
                  object(
                      "key",
                      "L",
                      "value",
                      "",
                      "override",
                      object("value", more, "isActive", true))))
          .isError(400, "'override.value' cannot exceed 65536 bytes.");
    }
  }

  @Test
  void aSecretKeyHas1024Characters() {
    TestApp app = organisation.app("app");
    for (String character : List.of("x", ROCKET)) {
      owner.post(app.secrets(), body(secret(character.repeat(1_024), ""))).is(201);
      owner
          .post(app.secrets(), body(secret(character.repeat(1_025), "")))
          .isError(400, "'key' cannot exceed 1024 characters.");
    }
  }

  @Test
  void aSecretPathHas4096CharactersAndAFolderName64() {
    TestApp app = organisation.app("app");
    String folders = ("/" + ROCKET.repeat(64)).repeat(62);
    String longest = folders + "/" + "y".repeat(32) + "/" + "z".repeat(32);
    owner.post(app.secrets(), body(secret(longest, "K", ""))).is(201);
    owner
        .post(app.secrets(), body(secret(longest + "z", "K", "")))
        .isError(400, "'path' cannot exceed 4096 characters.");
    owner
        .post(app.secrets(), body(secret("/a/" + ROCKET.repeat(65), "K", "")))
        .isError(400, "Folder name exceeds 64 characters: '" + ROCKET.repeat(32) + "'…");
  }

  @Test
  void aTagNameHas64Characters() {
    TestApp app = organisation.app("app");
    owner
        .post(
            app.secrets(),
            body(object("key", "K", "value", "", "tags", List.of(ROCKET.repeat(64)))))
        .is(201);
    owner
        .post(
            app.secrets(),
            body(object("key", "L", "value", "", "tags", List.of(ROCKET.repeat(65)))))
        .isError(400, "Tag name exceeds 64 characters: '" + ROCKET.repeat(32) + "'…");
  }
}
