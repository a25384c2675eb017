package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The embedded database on a file system of its own, whose files somebody forbids to change under a
 * server. What a kernel does that makes the file system read-only is tried with a process of its
 * own, by {@code FailedDiskTest}.
 */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before each test
final class ReadOnlyDiskTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int SOME = 40;

  @TempDir private Path folder;

  private Ext4Disk disk;
  private Map<String, String> settings;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = Ext4Disk.in(folder);
    settings = Map.of("LOCKSTEP_DATA_DIR", data().toString());
  }

  private Path data() {
    return disk.path().resolve("data");
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void whenChangesAreAllowedAgainItGoesOnWithoutARestart() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.start(Backend.SQLITE, settings)) {
      TestOrganisation organisation = TestOrganisation.create(server);
      TestCaller owner = organisation.owner();
      TestApp app = organisation.app("shop");
      BatchLoad load = new BatchLoad(app, 2);
      try (BatchLoad.Running running = load.start(() -> owner)) {
        running.awaitAcknowledged(SOME);
        assertThat(allowChanges(false)).isTrue();
        try {
          awaitRefusals(server, running, owner, app);
        } finally {
          assertThat(allowChanges(true)).isTrue();
        }
        TestCaller anybody = TestCaller.anonymous(server.uri());
        Eventually.within(SOON, "ready", () -> anybody.get("/health/ready/").status() == 200);
        running.awaitAcknowledged(SOME);
        running.stop();
        assertThat(running.failures())
            .allSatisfy(failure -> assertThat(failure.kind()).isEqualTo(Outcome.Kind.UNAVAILABLE));
      }
      assertThat(load.problems(owner)).isEmpty();
      assertThat(Verification.problems(settings, organisation.id())).isEmpty();
    }
  }

  private boolean allowChanges(boolean allow) throws Exception {
    try (Stream<Path> files = Files.list(data())) {
      List<String> names = files.map(Path::toString).filter(ReadOnlyDiskTest::holdsData).toList();
      return Programs.succeed(
          Stream.concat(Stream.of("chattr", allow ? "-i" : "+i"), names.stream())
              .toArray(String[]::new));
    }
  }

  /**
   * The index of the journal is mapped into memory, and a process that writes to such a page of a
   * file that takes no changes is ended by the kernel: here, that would be the one of the tests.
   */
  private static boolean holdsData(String name) {
    return name.endsWith("lockstep.db") || name.endsWith("lockstep.db-wal");
  }

  private static void awaitRefusals(
      ServerUnderTest server, BatchLoad.Running running, TestCaller owner, TestApp app) {
    TestCaller anybody = TestCaller.anonymous(server.uri());
    Eventually.within(SOON, "refused", () -> running.failures().size() >= 16);
    Eventually.within(SOON, "not ready", () -> anybody.get("/health/ready/").status() == 503);
    anybody.get("/health/").is(200);
    // Reads of secrets go on record, which needs the disk too.
    owner.get(app.secrets()).isError(503, "The database cannot be used right now.");
    owner.get("/v1/apps/").is(200);
  }
}
