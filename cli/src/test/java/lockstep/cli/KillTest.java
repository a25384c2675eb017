package lockstep.cli;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import lockstep.server.ServerUnderTest;
import lockstep.server.faults.BatchLoad;
import lockstep.server.faults.Eventually;
import lockstep.server.faults.Verification;
import lockstep.server.store.Database;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.json.JsonMapper;

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
      Map.of(Backend.SQLITE, 6, Backend.POSTGRES, 3);
  private static final int MOST_ACKNOWLEDGEMENTS = 300;
  private static final Duration LONGEST_DELAY = Duration.ofMillis(30);
  private static final Duration LONGEST_START = Duration.ofMillis(1_500);
  private static final Duration LONGEST_DELIVERY = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int STARTS_PER_KILLED_START = 5;

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private KilledServer killed;
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
      try (CommandProcess server = killed.start()) {
        TestCaller caller = KilledServer.at(server, owner);
        assertThat(load.problems(caller)).as(where).isEmpty();
        assertThat(Verification.problems(killed.settings(), organisation)).as(where).isEmpty();
        try (BatchLoad.Running running = load.startUntilFailure(caller)) {
          running.awaitAcknowledged(random.nextInt(MOST_ACKNOWLEDGEMENTS));
          LockSupport.parkNanos(random.nextLong(LONGEST_DELAY.toNanos()));
          server.kill();
        }
      }
      killed.awaitEndOfSessions();
    }

    try (CommandProcess server = killed.start()) {
      assertThat(load.problems(KilledServer.at(server, owner))).as("seed %d", seed).isEmpty();
      assertThat(Verification.problems(killed.settings(), organisation))
          .as("seed %d", seed)
          .isEmpty();
      Eventually.within(
          LONGEST_DELIVERY, "delivery, seed " + seed, () -> newestDelivered() == newestRecorded());
    }
    assertThat(delivered().stream().distinct())
        .as("events at the sink, seed %d", seed)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, newestRecorded()).boxed().toList());
    System.out.printf(
        "%s: killed %d times, %d changes acknowledged, %d more happened, seed %d%n",
        backend, rounds, load.acknowledged(), load.happened(), seed);
  }

  private Path sink() {
    return folder.resolve("audit.jsonl");
  }

  /** The numbers of the organisation's events at the sink; each line is a whole event. */
  private List<Long> delivered() {
    try (Stream<String> lines = Files.lines(sink())) {
      return lines
          .map(line -> JSON.readTree(line))
          .filter(
              event -> event.get("organisationId").stringValue().equals(organisation.toString()))
          .map(event -> event.get("sequence").longValue())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long newestDelivered() {
    return delivered().stream().mapToLong(number -> number).max().orElse(0);
  }

  private long newestRecorded() {
    try (Database database = killed.reading()) {
      return database.read(
          db ->
              db.fetchSingle(AUDIT_CHAIN, AUDIT_CHAIN.ORGANISATION_ID.eq(organisation))
                  .getSequence());
    }
  }

  /** An organisation, without the seconds that a first start takes. */
  private void prepare(long seed) {
    killed = new KilledServer(backend, folder);
    killed.settings().put("LOCKSTEP_AUDIT_SINK", "file:" + sink());
    try (ServerUnderTest server = ServerUnderTest.start(backend, killed.settings())) {
      TestOrganisation made = TestOrganisation.create(server);
      organisation = made.id();
      owner = made.owner();
      load = new BatchLoad(made.app("shop"), seed);
    }
  }

  private void killWhileItStarts(Random random) {
    try (CommandProcess server = killed.start()) {
      LockSupport.parkNanos(random.nextLong(LONGEST_START.toNanos()));
      server.kill();
    }
    killed.awaitEndOfSessions();
  }
}
