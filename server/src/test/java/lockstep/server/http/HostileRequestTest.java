package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two parsers could read differently is refused, and the connection with it. */
@TestInstance(Lifecycle.PER_CLASS)
final class HostileRequestTest {
  private static final String AUTHORIZED = "Authorization: " + TokenAdmission.KNOWN + "\r\n";
  private static final String POST = "POST /v1/items/ HTTP/1.1\r\nHost: a\r\n" + AUTHORIZED;

  private TestServer server;

  @BeforeAll
  void start() {
    server = new TestServer();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: 2, 2\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: -1\r\n\r\n{}",
        "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Content-Length : 2\r\n\r\n{}",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2;a=b\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "Host: b\r\n\r\n",
        "X-A: 1\r\n folded\r\n\r\n",
        "X-A: 1\n\n",
        "X-A: 1\nX-B: 2\r\n\r\n",
        "X-A: 1\rX-B: 2\r\n\r\n",
        "X-A: a\u0000b\r\n\r\n",
        "X A: 1\r\n\r\n",
        "X-A\r\n\r\n",
        ": 1\r\n\r\n",
      })
  void ambiguousHeadersAndBodiesAreRefused(String rest) {
    try (RawClient client = server.connect()) {
      RawResponse response =
          client.send(POST + rest + "GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n").receive();
      assertThat(response.summary()).isEqualTo("400 {\"error\":\"Bad request.\"}");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health/ HTTP/1.1\r\n\r\n",
        "GET /health/ HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /health/ HTTP/1.1\nHost: a\n\n",
        "GET /health/\u0000 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /heal th/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "g@t /health/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n",
        "complete and utter rubbish\r\n\r\n",
      })
  void brokenRequestLinesAreRefused(String request) {
    try (RawClient client = server.connect()) {
      RawResponse response = client.send(request).receive();
      assertThat(response.summary()).isEqualTo("400 {\"error\":\"Bad request.\"}");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void unknownVersionIs505() {
    assertThat(server.raw("GET /health/ HTTP/3.0\r\nHost: a\r\n\r\n").summary())
        .isEqualTo("505 {\"error\":\"HTTP version not supported.\"}");
  }

  @Test
  void unknownExpectationIs417() {
    assertThat(server.raw("GET /health/ HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n").summary())
        .isEqualTo("417 {\"error\":\"Expectation cannot be met.\"}");
  }

  @Test
  void otherFormsOfTargetHaveNoRoute() {
    assertThat(server.raw("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").summary())
        .isEqualTo("404 {\"error\":\"Not found.\"}");
    assertThat(server.raw("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n").status())
        .isIn(400, 404, 405);
  }

  @Test
  void oldVersionIsServedAndClosed() {
    try (RawClient client = server.connect()) {
      assertThat(client.send("GET /health/ HTTP/1.0\r\n\r\n").receive().status()).isEqualTo(200);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void errorsOfHttpNeverRepeatTheRequest() {
    String marker = "canary8d1f";
    assertThat(server.raw("GET /" + marker + " HTTP/1.1\r\nHost: a\r\n\r\n").body())
        .doesNotContain(marker);
    assertThat(server.raw("GET /%zz" + marker + " HTTP/1.1\r\nHost: a\r\n\r\n").body())
        .doesNotContain(marker);
    assertThat(server.raw("GET / HTTP/1.1\r\nHost: a\r\n" + marker + "\r\n\r\n").body())
        .doesNotContain(marker);
  }

  @Test
  void everyErrorOfHttpHasTheUsualHeaders() throws InterruptedException {
    RawResponse response = server.raw("GET / HTTP/1.1\r\n\r\n");
    assertThat(response.reason()).isEqualTo("Bad Request");
    assertThat(response.header("Content-Type")).contains("application/json");
    assertThat(response.header("Cache-Control")).contains("no-store");
    assertThat(response.header("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.header("X-Request-Id")).isPresent();
    assertThat(response.header("Connection")).contains("close");
    assertThat(response.header("Server")).isEmpty();
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() {
    try (RawClient client = server.connect()) {
      String get = " HTTP/1.1\r\nHost: a\r\n\r\n";
      client.send("GET /health/" + get + "GET /nothing/" + get + "GET /" + get);
      assertThat(client.receive().status()).isEqualTo(200);
      assertThat(client.receive().status()).isEqualTo(404);
      assertThat(client.receive().body()).isEqualTo("{\"root\":true}");
    }
  }

  @Test
  void unreadBodyIsNeverTakenForTheNextRequest() {
    try (RawClient client = server.connect()) {
      String smuggled = "GET /v1/nothing/ HTTP/1.1\r\nHost: a\r\n\r\n";
      String post = "POST /v1/items/ HTTP/1.1\r\nHost: a\r\nContent-Length: " + smuggled.length();
      client.send(post + "\r\n\r\n" + smuggled + "GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.receive().status()).isEqualTo(401);
      assertThat(client.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void connectionCloseIsHonoured() {
    try (RawClient client = server.connect()) {
      client.send("GET /health/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      RawResponse response = client.receive();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("Connection")).contains("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  /** A small body could unpack to gigabytes. */
  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "identity, gzip", "GZIP", "x"})
  void compressedBodiesAreRefused(String encoding) {
    assertThat(
            server
                .raw(POST + "Content-Encoding: " + encoding + "\r\nContent-Length: 2\r\n\r\n{}")
                .summary())
        .isEqualTo("400 {\"error\":\"Request body must not be compressed.\"}");
  }

  @Test
  void identityIsNoCompression() {
    assertThat(
            server.raw(POST + "Content-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}").status())
        .isEqualTo(201);
  }
}
