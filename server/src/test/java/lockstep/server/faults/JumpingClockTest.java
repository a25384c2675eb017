package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/** The clock of the machine is set, by hours, in both directions. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class JumpingClockTest {

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private final JumpingClock clock = new JumpingClock();
  private Map<String, String> settings;
  private ServerUnderTest server;
  private TestOrganisation organisation;
  private TestCaller owner;

  private static final class JumpingClock extends Clock {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    void aheadBy(int hours) {
      ahead = Duration.ofHours(hours);
    }
  }

  @BeforeEach
  void start() {
    settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.resolve("data").toString());
    server = ServerUnderTest.start(Backend.SQLITE, settings, clock);
    organisation = TestOrganisation.create(server);
    owner = organisation.owner();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void writesGoOnAndTheChainStaysIntact() throws Exception {
    BatchLoad load = new BatchLoad(organisation.app("shop"), 1);
    try (BatchLoad.Running running = load.start(() -> owner)) {
      for (int hours : new int[] {0, 5, -3, 30, -30, 0}) {
        clock.aheadBy(hours);
        running.awaitAcknowledged(40);
      }
      running.stop();
      assertThat(running.failures()).isEmpty();
    }
    assertThat(load.problems(owner)).isEmpty();
    assertThat(Verification.problems(settings, organisation.id())).isEmpty();
    assertThat(owner.get("/health/ready/").status()).isEqualTo(200);
  }

  @Test
  void timesOfChangeGrowWhileTheClockIsBehind() {
    TestApp app = organisation.app("shop");
    String id = owner.post(app.secrets(), TestApp.body(TestApp.secret("KEY", "1"))).is(201).id();
    JsonNode before = owner.get(app.secrets()).is(200).json().get(0);
    clock.aheadBy(-10);

    owner.put(app.secrets(), TestApp.body(TestApp.object("id", id, "value", "2"))).is(200);

    JsonNode after = owner.get(app.secrets()).is(200).json().get(0);
    assertThat(time(after)).isAfter(time(before));
    assertThat(after.get("version").intValue()).isEqualTo(2);
  }

  private static OffsetDateTime time(JsonNode secret) {
    return OffsetDateTime.parse(secret.get("updatedAt").stringValue());
  }

  @Test
  void tokensExpireByTheClockAsItIs() {
    Instant inAnHour = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MICROS);
    TestCaller caller = organisation.memberToken(owner, inAnHour);

    caller.get("/v1/apps/").is(200);
    clock.aheadBy(2);
    caller.get("/v1/apps/").is(401);
    clock.aheadBy(-2);
    caller.get("/v1/apps/").is(200);
  }

  @Test
  void whoAskedTooOftenMayAskAgainThoughTheClockIsBehind() {
    Map<String, String> limited = new HashMap<>(settings);
    limited.putAll(backend.freshDatabase());
    limited.put("LOCKSTEP_DATA_DIR", folder.resolve("limited").toString());
    limited.put("RATE_LIMIT_DEFAULT", "2/s");
    try (ServerUnderTest other = ServerUnderTest.start(Backend.SQLITE, limited, clock)) {
      TestCaller caller = TestOrganisation.create(other).owner();
      Eventually.within(
          Duration.ofSeconds(30), "limited", () -> caller.get("/v1/roles/").status() == 429);
      clock.aheadBy(-10);
      Eventually.within(
          Duration.ofSeconds(30), "served", () -> caller.get("/v1/roles/").status() == 200);
    }
  }
}
