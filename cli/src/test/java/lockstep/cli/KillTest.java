package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import lockstep.server.ServerUnderTest;
import lockstep.server.faults.BatchLoad;
import lockstep.server.faults.Verification;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * {@code kill -9} at random moments under load, again and again on the same data. The system
 * property {@code lockstep.kill.rounds} says how often, {@code lockstep.kill.seed} repeats what was
 * random about a run, apart from how threads and processes took turns.
 */
@ContractTest
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before the test
final class KillTest {

  private static final Map<Backend, Integer> USUAL_ROUNDS =
      Map.of(Backend.SQLITE, 10, Backend.POSTGRES, 4);
  private static final int MOST_ACKNOWLEDGEMENTS = 300;
  private static final Duration LONGEST_DELAY = Duration.ofMillis(30);
  private static final Duration LONGEST_START = Duration.ofMillis(1_500);
  private static final int STARTS_PER_KILLED_START = 5;

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private Map<String, String> settings;
  private UUID organisation;
  private TestCaller owner;
  private BatchLoad load;

  @Test
  void everyAcknowledgedChangeSurvivesAsAWhole() throws Exception {
    int rounds = Integer.getInteger("lockstep.kill.rounds", USUAL_ROUNDS.get(backend));
    long seed = Long.getLong("lockstep.kill.seed", System.nanoTime());
    Random random = new Random(seed);
    prepare(seed);

    for (int round = 1; round <= rounds; round++) {
      String where = "round %d of -Dlockstep.kill.seed=%d".formatted(round, seed);
      if (random.nextInt(STARTS_PER_KILLED_START) == 0) {
        killWhileItStarts(random);
      }
      try (CommandProcess server = start()) {
        TestCaller caller = caller(server);
        assertThat(load.problems(caller)).as(where).isEmpty();
        assertThat(Verification.problems(settings, organisation)).as(where).isEmpty();
        try (BatchLoad.Running running = load.startUntilFailure(caller)) {
          running.awaitAcknowledged(random.nextInt(MOST_ACKNOWLEDGEMENTS));
          LockSupport.parkNanos(random.nextLong(LONGEST_DELAY.toNanos()));
          server.kill();
        }
      }
      awaitEndOfSessions();
    }

    try (CommandProcess server = start()) {
      assertThat(load.problems(caller(server))).as("seed %d", seed).isEmpty();
      assertThat(Verification.problems(settings, organisation)).as("seed %d", seed).isEmpty();
    }
    System.out.printf(
        "%s: killed %d times, %d changes acknowledged, %d more happened, seed %d%n",
        backend, rounds, load.acknowledged(), load.happened(), seed);
  }

  /** An organisation, without the seconds that a first start takes. */
  private void prepare(long seed) {
    settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.resolve("data").toString());
    settings.put("SERVER_SECRET", ServerUnderTest.SERVER_SECRET);
    settings.put("LOCKSTEP_PORT", "0");
    try (ServerUnderTest server = ServerUnderTest.start(backend, settings)) {
      TestOrganisation made = TestOrganisation.create(server);
      organisation = made.id();
      owner = made.owner();
      load = new BatchLoad(made.app("shop"), seed);
    }
  }

  private CommandProcess start() {
    return CommandProcess.startAgain(settings);
  }

  private TestCaller caller(CommandProcess server) {
    return new TestCaller(server.address(), owner.account(), owner.headers());
  }

  private void killWhileItStarts(Random random) {
    try (CommandProcess server = start()) {
      LockSupport.parkNanos(random.nextLong(LONGEST_START.toNanos()));
      server.kill();
    }
    awaitEndOfSessions();
  }

  /**
   * PostgreSQL finishes the statement of a client that died before it notices: only after that is
   * it certain what was committed.
   */
  private void awaitEndOfSessions() {
    Optional<URI> url = Optional.ofNullable(settings.get("LOCKSTEP_DATABASE_URL")).map(URI::create);
    if (url.isEmpty()) {
      return;
    }
    try (Database database = Databases.postgresForReading(url.get())) {
      while (database.<Integer>read(db -> db.fetch(OTHER_SESSIONS).size()) > 0) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
  }

  private static final String OTHER_SESSIONS =
      "select pid from pg_stat_activity"
          + " where datname = current_database() and pid <> pg_backend_pid()";
}
