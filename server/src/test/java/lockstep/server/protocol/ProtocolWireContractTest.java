package lockstep.server.protocol;

import static lockstep.server.testing.TestApp.body;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lockstep.server.http.Json;
import lockstep.server.http.RawClient;
import lockstep.server.http.RawResponse;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.RawRequest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What real clients put on the wire, byte for byte. */
@ContractTest
final class ProtocolWireContractTest extends ProtocolContract {

  private static final int MAXIMUM_BODY_BYTES = 4 << 20;
  private static final List<String> CONTENT_TYPES =
      List.of(
          "",
          "Content-Type: application/x-www-form-urlencoded\r\n",
          "Content-Type: text/plain;charset=UTF-8\r\n",
          "Content-Type: application/json\r\n",
          "Content-Type: multipart/form-data; boundary=x\r\n",
          "Content-Type: nonsense\r\n");

  private RawResponse send(String method, String moreHeaders, Object content) {
    byte[] bytes = Json.write(content);
    return RawRequest.begin(
        client.caller(),
        method,
        SECRETS,
        moreHeaders + "Content-Length: " + bytes.length + "\r\n",
        bytes);
  }

  @Test
  void bodiesAreJsonWhateverTheyAreCalled() {
    int count = 0;
    for (String type : CONTENT_TYPES) {
      RawResponse created = send("POST", type, body(client.secret("K" + count++, "v")));
      assertThat(created.summary()).as(type).isEqualTo("200 ");
      JsonNode rows = client.list();
      String id = rows.get(rows.size() - 1).get("id").stringValue();
      RawResponse updated = send("PUT", type, body(client.secret("L" + count, "w", "id", id)));
      assertThat(updated.summary()).as(type).isEqualTo("200 ");
      RawResponse deleted = send("DELETE", type, body(id));
      assertThat(deleted.summary()).as(type).isEqualTo("200 ");
      assertThat(client.list()).isEmpty();
    }
  }

  @Test
  void whatIsAcceptedDoesNotMatter() {
    for (String accept : List.of("", "Accept: */*\r\n", "Accept: text/html\r\n")) {
      RawResponse answer = RawRequest.begin(client.caller(), "GET", SECRETS, accept, new byte[0]);
      assertThat(answer.summary()).isEqualTo("200 []");
      assertThat(answer.header("Content-Type")).hasValue("application/json");
    }
    RawResponse withType =
        RawRequest.begin(
            client.caller(), "GET", SECRETS, "Content-Type: application/json\r\n", new byte[0]);
    assertThat(withType.status()).isEqualTo(200);
  }

  @Test
  void pathsMayBeUtf8OrLatin1() {
    client
        .create(
            client.secret("A", "a", "path", "/grün/日本"), client.secret("B", "b", "path", "/grün"))
        .is(200);
    assertThat(list("/grün/日本".getBytes(StandardCharsets.UTF_8))).contains(client.digest("A"));
    assertThat(list("/grün".getBytes(StandardCharsets.UTF_8))).contains(client.digest("B"));
    assertThat(list("/grün".getBytes(StandardCharsets.ISO_8859_1))).contains(client.digest("B"));
    assertThat(list("/grun".getBytes(StandardCharsets.UTF_8))).isEqualTo("[]");
  }

  private String list(byte[] path) {
    StringBuilder head = new StringBuilder("GET " + SECRETS + " HTTP/1.1\r\nHost: test\r\n");
    client.caller().headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    try (RawClient raw = new RawClient(server.uri().getPort())) {
      raw.send(head + "Path: ").send(path).send("\r\n\r\n");
      RawResponse answer = raw.receive();
      assertThat(answer.status()).isEqualTo(200);
      return answer.body();
    }
  }

