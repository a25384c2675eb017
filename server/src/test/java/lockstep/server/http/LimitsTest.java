package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every limit at its value and one beyond. */
final class LimitsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static HttpSettings.Limits limits(int concurrentRequests, int connections) {
    return new HttpSettings.Limits(1_000, 1_024, 5, concurrentRequests, connections);
  }

  private static HttpSettings.Timeouts timeouts(Duration idle, Duration head, Duration request) {
    return new HttpSettings.Timeouts(idle, head, request, Duration.ofSeconds(2));
  }

  private static String chunked(String body) {
    return TestServer.head("POST", "/v1/items/")
        + "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n".formatted(body.length(), body);
  }

  private static String ofLength(int length) {
    return "{\"a\":\"" + "x".repeat(length - 8) + "\"}";
  }

  @Test
  void bodyOfDefaultLimit() {
    try (TestServer server = new TestServer()) {
      int limit = 1 << 20;
      assertThat(server.send("POST", "/v1/items/", ofLength(limit)).status()).isEqualTo(201);
      assertThat(server.raw(chunked(ofLength(limit))).status()).isEqualTo(201);
      RawResponse tooLong =
          server.raw(
              TestServer.head("POST", "/v1/items/")
                  + "Content-Length: "
                  + (limit + 1)
                  + "\r\n\r\n");
      assertThat(tooLong.summary()).isEqualTo("413 {\"error\":\"Request body too large.\"}");
      assertThat(tooLong.header("Connection")).contains("close");
      RawResponse tooLongChunked = server.raw(chunked(ofLength(limit + 1)));
      assertThat(tooLongChunked.summary()).isEqualTo("413 {\"error\":\"Request body too large.\"}");
      assertThat(tooLongChunked.header("Connection")).contains("close");
    }
  }

  @Test
  void tooLongBodySentAnywayStillGetsItsAnswer() {
    try (TestServer server = new TestServer();
        RawClient client = server.connect()) {
      client.send(TestServer.head("POST", "/v1/items/") + "Content-Length: 8000000\r\n\r\n");
      client.offer("x".repeat(200_000));
      assertThat(client.receive().status()).isEqualTo(413);
    }
  }

  @Test
  void headOfDefaultLimit() {
    try (TestServer server = new TestServer()) {
      int limit = 16 << 10;
      String head = "GET /health/ HTTP/1.1\r\nHost: a\r\nX-A: ";
      String exact = head + "x".repeat(limit - head.length() - 4) + "\r\n\r\n";
      assertThat(exact).hasSize(limit);
      assertThat(server.raw(exact).status()).isEqualTo(200);
      RawResponse tooLong = server.raw(exact.replace("X-A: ", "X-A: x"));
      assertThat(tooLong.summary())
          .isEqualTo("431 {\"error\":\"Request header fields too large.\"}");
      assertThat(tooLong.header("Connection")).contains("close");
    }
  }

  @Test
  void manySmallHeadersCountTogether() {
    try (TestServer server = new TestServer()) {
      String head = "GET /health/ HTTP/1.1\r\nHost: a\r\n" + "X-A: 1\r\n".repeat(2_100) + "\r\n";
      assertThat(server.raw(head).status()).isEqualTo(431);
    }
  }

  @Test
  void longTargets() {
    try (TestServer server = new TestServer()) {
      String target = "/health/?" + "a".repeat(16 << 10);
      assertThat(server.get(target).summary())
          .isEqualTo("414 {\"error\":\"Request target too long.\"}");
    }
  }

  @Test
  void jsonOfConfiguredDepth() {
    try (TestServer server = TestServer.with(limits(10, 10))) {
      assertThat(server.send("POST", "/v1/items/", "{\"a\":[[[[]]]]}").status()).isEqualTo(201);
      assertThat(server.send("POST", "/v1/items/", "{\"a\":[[[[[]]]]]}").summary())
          .isEqualTo("400 {\"error\":\"Request body must be valid JSON.\"}");
    }
  }

  @Test
  void concurrentRequestsBeyondTheLimitAreTurnedAway() throws InterruptedException {
    try (TestServer server = TestServer.with(limits(1, 10));
        RawClient first = server.connect()) {
      first.send(TestServer.head("GET", "/v1/gate/") + "\r\n");
      server.gateReached.await();
      RawResponse second = server.get("/v1/items/");
      assertThat(second.summary()).isEqualTo("503 {\"error\":\"The server is busy or stopping.\"}");
      assertThat(second.reason()).isEqualTo("Service Unavailable");
      assertThat(second.header("Retry-After")).contains("1");
      server.gate.countDown();
      assertThat(first.receive().status()).isEqualTo(200);
      assertThat(server.get("/v1/items/").status()).isEqualTo(200);
    }
  }

  @Test
  void routesThatNeedNoPlaceAreAnsweredByABusyServer() throws InterruptedException {
    try (TestServer server = TestServer.with(limits(1, 10));
        RawClient first = server.connect()) {
      first.send(TestServer.head("GET", "/v1/gate/") + "\r\n");
      server.gateReached.await();
      assertThat(server.get("/health/").status()).isEqualTo(503);
      assertThat(server.get("/").status()).isEqualTo(200);
      server.gate.countDown();
      assertThat(first.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void everyOutcomeGivesItsPlaceBack() {
    try (TestServer server = TestServer.with(limits(1, 10))) {
      for (int i = 0; i < 3; i++) {
        assertThat(server.get("/v1/fails/exception/").status()).isEqualTo(500);
        assertThat(server.get("/v1/fails/error/").status()).isEqualTo(500);
        assertThat(server.get("/v1/fails/conflict/").status()).isEqualTo(409);
        assertThat(server.request("TRACE", "/v1/items/").status()).isEqualTo(405);
        assertThat(server.raw(TestServer.head("GET", "/v1/items/", "x") + "\r\n").status())
            .isEqualTo(401);
        assertThat(server.raw(chunked("x".repeat(2_000))).status()).isEqualTo(413);
      }
      assertThat(server.get("/v1/items/").status()).isEqualTo(200);
    }
  }

  /** A stranger who sends a body drop by drop takes no place from anyone. */
  @Test
  void strangersWithSlowBodiesBlockNobody() throws InterruptedException {
    try (TestServer server = TestServer.with(limits(1, 10));
        RawClient stranger = server.connect();
        RawClient other = server.connect()) {
      stranger.send(
          TestServer.head("POST", "/v1/items/", "x") + "Transfer-Encoding: chunked\r\n\r\n1\r\n");
      while (server.admission.authentications.get() == 0) {
        Thread.onSpinWait();
      }
      other.send("POST /health/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
      RawResponse response = server.get("/v1/items/");
      if (response.status() == 503) { // The stranger was just about to give the place back.
        response = server.get("/v1/items/");
      }
      assertThat(response.status()).isEqualTo(200);
      assertThat(stranger.send("x\r\n0\r\n\r\n").receive().status()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 2\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"})
  @Timeout(30)
  void knownCallersWithSlowBodiesBlockNobody(String headers) {
    try (TestServer server = TestServer.with(limits(1, 10));
        RawClient slow = server.connect()) {
      slow.send(TestServer.head("POST", "/v1/items/") + headers);
      while (server.admission.authentications.get() == 0) {
        Thread.onSpinWait();
      }
      RawResponse response = server.get("/v1/items/");
      while (response.status() == 503) { // The slow one is about to give its place back.
        response = server.get("/v1/items/");
      }
      assertThat(response.status()).isEqualTo(200);
      String body = headers.startsWith("C") ? "{}" : "2\r\n{}\r\n0\r\n\r\n";
      assertThat(slow.send(body).receive().status()).isEqualTo(201);
      assertThat(server.get("/v1/items/").status()).isEqualTo(200);
    }
  }

  @Test
  void connectionsBeyondTheLimitWaitForAFreePlace() {
    try (TestServer server = TestServer.with(limits(10, 2))) {
      String get = "GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n";
      RawClient first = server.connect();
      RawClient second = server.connect();
      assertThat(first.send(get).receive().status()).isEqualTo(200);
      assertThat(second.send(get).receive().status()).isEqualTo(200);
      try (RawClient third = server.connect()) {
        third.send(get);
        assertThat(third.isSilentFor(200)).isTrue();
        first.close();
        assertThat(third.receive().status()).isEqualTo(200);
      } finally {
        second.close();
      }
    }
  }

  @Test
  void silentConnectionsAreClosed() {
    HttpSettings.Timeouts timeouts = timeouts(Duration.ofMillis(150), LONG, LONG);
    try (TestServer server = new TestServer(with(timeouts));
        RawClient mute = server.connect();
        RawClient keptAlive = server.connect();
        RawClient halfHead = server.connect()) {
      keptAlive.send("GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n").receive();
      halfHead.send("GET /health/ HTT");
      assertThat(mute.isClosedByServer()).isTrue();
      assertThat(keptAlive.isClosedByServer()).isTrue();
      assertClosedPerhapsWith(halfHead, 408);
    }
  }

  private static void assertClosedPerhapsWith(RawClient client, int status) {
    try {
      assertThat(client.receive().status()).isEqualTo(status);
    } catch (UncheckedIOException e) {
      assertThat(e).hasMessageContaining("hung up");
    }
  }

  private static HttpSettings with(HttpSettings.Timeouts timeouts) {
    return new HttpSettings("127.0.0.1", 0, HttpSettings.Limits.DEFAULT, timeouts, List.of());
  }

  /** Never idle, so only a deadline ends it. */
  @ParameterizedTest
  @ValueSource(strings = {"GET /health/ HTTP/1.1\r\nX-A: ", "\r\n"})
  void trickledHeadsAreCut(String start) throws InterruptedException {
    HttpSettings.Timeouts timeouts = timeouts(Duration.ofMillis(400), Duration.ofMillis(300), LONG);
    try (TestServer server = new TestServer(with(timeouts));
        RawClient client = server.connect()) {
      client.send(start);
      assertThat(dropsUntilCut(client, start.isBlank() ? "\r\n" : "x")).isBetween(3, 60);
    }
  }

  @Test
  void secondHeadOnAConnectionHasTheSameDeadline() throws InterruptedException {
    HttpSettings.Timeouts timeouts = timeouts(Duration.ofMillis(400), Duration.ofMillis(300), LONG);
    try (TestServer server = new TestServer(with(timeouts));
        RawClient client = server.connect()) {
      String get = "GET /health/ HTTP/1.1\r\nHost: a\r\n";
      for (int i = 0; i < 5; i++) { // Together longer than the deadline of one.
        client.send(get);
        Thread.sleep(80);
        assertThat(client.send("\r\n").receive().status()).isEqualTo(200);
      }
      client.send(get);
      assertThat(dropsUntilCut(client, "X: 1\r\n")).isBetween(3, 60);
    }
  }

  private static int dropsUntilCut(RawClient client, String drop) throws InterruptedException {
    int drops = 0;
    while (client.offer(drop) && drops < 200) {
      drops++;
      Thread.sleep(25);
    }
    return drops;
  }

  @Test
  void trickledBodiesGet408AndAreClosed() throws InterruptedException {
    HttpSettings.Timeouts timeouts = timeouts(Duration.ofMillis(400), LONG, Duration.ofMillis(300));
    try (TestServer server = new TestServer(with(timeouts));
        RawClient client = server.connect()) {
      client.send(TestServer.head("POST", "/v1/items/") + "Content-Length: 1000\r\n\r\n");
      for (int i = 0; i < 12; i++) {
        client.offer("x");
        Thread.sleep(25);
      }
      RawResponse response = client.receive();
      assertThat(response.summary()).isEqualTo("408 {\"error\":\"Request timed out.\"}");
      assertThat(response.header("Connection")).contains("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  /** Bytes that carry no content keep the reader waiting; the connection has a deadline too. */
  @Test
  void trickledChunkExtensionsAreCut() throws InterruptedException {
    HttpSettings.Timeouts timeouts = timeouts(Duration.ofMillis(400), LONG, Duration.ofMillis(300));
    try (TestServer server = new TestServer(with(timeouts));
        RawClient client = server.connect()) {
      client.send(TestServer.head("POST", "/v1/items/") + "Transfer-Encoding: chunked\r\n\r\n1;");
      assertThat(dropsUntilCut(client, "x")).isBetween(3, 150);
    }
  }

  @Test
  void halfABodyThenSilenceGets408() {
    HttpSettings.Timeouts timeouts = timeouts(Duration.ofMillis(150), LONG, LONG);
    try (TestServer server = new TestServer(with(timeouts));
        RawClient client = server.connect()) {
      client.send(TestServer.head("POST", "/v1/items/") + "Content-Length: 10\r\n\r\n{\"a");
      assertThat(client.receive().summary()).isEqualTo("408 {\"error\":\"Request timed out.\"}");
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(server.events.faults()).isEmpty();
    }
  }

  @Test
  void silenceWhileAnEndpointWorksEndsNothing() throws InterruptedException {
    HttpSettings.Timeouts timeouts =
        timeouts(Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(100));
    try (TestServer server = new TestServer(with(timeouts));
        RawClient client = server.connect()) {
      client.send(TestServer.head("GET", "/v1/gate/") + "\r\n");
      server.gateReached.await();
      assertThat(client.isSilentFor(400)).isTrue();
      server.gate.countDown();
      assertThat(client.receive().summary()).isEqualTo("200 {\"passed\":true}");
    }
  }

  @Test
  void clientsThatDoNotTakeTheirResponseAreCut() throws InterruptedException {
    HttpSettings.Timeouts timeouts = timeouts(LONG, LONG, Duration.ofMillis(200));
    try (TestServer server = new TestServer(with(timeouts));
        RawClient client = server.connect()) {
      client.send(TestServer.head("GET", "/v1/large/") + "\r\n");
      assertThat(server.events.nextFinished().route()).isEqualTo("/v1/large/");
    }
  }

  @Test
  void responsesThatAreNotTakenAreCutWhenTheyAreTooLargeTogether() throws InterruptedException {
    long fit = Runtime.getRuntime().maxMemory() / 8 / TestServer.LARGE;
    List<RawClient> clients = new ArrayList<>();
    try (TestServer server = new TestServer(with(timeouts(LONG, LONG, LONG)))) {
      for (int i = 0; i < fit; i++) {
        clients.add(server.connect().send(TestServer.head("GET", "/v1/large/") + "\r\n"));
        assertThat(clients.getLast().receiveHead().status()).isEqualTo(200);
      }
      assertThat(server.events.hasFinished()).isFalse();
      clients.add(server.connect().send(TestServer.head("GET", "/v1/large/") + "\r\n"));
      assertThat(server.events.nextFinished().route()).isEqualTo("/v1/large/");
      assertThat(clients.getFirst().isCutShortOf(TestServer.LARGE)).isTrue();
      assertThat(clients.getLast().receiveHead().status()).isEqualTo(200);
      assertThat(clients.getLast().isCutShortOf(TestServer.LARGE)).isFalse();
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void thousandConnectionsAtOnceAreServed() {
    try (TestServer server = new TestServer()) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        clients.add(server.connect());
      }
      clients.forEach(client -> client.send("GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n"));
      assertThat(clients).allMatch(client -> client.receive().status() == 200);
      clients.forEach(RawClient::close);
    }
  }
}
