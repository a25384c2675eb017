package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import lockstep.server.ServerUnderTest;
import lockstep.server.faults.BatchLoad;
import lockstep.server.faults.Eventually;
import lockstep.server.faults.Ext4Disk;
import lockstep.server.faults.Verification;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk on which the kernel finds an error, and which takes no more changes, under a server. */
@Tag("slow")
@Tag("slow-lane")
final class FailedDiskTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int WRITERS = 16;

  @TempDir private Path folder;

  @Test
  void nothingIsAcknowledgedAfterItAndNothingIsLostThatWas() throws Exception {
    try (Ext4Disk disk = Ext4Disk.in(folder)) {
      KilledServer killed = new KilledServer(Backend.SQLITE, disk.path());
      UUID organisation;
      TestCaller owner;
      BatchLoad load;
      try (ServerUnderTest server = ServerUnderTest.start(Backend.SQLITE, killed.settings())) {
        TestOrganisation made = TestOrganisation.create(server);
        organisation = made.id();
        owner = made.owner();
        load = new BatchLoad(made.app("shop"), 3);
      }

      try (CommandProcess server = killed.start();
          BatchLoad.Running running = load.startUntilFailure(KilledServer.at(server, owner))) {
        running.awaitAcknowledged(200);
        disk.fail();
        // Each writer ends with its first failure: refused with 503, or without a server, which the
        // kernel ends if it writes to the index of the journal.
        Eventually.within(SOON, "refused", () -> running.failures().size() == WRITERS);
        server.kill();
      }
      disk.repair();

      try (CommandProcess server = killed.start()) {
        assertThat(load.problems(KilledServer.at(server, owner))).isEmpty();
        assertThat(Verification.problems(killed.settings(), organisation)).isEmpty();
      }
    }
  }
}