  @Test
  void slashesInFrontAreOneAndTheLastMayBeMissing() {
    for (String path :
        List.of(
            "/service/secrets/", "//service/secrets/", "///service/secrets", "/service/secrets")) {
      RawResponse answer = RawRequest.send(client.caller(), "GET", path);
      assertThat(answer.summary()).as(path).isEqualTo("200 []");
    }
    for (String path : List.of("//service/secrets/tokens/", "/service/secrets/tokens")) {
      assertThat(RawRequest.send(owner, "GET", path).status()).as(path).isEqualTo(200);
    }
    for (String path : List.of("/service//secrets/", "/service/secrets/x/", "/service/")) {
      RawResponse answer = RawRequest.send(client.caller(), "GET", path);
      assertThat(answer.status()).as(path).isNotIn(301, 302, 307, 308);
    }
    assertThat(RawRequest.send(client.caller(), "GET", "/service/secrets/x/").summary())
        .isEqualTo("404 {\"error\":\"Not found.\"}");
  }

  @Test
  void statusLinesHaveTheirWords() {
    Map<String, Object> wanted = body(client.secret("A", "a"));
    assertThat(send("POST", "", wanted).reason()).isEqualTo("OK");
    RawResponse duplicate = send("POST", "", wanted);
    assertThat(duplicate.status() + " " + duplicate.reason()).isEqualTo("409 Conflict");
    RawResponse patch = send("PATCH", "", wanted);
    assertThat(patch.status() + " " + patch.reason()).isEqualTo("405 Method Not Allowed");
    assertThat(patch.body()).isEqualTo("{\"error\":\"Method \\\"PATCH\\\" not allowed.\"}");
    assertThat(patch.header("Allow")).hasValue("GET, POST, PUT, DELETE");
  }

  @Test
  void bodiesHaveAtMostFourMebibytes() {
    String json = new String(Json.write(body(client.secret("A", "a"))), StandardCharsets.UTF_8);
    byte[] most = padded(json, MAXIMUM_BODY_BYTES);
    String length = "Content-Length: " + most.length + "\r\n";
    assertThat(RawRequest.begin(client.caller(), "POST", SECRETS, length, most).summary())
        .isEqualTo("200 ");
    assertThat(client.list()).hasSize(1);

    byte[] tooMuch = padded(json.replace(client.digest("A"), client.digest("B")), most.length + 1);
    length = "Content-Length: " + tooMuch.length + "\r\n";
    RawResponse refused = RawRequest.begin(client.caller(), "POST", SECRETS, length, tooMuch);
    assertThat(refused.summary()).isEqualTo("413 {\"error\":\"Request body too large.\"}");
    assertThat(client.list()).hasSize(1);
    // Elsewhere the limit is what it was.
    byte[] other = padded("{\"name\":\"x\"}", (1 << 20) + 1);
    length = "Content-Length: " + other.length + "\r\n";
    assertThat(RawRequest.begin(owner, "POST", "/v1/apps/", length, other).status()).isEqualTo(413);
  }

  @Test
  void aBodyOfUnknownLengthHasTheSameLimit() {
    String json = new String(Json.write(body(client.secret("A", "a"))), StandardCharsets.UTF_8);
    for (int length : new int[] {MAXIMUM_BODY_BYTES, MAXIMUM_BODY_BYTES + 1}) {
      byte[] content = padded(json, length);
      String head = Integer.toHexString(length) + "\r\n";
      byte[] chunked =
          concat(
              head.getBytes(StandardCharsets.US_ASCII),
              content,
              "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      RawResponse answer =
          RawRequest.begin(
              client.caller(), "POST", SECRETS, "Transfer-Encoding: chunked\r\n", chunked);
      assertThat(answer.status()).isEqualTo(length == MAXIMUM_BODY_BYTES ? 200 : 413);
    }
    assertThat(client.list()).hasSize(1);
  }

  private static byte[] padded(String json, int length) {
    byte[] bytes = Arrays.copyOf(json.getBytes(StandardCharsets.UTF_8), length);
    Arrays.fill(bytes, json.length(), length, (byte) ' ');
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void loggingOutIsForEverybody() {
    RawResponse answer = RawRequest.send(owner, "POST", "/service/logout/");
    assertThat(answer.summary()).isEqualTo("200 {\"message\":\"Logged out\"}");
    assertThat(RawRequest.send(owner, "GET", "/service/logout/").status()).isEqualTo(405);
    owner.get(TOKENS).is(200);
  }
}
