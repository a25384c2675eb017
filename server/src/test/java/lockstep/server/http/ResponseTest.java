package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseTest {
  private TestServer server;

  @BeforeEach
  void start() {
    server = new TestServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void everyResponseHasTheUsualHeaders() {
    RawResponse response = server.get("/v1/items/");
    assertThat(response.header("Content-Type")).contains("application/json");
    assertThat(response.header("Content-Length")).contains("2");
    assertThat(response.header("Cache-Control")).contains("no-store");
    assertThat(response.header("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.header("X-Request-Id").orElseThrow()).matches("[0-9a-f]{32}");
    assertThat(response.header("Server")).isEmpty();
    assertThat(response.header("X-Powered-By")).isEmpty();
  }

  @Test
  void statusLinesCarryTheStandardReason() {
    assertThat(server.get("/v1/items/").reason()).isEqualTo("OK");
    assertThat(server.send("POST", "/v1/items/", "{}").reason()).isEqualTo("Created");
    assertThat(server.get("/v1/fails/busy/").reason()).isEqualTo("Conflict");
    assertThat(server.get("/v1/nothing/").reason()).isEqualTo("Not Found");
    assertThat(server.request("TRACE", "/v1/items/").reason()).isEqualTo("Method Not Allowed");
  }

  @Test
  void noContentHasNoBodyAndNoType() {
    RawResponse response = server.request("DELETE", "/v1/items/");
    assertThat(response.status()).isEqualTo(204);
    assertThat(response.reason()).isEqualTo("No Content");
    assertThat(response.header("Content-Type")).isEmpty();
    assertThat(response.header("Content-Length")).isEmpty();
    assertThat(response.header("X-Request-Id")).isPresent();
  }

  @Test
  void requestIdIsTheServersOwn() throws InterruptedException {
    RawResponse response =
        server.raw(TestServer.head("GET", "/v1/echo/") + "X-Request-Id: mine\r\n\r\n");
    String id = response.header("X-Request-Id").orElseThrow();
    assertThat(response.body()).contains("\"requestId\":\"" + id + "\"");
    assertThat(id).isNotEqualTo("mine");
    assertThat(server.events.nextFinished().requestId()).isEqualTo(id);
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      ids.add(server.get("/v1/items/").header("X-Request-Id").orElseThrow());
    }
    assertThat(ids).hasSize(20);
  }

  @Test
  void errorsCarryTheirMembersAndHeadersInOrder() {
    RawResponse response = server.get("/v1/fails/members/");
    assertThat(response.summary())
        .isEqualTo("400 {\"error\":\"Some failed\",\"failed\":[1,2],\"done\":3}");
    assertThat(response.header("X-More")).contains("yes");
  }

  @Test
  void pagesHaveTheirOwnTypeAndMayBeCached() {
    RawResponse response = server.get("/v1/page/");
    assertThat(response.body()).isEqualTo("<p>hi");
    assertThat(response.header("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(response.header("Cache-Control")).contains("max-age=60");
    assertThat(response.header("Content-Security-Policy")).contains("default-src 'self'");
    assertThat(response.header("X-Content-Type-Options")).contains("nosniff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exception", "error", "overflow", "unwritable"})
  void faultsAreReportedOnceAndToldToNobody(String how) throws InterruptedException {
    RawResponse response = server.get("/v1/fails/" + how + "/");
    assertThat(response.summary()).isEqualTo("500 {\"error\":\"Internal server error.\"}");
    assertThat(response.header("Cache-Control")).contains("no-store");
    String id = response.header("X-Request-Id").orElseThrow();
    assertThat(server.events.nextFinished().status()).isEqualTo(500);
    assertThat(server.events.faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.requestId()).isEqualTo(id));
    assertThat(server.get("/v1/items/").status()).isEqualTo(200);
  }

  @Test
  void faultsOfAdmissionAreFaultsToo() {
    RawResponse response =
        server.raw(TestServer.head("GET", "/v1/items/", TokenAdmission.BROKEN) + "\r\n");
    assertThat(response.summary()).isEqualTo("500 {\"error\":\"Internal server error.\"}");
    assertThat(server.events.faults()).hasSize(1);
  }

  @Test
  void refusalsAreNoFaults() {
    server.get("/v1/fails/busy/");
    server.get("/v1/nothing/");
    server.raw("rubbish\r\n\r\n");
    assertThat(server.events.faults()).isEmpty();
  }

  @Test
  void finishedRequestsAreNamedByTheirRoute() throws InterruptedException {
    server.get("/service/v1/items/0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d21?secret=1");
    RecordedEvents.Finished known = server.events.nextFinished();
    assertThat(known.method()).isEqualTo("GET");
    assertThat(known.route()).isEqualTo("/v1/items/:id/");
    assertThat(known.status()).isEqualTo(200);
    assertThat(known.duration()).isPositive();

    server.request("BREW", "/v1/coffee/");
    RecordedEvents.Finished unknown = server.events.nextFinished();
    assertThat(unknown.method()).isEqualTo(HttpEvents.OTHER_METHOD);
    assertThat(unknown.route()).isEqualTo(HttpEvents.UNKNOWN_ROUTE);

    server.raw("GET / HTTP/1.1\r\n\r\n");
    RecordedEvents.Finished broken = server.events.nextFinished();
    assertThat(broken.route()).isEqualTo(HttpEvents.UNKNOWN_ROUTE);
    assertThat(broken.status()).isEqualTo(400);
  }

  @Test
  void routesCanHaveErrorsOfAnotherForm() {
    RawResponse refused = server.raw(TestServer.anonymousHead("POST", "/scim/") + "\r\n");
    assertThat(refused.summary())
        .isEqualTo("401 {\"detail\":\"Authentication credentials were not provided.\"}");
    assertThat(refused.header("Content-Type")).contains("application/scim+json");
    assertThat(refused.header("WWW-Authenticate")).contains("Bearer");
    assertThat(server.send("POST", "/scim/", "nonsense").summary())
        .isEqualTo("400 {\"detail\":\"Request body must be valid JSON.\"}");
  }

  @Test
  void headersThatWouldBreakTheResponseCannotBeMade() {
    assertThatThrownBy(() -> Reply.noContent().header("X-A", "1\r\nX-B: 2"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void requestsInFlightFinishWhenTheServerStops() throws InterruptedException {
    try (RawClient client = server.connect()) {
      client.send(TestServer.head("GET", "/v1/gate/") + "\r\n");
      server.gateReached.await();
      Thread stopping = Thread.ofVirtual().start(server.server()::close);
      assertThat(refusesConnections()).isTrue();
      assertThat(stopping.isAlive()).isTrue();
      server.gate.countDown();
      RawResponse response = client.receive();
      assertThat(response.summary()).isEqualTo("200 {\"passed\":true}");
      stopping.join();
    }
  }

  private boolean refusesConnections() throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      try {
        server.connect().close();
      } catch (UncheckedIOException e) {
        return true;
      }
      Thread.sleep(10);
    }
    return false;
  }

  @Test
  void stopDoesNotWaitForEver() throws InterruptedException {
    HttpSettings.Timeouts timeouts =
        new HttpSettings.Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMillis(300));
    TestServer stubborn = TestServer.with(timeouts);
    try (RawClient client = stubborn.connect()) {
      client.send(TestServer.head("GET", "/v1/gate/") + "\r\n");
      stubborn.gateReached.await();
      long begin = System.nanoTime();
      try {
        stubborn.server().close();
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("stop");
      }
      assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
    } finally {
      stubborn.gate.countDown();
    }
  }

  @Test
  void takenPortsAreSaidToBeSo() {
    HttpSettings taken = HttpSettings.defaults("127.0.0.1", server.port());
    assertThatThrownBy(() -> new TestServer(taken))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("port " + server.port());
  }
}
