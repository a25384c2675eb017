package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL goes away, has no connection left, or does not answer. */
@Tag("slow-lane")
@SuppressWarnings("NullAway.Init") // set before each test
final class PostgresFaultsTest {

  private static final String OUTAGE = "{\"error\":\"The database cannot be used right now.\"}";

  /** Five seconds for a connection, and what a busy machine adds. */
  private static final Duration FAST = Duration.ofSeconds(9);

  /** Ten seconds for a lock. */
  private static final Duration LOCKED = Duration.ofSeconds(15);

  /** Eighteen seconds for a sign of life. */
  private static final Duration SILENCE = Duration.ofSeconds(24);

  private static final Duration RECOVERY = Duration.ofSeconds(20);
  private static final int MAX_CONNECTIONS = 50;

  @TempDir private Path folder;

  private OwnPostgres postgres;
  private ServerUnderTest server;
  private TestOrganisation organisation;
  private TestCaller owner;
  private TestApp app;

  @BeforeEach
  void start() throws IOException {
    postgres = OwnPostgres.start(folder.resolve("postgres"), MAX_CONNECTIONS);
    server = ServerUnderTest.start(Backend.SQLITE, database());
    organisation = TestOrganisation.create(server);
    owner = organisation.owner();
    app = organisation.app("shop");
  }

  private Map<String, String> database() {
    return Map.of("LOCKSTEP_DATABASE_URL", postgres.url());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    postgres.close();
  }

  @Test
  void aRestartUnderLoadIsAnOutageThatEndsByItself() throws Exception {
    BatchLoad load = new BatchLoad(app, 1);
    try (BatchLoad.Running running = load.start(() -> owner)) {
      running.awaitAcknowledged(100);
      postgres.stop();
      Eventually.within(FAST, "not ready", () -> status("/health/ready/") == 503);
      assertThat(status("/health/")).isEqualTo(200);
      assertIsAnOutage(owner.get(app.secrets()));
      postgres.startAgain();
      Eventually.within(RECOVERY, "ready", () -> status("/health/ready/") == 200);
      running.awaitAcknowledged(100);
      running.stop();
      assertThat(running.failures())
          .isNotEmpty()
          .allSatisfy(
              failure -> {
                assertThat(failure.kind()).isEqualTo(Outcome.Kind.UNAVAILABLE);
                assertThat(failure.text()).isEqualTo(OUTAGE);
                assertThat(failure.duration()).isLessThan(FAST);
              });
    }
    assertThat(load.problems(owner)).isEmpty();
    assertThat(Verification.problems(database(), organisation.id())).isEmpty();
  }

  @Test
  void withoutAFreeConnectionRequestsFailFastAndRecoverByThemselves() throws Exception {
    assertThat(owner.get(app.secrets()).status()).isEqualTo(200);
    Deque<Connection> taken = new ArrayDeque<>();
    try {
      takeAll(taken);
      assertIsAnOutage(timed(FAST, () -> owner.get(app.secrets())));
      assertThat(status("/health/ready/")).isEqualTo(503);
    } finally {
      for (Connection connection : taken) {
        connection.close();
      }
    }
    Eventually.within(RECOVERY, "served", () -> owner.get(app.secrets()).status() == 200);
  }

  /** Takes all connections, those of the server too. */
  private void takeAll(Deque<Connection> taken) throws SQLException {
    taken.add(postgres.connect());
    int others = Integer.MAX_VALUE;
    while (others > 0) {
      while (connected(taken)) {
        // One more.
      }
      others = end(taken.getFirst());
    }
  }

  private boolean connected(Deque<Connection> taken) {
    try {
      taken.add(postgres.connect());
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static int end(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var sessions =
            statement.executeQuery(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    + " where application_name = 'lockstep'")) {
      sessions.next();
      return sessions.getInt(1);
    }
  }

  @Test
  void whoWaitsForALockIsToldSoonThatItDoesNotWork() throws Exception {
    try (Connection other = postgres.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("lock table secret in access exclusive mode");
      for (TestResponse answer : readAtOnce(60)) {
        assertIsAnOutage(answer);
      }
      assertIsAnOutage(
          timed(
              LOCKED,
              () -> owner.post(app.secrets(), TestApp.body(TestApp.secret("KEY", "value")))));
      other.rollback();
    }
    Eventually.within(RECOVERY, "served", () -> owner.get(app.secrets()).status() == 200);
    assertThat(owner.get(app.secrets()).text()).isEqualTo("[]");
  }

  @Test
  void aServerThatFallsSilentIsAnOutageUntilItAnswersAgain() throws Exception {
    assertThat(owner.get(app.secrets()).status()).isEqualTo(200);
    postgres.signal("STOP");
    try {
      assertIsAnOutage(timed(SILENCE, () -> owner.get(app.secrets())));
      assertIsAnOutage(timed(SILENCE, () -> owner.get(app.secrets())));
    } finally {
      postgres.signal("CONT");
    }
    Eventually.within(RECOVERY, "served", () -> owner.get(app.secrets()).status() == 200);
  }

  private List<TestResponse> readAtOnce(int count) throws Exception {
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<TestResponse>> answers =
          IntStream.range(0, count)
              .mapToObj(_ -> readers.submit(() -> timed(LOCKED, () -> owner.get(app.secrets()))))
              .toList();
      List<TestResponse> all = new ArrayList<>();
      for (Future<TestResponse> answer : answers) {
        all.add(answer.get());
      }
      return all;
    }
  }

  private int status(String path) {
    return TestCaller.anonymous(server.uri()).get(path).status();
  }

  private static void assertIsAnOutage(TestResponse answer) {
    answer.isError(503, "The database cannot be used right now.");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
  }

  private interface Request {
    TestResponse send();
  }

  private static TestResponse timed(Duration limit, Request request) {
    long begin = System.nanoTime();
    TestResponse answer = request.send();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(limit);
    return answer;
  }
}
