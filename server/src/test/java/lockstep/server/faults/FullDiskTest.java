package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.StoreUnavailableException;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database on a disk of a few megabytes, which only root can make. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before each test
final class FullDiskTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private Path disk;
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    isMounted =
        Programs.succeed("mount", "-t", "tmpfs", "-o", "size=48m", "lockstep-test", "" + disk);
    assumeTrue(isMounted, "needs the right to mount");
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      assertThat(Programs.succeed("umount", disk.toString())).isTrue();
    }
  }

  @Test
  void whatDoesNotFitIsRefusedAndOnceThereIsSpaceItGoesOn() throws Exception {
    Map<String, String> settings = Map.of("LOCKSTEP_DATA_DIR", disk.resolve("data").toString());
    try (ServerUnderTest server = ServerUnderTest.start(Backend.SQLITE, settings)) {
      TestOrganisation organisation = TestOrganisation.create(server);
      TestCaller owner = organisation.owner();
      TestApp app = organisation.app("shop");
      BatchLoad load = new BatchLoad(app, 1);
      TestCaller anybody = TestCaller.anonymous(server.uri());
      try (BatchLoad.Running running = load.start(() -> owner)) {
        running.awaitAcknowledged(100);
        Path ballast = fill();
        Eventually.within(SOON, "refused", () -> running.failures().size() >= 16);
        Eventually.within(SOON, "not ready", () -> anybody.get("/health/ready/").status() == 503);
        assertThat(anybody.get("/health/").status()).isEqualTo(200);
        // Reads of secrets go on record, which needs space too.
        Eventually.within(SOON, "read refused", () -> owner.get(app.secrets()).status() == 503);
        Files.delete(ballast);
        Eventually.within(SOON, "ready", () -> anybody.get("/health/ready/").status() == 200);
        running.awaitAcknowledged(100);
        running.stop();
        assertThat(running.failures())
            .allSatisfy(
                failure -> {
                  assertThat(failure.kind()).isEqualTo(Outcome.Kind.UNAVAILABLE);
                  assertThat(failure.text()).contains("right now");
                });
      }
      assertThat(load.problems(owner)).isEmpty();
      assertThat(Verification.problems(settings, organisation.id())).isEmpty();
    }
  }

  private Path fill() throws IOException {
    Path ballast = disk.resolve("ballast");
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] page = new byte[4_096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      return ballast; // No space left.
    }
  }

  @Test
  void aStartOnADiskThatCannotBeWrittenNamesTheFolder() throws Exception {
    Map<String, String> settings = Map.of("LOCKSTEP_DATA_DIR", disk.resolve("data").toString());
    ServerUnderTest.start(Backend.SQLITE, settings).close();
    assertThat(Programs.succeed("mount", "-o", "remount,ro", disk.toString())).isTrue();

    assertThatThrownBy(() -> ServerUnderTest.start(Backend.SQLITE, settings))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(disk.resolve("data").toString());
  }
}
