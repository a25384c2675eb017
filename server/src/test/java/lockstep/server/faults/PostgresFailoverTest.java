package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The machine of PostgreSQL is gone, and its standby takes over. */
@Tag("slow-lane")
final class PostgresFailoverTest {

  private static final String OUTAGE = "{\"error\":\"The database cannot be used right now.\"}";

  /** Five seconds for a connection, and what a busy machine adds. */
  private static final Duration FAST = Duration.ofSeconds(9);

  private static final Duration RECOVERY = Duration.ofSeconds(20);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;

  @Test
  void aSynchronousStandbyTakesOverAndNothingThatWasAcknowledgedIsMissing() throws Exception {
    try (PostgresPair postgres = PostgresPair.start(folder, true)) {
      Map<String, String> settings = Map.of("LOCKSTEP_DATABASE_URL", postgres.url());
      try (ServerUnderTest server = ServerUnderTest.start(Backend.SQLITE, settings)) {
        TestOrganisation organisation = TestOrganisation.create(server);
        TestCaller owner = organisation.owner();
        TestApp app = organisation.app("shop");
        TestCaller anybody = TestCaller.anonymous(server.uri());
        BatchLoad load = new BatchLoad(app, 1);
        try (BatchLoad.Running running = load.start(() -> owner)) {
          running.awaitAcknowledged(100);
          postgres.killPrimary();
          Eventually.within(FAST, "not ready", () -> anybody.get("/health/ready/").status() == 503);
          TestResponse refused = owner.get(app.secrets());
          refused.isError(503, "The database cannot be used right now.");
          assertThat(refused.headers().firstValue("Retry-After")).isPresent();
          postgres.promote();
          Eventually.within(RECOVERY, "ready", () -> anybody.get("/health/ready/").status() == 200);
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
        assertThat(Verification.problems(settings, organisation.id())).isEmpty();
      }
    }
  }

  @Test
  void afterCommitsWereLostTheSinkGetsTheEventsThatHaveTheirNumbersNow() throws Exception {
    try (PostgresPair postgres = PostgresPair.start(folder, false)) {
      Path file = folder.resolve("audit.jsonl");
      Map<String, String> settings = new HashMap<>();
      settings.put("LOCKSTEP_DATABASE_URL", postgres.url());
      Map<String, String> delivering = new HashMap<>(settings);
      delivering.put("LOCKSTEP_AUDIT_SINK", "file:" + file);
      delivering.put("LOCKSTEP_AUDIT_SINK_REQUIRED", "true");
      try (ServerUnderTest deliverer = ServerUnderTest.start(Backend.SQLITE, delivering)) {
        TestOrganisation organisation;
        TestApp app;
        List<String> lost;
        try (ServerUnderTest other = ServerUnderTest.on(settings)) {
          organisation = TestOrganisation.create(other);
          app = organisation.app("shop");
          organisation.owner().get(app.secrets()).is(200);
          // Looking at it is an event itself.
          int kept = chain(organisation.owner()).size() + 1;
          Eventually.within(RECOVERY, "delivery", () -> hashes(file).size() >= kept);
          postgres.awaitCopied();
          postgres.stopStandby();
          for (int i = 0; i < 5; i++) {
            organisation.owner().get(app.secrets()).is(200);
          }
          Eventually.within(RECOVERY, "delivery", () -> hashes(file).size() >= kept + 5);
          lost = hashes(file).subList(kept, kept + 5);
        }
        postgres.killPrimary();
        postgres.startStandbyAgain();
        postgres.promote();

        TestCaller anybody = TestCaller.anonymous(deliverer.uri());
        Eventually.within(RECOVERY, "ready", () -> anybody.get("/health/ready/").status() == 200);
        TestCaller owner =
            new TestCaller(
                deliverer.uri(), organisation.owner().account(), organisation.owner().headers());
        int lines = hashes(file).size();
        for (int i = 0; i < 3; i++) {
          owner.get(app.secrets()).is(200);
          // Nothing is waited for: the answer came after its event was on disk.
          assertThat(hashes(file)).hasSize(lines + i + 1);
        }
        assertThat(hashes(file)).containsAll(chain(owner));
        assertThat(chain(owner)).doesNotContainAnyElementsOf(lost);
        assertThat(Verification.problems(settings, organisation.id())).isEmpty();
      }
    }
  }

  /** The hashes of the events of the caller's organisation, in order. */
  private static List<String> chain(TestCaller caller) {
    List<String> hashes = new ArrayList<>();
    caller
        .get("/v1/audit/chain/?limit=1000&cursor=0")
        .is(200)
        .json()
        .get("data")
        .forEach(event -> hashes.add(event.get("hash").stringValue()));
    return hashes;
  }

  private static List<String> hashes(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(line -> JSON.readTree(line).get("hash").stringValue()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
