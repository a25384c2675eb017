package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

/**
 * The embedded database on a file system of its own, which stops taking writes under a server: the
 * kernel makes it read-only after an error of the disk, or somebody forbids changes of its files.
 */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before each test
final class ReadOnlyDiskTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int SOME = 40;

  @TempDir private Path folder;

  private Path image;
  private Path disk;
  private boolean isMounted;
  private Map<String, String> settings;

  @BeforeEach
  void makeDisk() throws Exception {
    image = folder.resolve("image");
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        succeeds("truncate", "-s", "64m", image.toString())
            && succeeds("mkfs.ext4", "-q", "-F", image.toString()),
        "needs mkfs.ext4");
    assumeTrue(mount(), "needs the right to mount a file as a disk");
    settings = Map.of("LOCKSTEP_DATA_DIR", disk.resolve("data").toString());
  }

  private boolean mount() throws Exception {
    isMounted =
        succeeds("mount", "-o", "loop,errors=remount-ro", image.toString(), disk.toString());
    return isMounted;
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      isMounted = false;
      assertThat(succeeds("umount", disk.toString())).isTrue();
    }
  }

  private static boolean succeeds(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) { // There is no such command.
      return false;
    }
  }

  @Test
  void whatTheKernelMadeReadOnlyRefusesAllThatGoesOnRecordAndLosesNothing() throws Exception {
    BatchLoad load;
    TestOrganisation organisation;
    TestCaller owner;
    ServerUnderTest broken = ServerUnderTest.start(Backend.SQLITE, settings);
    try {
      organisation = TestOrganisation.create(broken);
      owner = organisation.owner();
      TestApp app = organisation.app("shop");
      load = new BatchLoad(app, 1);
      try (BatchLoad.Running running = load.start(() -> organisation.owner())) {
        running.awaitAcknowledged(SOME);
        breakDisk();
        awaitRefusals(broken, running, owner, app);
        running.stop();
      }
    } finally {
      // The times at which tokens were used last are lost, and that is told.
      assertThatThrownBy(broken::close).hasMessage("the server did not close cleanly");
    }

    // As an operator does: such a file system has to be checked before it takes writes again.
    unmount();
    assertThat(succeeds("mount", "-o", "loop,ro,noload", image.toString(), disk.toString()))
        .isTrue();
    isMounted = true;
    assertThatThrownBy(() -> ServerUnderTest.on(settings))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(disk.resolve("data").toString());
    unmount();
    new ProcessBuilder("e2fsck", "-p", image.toString()).start().waitFor();
    assertThat(mount()).isTrue();
    try (ServerUnderTest server = ServerUnderTest.on(settings)) {
      assertThat(load.problems(new TestCaller(server.uri(), owner.account(), owner.headers())))
          .isEmpty();
    }
    assertThat(Verification.problems(settings, organisation.id())).isEmpty();
  }

  /** Has the kernel find an error, after which it takes no writes from anybody. */
  private void breakDisk() throws Exception {
    Process find =
        new ProcessBuilder("findmnt", "-no", "SOURCE", disk.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String device = new String(find.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Path trigger =
        Path.of("/sys/fs/ext4", Path.of(device.strip()).getFileName().toString())
            .resolve("trigger_fs_error");
    assumeTrue(Files.exists(trigger), "needs a kernel that fails when it is told to");
    Files.writeString(trigger, "1");
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
    try (Stream<Path> files = Files.list(disk.resolve("data"))) {
      List<String> names =
          files.map(Path::toString).filter(name -> name.contains("lockstep.db")).toList();
      return succeeds(
          Stream.concat(Stream.of("chattr", allow ? "-i" : "+i"), names.stream())
              .toArray(String[]::new));
    }
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
