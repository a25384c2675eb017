package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
final class BodyTest {
  private TestServer server;

  @BeforeAll
  void start() {
    server = new TestServer();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void emptyBodyCountsAsEmptyObject() {
    assertThat(server.send("POST", "/v1/items/", "").summary()).isEqualTo("201 {\"names\":[]}");
    assertThat(server.request("POST", "/v1/items/").summary()).isEqualTo("201 {\"names\":[]}");
    assertThat(
            server
                .raw(
                    TestServer.head("POST", "/v1/items/")
                        + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                .summary())
        .isEqualTo("201 {\"names\":[]}");
  }

  @Test
  void routesCanRequireABody() {
    assertThat(server.send("POST", "/v1/secrets/", "").summary())
        .isEqualTo("400 {\"error\":\"Request body is required.\"}");
    assertThat(server.send("POST", "/v1/secrets/", "{}").summary()).isEqualTo("200 []");
  }

  @Test
  void contentTypeIsNotEnforced() {
    String head = TestServer.head("POST", "/v1/items/") + "Content-Type: text/csv\r\n";
    assertThat(server.raw(head + "Content-Length: 7\r\n\r\n{\"a\":1}").summary())
        .isEqualTo("201 {\"names\":[\"a\"]}");
  }

  @Test
  void chunksAreOneBody() {
    String head = TestServer.head("POST", "/v1/items/") + "Transfer-Encoding: chunked\r\n\r\n";
    assertThat(server.raw(head + "3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\nT: 1\r\n\r\n").summary())
        .isEqualTo("201 {\"names\":[\"a\"]}");
  }

  @Test
  void malformedBodiesAreRefusedInTheWordsOfTheApi() {
    assertThat(server.send("POST", "/v1/items/", "{").summary())
        .isEqualTo("400 {\"error\":\"Request body must be valid JSON.\"}");
    assertThat(server.send("POST", "/v1/items/", "null").summary())
        .isEqualTo("400 {\"error\":\"Request body must be a JSON object.\"}");
    assertThat(server.send("POST", "/v1/items/", "{\"a\":\"\\u0000\"}").summary())
        .isEqualTo("400 {\"error\":\"Null bytes are not allowed.\"}");
  }

  @Test
  void bodyOfGetIsIgnored() {
    try (RawClient client = server.connect()) {
      client.send(TestServer.head("GET", "/v1/items/") + "Content-Length: 8\r\n\r\nnot json");
      assertThat(client.receive().status()).isEqualTo(200);
      client.send(TestServer.head("GET", "/v1/items/") + "\r\n");
      assertThat(client.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void publicRoutesCanHaveABody() {
    assertThat(server.send("POST", "/health/", "{\"a\":1}").summary()).isEqualTo("200 [\"a\"]");
  }

  @Test
  void clientThatHangsUpInItsBodyIsNoFault() throws InterruptedException {
    try (TestServer own = new TestServer()) {
      RawClient client = own.connect();
      client.send(TestServer.head("POST", "/v1/items/") + "Content-Length: 100\r\n\r\n{");
      client.close();
      assertThat(own.events.nextFinished().status()).isEqualTo(400);
      assertThat(own.events.faults()).isEmpty();
    }
  }
}
