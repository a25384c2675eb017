package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies that are sent once something has succeeded, which endpoints do not wait for. */
@Timeout(60)
final class ConditionalReplyTest {

  private static final String REQUEST = TestServer.head("GET", "/v1/promise/") + "\r\n";

  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CompletableFuture<Void> condition = new CompletableFuture<>();
  private TestServer server;

  /** With a place for one request. */
  @BeforeEach
  void start() {
    server = serverWith(HttpSettings.Timeouts.DEFAULT);
  }

  private TestServer serverWith(HttpSettings.Timeouts timeouts) {
    TestServer made =
        new TestServer(
            new HttpSettings(
                "127.0.0.1",
                0,
                new HttpSettings.Limits(1_000, 1_024, 5, 1, 10),
                timeouts,
                List.of()));
    made.promise =
        () -> {
          asked.complete(null);
          return condition;
        };
    return made;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void isSentWhenTheConditionSucceedsAndNotBefore() {
    try (RawClient client = server.connect()) {
      client.send(REQUEST);
      assertThat(client.isSilentFor(200)).isTrue();
      assertThat(server.givenBack).hasValue(0);
      condition.complete(null);
      RawResponse response = client.receive();

      assertThat(response.summary()).isEqualTo("200 [1]");
      assertThat(response.header("ETag")).contains("\"1\"");
      assertThat(response.header("Content-Type")).contains("application/x-promise");
      assertThat(client.send(REQUEST).receive().summary()).as("the next one").isEqualTo("200 [1]");
    }
    assertThat(server.events.faults()).isEmpty();
  }

  @Test
  void silenceMeanwhileEndsNothing() {
    Duration soon = Duration.ofMillis(100);
    try (TestServer impatient =
            serverWith(new HttpSettings.Timeouts(soon, soon, soon, Duration.ofSeconds(5)));
        RawClient client = impatient.connect()) {
      client.send(REQUEST);
      assertThat(client.isSilentFor(400)).isTrue();
      condition.complete(null);

      assertThat(client.receive().summary()).isEqualTo("200 [1]");
    }
  }

  /** The second request is not begun before the first is answered. */
  @Test
  void requestsInAdvanceAreAnsweredInTheirOrder() {
    try (RawClient client = server.connect()) {
      client.send(REQUEST + TestServer.head("GET", "/v1/items/") + "\r\n");
      assertThat(client.isSilentFor(200)).isTrue();
      assertThat(server.handled).hasValue(0);
      condition.complete(null);

      assertThat(client.receive().summary()).isEqualTo("200 [1]");
      assertThat(client.receive().summary()).isEqualTo("200 []");
    }
  }

  @Test
  void aConnectionThatEndsWithTheAnswerDoesSo() {
    try (RawClient client = server.connect()) {
      client.send(TestServer.head("GET", "/v1/promise/") + "Connection: close\r\n\r\n");
      asked.join();
      condition.complete(null);
      RawResponse response = client.receive();

      assertThat(response.summary()).isEqualTo("200 [1]");
      assertThat(response.header("Connection")).contains("close");
    }
  }

  @Test
  void allConditionsHaveToSucceed() {
    CompletableFuture<Void> first = new CompletableFuture<>();
    Reply reply = Reply.ok(List.of()).after(first).after(condition);
    CompletableFuture<?> both = reply.condition().orElseThrow().toCompletableFuture();
    condition.complete(null);
    assertThat(both).isNotDone();
    first.completeExceptionally(new IllegalStateException("on purpose"));

    assertThat(both).isCompletedExceptionally();
  }

  @Test
  void aFailureIsToldInItsPlace() throws InterruptedException {
    try (RawClient client = server.connect()) {
      client.send(REQUEST);
      asked.join();
      condition.completeExceptionally(new IllegalStateException("on purpose"));
      RawResponse response = client.receive();

      assertThat(response.summary()).isEqualTo("500 {\"error\":\"Internal server error.\"}");
      assertThat(response.header("ETag")).isEmpty();
    }
    assertThat(server.events.nextFinished().status()).isEqualTo(500);
    assertThat(server.events.faults())
        .singleElement()
        .satisfies(
            fault ->
                assertThat(fault.fault())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("on purpose"));
    assertThat(server.givenBack).hasValue(1);
  }

  @Test
  void aFailureThatCannotBeToldIsAnsweredNevertheless() {
    server.events.isBroken = true;
    try (RawClient client = server.connect()) {
      client.send(REQUEST);
      asked.join();
      condition.completeExceptionally(new IllegalStateException("on purpose"));

      assertThat(client.receive().summary())
          .isEqualTo("500 {\"error\":\"Internal server error.\"}");
    }
    assertThat(server.givenBack).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsItsPlaceAmongTheRequestsMeanwhile(boolean succeeds) throws InterruptedException {
    try (RawClient client = server.connect()) {
      client.send(REQUEST);
      asked.join();
      assertThat(server.get("/v1/items/").status()).isEqualTo(503);
      if (succeeds) {
        condition.complete(null);
      } else {
        condition.completeExceptionally(new IllegalStateException("on purpose"));
      }
      assertThat(client.receive().status()).isEqualTo(succeeds ? 200 : 500);

      assertThat(server.get("/v1/items/").status()).isEqualTo(200);
    }
  }

  /** Who has the answer may ask again at once. */
  @Test
  void givesItsPlaceBackBeforeItIsSent() throws InterruptedException {
    server.promise = ConditionalReplyTest::soon;
    try (RawClient client = server.connect()) {
      for (int i = 0; i < 500; i++) {
        assertThat(client.send(REQUEST).receive().status()).isEqualTo(200);
      }
    }
    for (int i = 0; i < 500; i++) {
      assertThat(server.events.nextFinished().status()).isEqualTo(200);
    }
    assertThat(server.givenBack).hasValue(500);
  }

  private static CompletionStage<?> soon() {
    CompletableFuture<Void> later = new CompletableFuture<>();
    later.completeOnTimeout(null, 1, TimeUnit.MILLISECONDS);
    return later;
  }

  @Test
  void aServerThatStopsSendsItFirst() throws InterruptedException {
    try (RawClient client = server.connect()) {
      client.send(REQUEST);
      asked.join();
      Thread stopping = Thread.ofVirtual().start(server.server()::close);
      while (accepts()) {
        Thread.sleep(10);
      }
      assertThat(stopping.isAlive()).isTrue();
      condition.complete(null);

      assertThat(client.receive().summary()).isEqualTo("200 [1]");
      stopping.join();
    }
  }

  private boolean accepts() {
    try {
      server.connect().close();
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void aClientThatLeavesMeanwhileHarmsNobody() throws InterruptedException {
    RawClient client = server.connect();
    client.send(REQUEST);
    asked.join();
    client.close();
    condition.complete(null);

    assertThat(server.events.nextFinished().route()).isEqualTo("/v1/promise/");
    assertThat(server.givenBack).hasValue(1);
    assertThat(server.get("/v1/items/").status()).isEqualTo(200);
    assertThat(server.events.faults()).isEmpty();
  }
}
