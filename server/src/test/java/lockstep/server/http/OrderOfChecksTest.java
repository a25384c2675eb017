package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which error wins when several are due. */
final class OrderOfChecksTest {
  private static final int TOO_LONG = (1 << 20) + 1;

  private TestServer server;

  @BeforeEach
  void start() {
    server = new TestServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawResponse post(String target, String credentials, String headers) {
    return server.raw(TestServer.head("POST", target, credentials) + headers + "\r\n");
  }

  @Test
  void unknownRouteWinsOverSize() {
    assertThat(post("/v1/nothing/", "x", "Content-Length: " + TOO_LONG + "\r\n").summary())
        .isEqualTo("404 {\"error\":\"Not found.\"}");
  }

  @Test
  void sizeWinsOverAuthentication() {
    assertThat(post("/v1/items/", "x", "Content-Length: " + TOO_LONG + "\r\n").summary())
        .isEqualTo("413 {\"error\":\"Request body too large.\"}");
    assertThat(server.admission.authentications).hasValue(0);
  }

  @Test
  void authenticationWinsOverMethod() {
    RawResponse response = server.raw(TestServer.head("TRACE", "/v1/items/", "x") + "\r\n");
    assertThat(response.summary()).isEqualTo("401 {\"error\":\"Token expired or deleted\"}");
    assertThat(response.header("WWW-Authenticate")).contains("Bearer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PATCH", "OPTIONS", "TRACE", "FOO", "get", "DELETE"})
  void methodWinsOverAdmission(String method) {
    RawResponse response =
        server.raw(TestServer.head(method, "/v1/secrets/", TokenAdmission.BARRED) + "\r\n");
    assertThat(response.summary())
        .isEqualTo("405 {\"error\":\"Method \\\"" + method + "\\\" not allowed.\"}");
    assertThat(response.header("Allow")).contains("GET, POST");
    assertThat(server.admission.admissions).hasValue(0);
  }

  @Test
  void allowListsMethodsInFixedOrder() {
    assertThat(server.request("TRACE", "/v1/items/").header("Allow"))
        .contains("GET, POST, PUT, PATCH, DELETE");
  }

  @Test
  void headIsNotGet() {
    try (RawClient client = server.connect()) {
      RawResponse response =
          client.send(TestServer.head("HEAD", "/v1/secrets/") + "\r\n").receiveHead();
      assertThat(response.status()).isEqualTo(405);
      assertThat(response.header("Allow")).contains("GET, POST");
    }
  }

  @Test
  void wrongMethodOfAPublicRouteNeedsNoAuthentication() {
    RawResponse response = server.raw(TestServer.anonymousHead("PUT", "/health/") + "\r\n");
    assertThat(response.summary()).isEqualTo("405 {\"error\":\"Method \\\"PUT\\\" not allowed.\"}");
    assertThat(response.header("Allow")).contains("GET, POST");
    assertThat(server.admission.authentications).hasValue(0);
  }

  @Test
  void admissionWinsOverQueryAndBody() {
    assertThat(post("/v1/items/?%zz", TokenAdmission.BARRED, "Content-Length: 1\r\n").summary())
        .isEqualTo("403 {\"error\":\"Access denied.\"}");
    RawResponse throttled = post("/v1/items/?%zz", TokenAdmission.THROTTLED, "");
    assertThat(throttled.summary())
        .isEqualTo("429 {\"error\":\"Request was throttled. Expected available in 7 seconds.\"}");
    assertThat(throttled.header("Retry-After")).contains("7");
  }

  @Test
  void queryWinsOverBody() {
    assertThat(server.send("POST", "/v1/items/?a=%zz", "no json").summary())
        .isEqualTo("400 {\"error\":\"Invalid query string.\"}");
  }

  @Test
  void undecodableQueryOfAPublicRouteIsRefusedToo() {
    assertThat(server.raw(TestServer.anonymousHead("GET", "/health/?a=%ff") + "\r\n").summary())
        .isEqualTo("400 {\"error\":\"Invalid query string.\"}");
  }

  @Test
  void nullByteInQueryIsNamed() {
    assertThat(server.get("/v1/echo/?app_id=a%00b").summary())
        .isEqualTo("400 {\"error\":\"Null bytes are not allowed.\"}");
  }

  @Test
  void bodyIsParsedOnlyWhenTheEndpointAsks() {
    assertThat(server.send("POST", "/v1/fails/busy/", "no json").summary())
        .isEqualTo("409 {\"error\":\"busy\"}");
  }

  /** A stranger with a legal length is refused before a byte of the body is read. */
  @Test
  void bodyOfKnownLengthIsReadAfterAdmission() {
    assertThat(post("/v1/items/", "x", "Content-Length: 1000\r\n").status()).isEqualTo(401);
    assertThat(post("/v1/items/", TokenAdmission.BARRED, "Content-Length: 1000\r\n").status())
        .isEqualTo(403);
  }

  @Test
  void strangersGetNoInvitationToSendTheirBody() {
    String headers = "Content-Length: 1000\r\nExpect: 100-continue\r\n";
    assertThat(post("/v1/items/", "x", headers).status()).isEqualTo(401);
    try (RawClient client = server.connect()) {
      client.send(
          TestServer.head("POST", "/v1/items/")
              + "Content-Length: 7\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.receive().status()).isEqualTo(100);
      assertThat(client.send("{\"a\":1}").receive().status()).isEqualTo(201);
    }
  }

  @Test
  void bodyOfUnknownLengthIsCountedBeforeAuthentication() {
    String chunked = "Transfer-Encoding: chunked\r\n";
    assertThat(post("/v1/items/", "x", chunked + "\r\n2\r\n{}\r\n0\r\n").status()).isEqualTo(401);
    String tooLong = "%x\r\n%s\r\n0\r\n".formatted(TOO_LONG, "x".repeat(TOO_LONG));
    assertThat(post("/v1/items/", "x", chunked + "\r\n" + tooLong).summary())
        .isEqualTo("413 {\"error\":\"Request body too large.\"}");
  }

  @Test
  void serviceTokensAreKnownToTheirRoutesOnly() {
    assertThat(server.raw(TestServer.head("GET", "/v1/secrets/", TokenAdmission.SERVICE) + "\r\n"))
        .extracting(RawResponse::status)
        .isEqualTo(200);
    assertThat(server.raw(TestServer.head("GET", "/v1/items/", TokenAdmission.SERVICE) + "\r\n"))
        .extracting(RawResponse::status)
        .isEqualTo(401);
  }

  @Test
  void noCredentialsAtAll() {
    assertThat(server.raw(TestServer.anonymousHead("GET", "/v1/items/") + "\r\n").summary())
        .isEqualTo("401 {\"error\":\"Authentication credentials were not provided.\"}");
  }
}
