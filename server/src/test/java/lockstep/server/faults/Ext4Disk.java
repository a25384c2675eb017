package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is mounted as a disk, which takes the right to mount; a test without it is skipped.
 */
public final class Ext4Disk implements AutoCloseable {

  private final Path image;
  private final Path mounted;

  private Ext4Disk(Path image, Path mounted) {
    this.image = image;
    this.mounted = mounted;
  }

  /** Makes one of 64 MiB, with its file and the place where it is mounted in this folder. */
  public static Ext4Disk in(Path folder) throws IOException, InterruptedException {
    Path image = folder.resolve("image");
    Ext4Disk disk = new Ext4Disk(image, Files.createDirectory(folder.resolve("disk")));
    assumeTrue(
        Programs.succeed("truncate", "-s", "64m", image.toString())
            && Programs.succeed("mkfs.ext4", "-q", "-F", image.toString()),
        "needs mkfs.ext4");
    assumeTrue(disk.mount(), "needs the right to mount a file as a disk");
    return disk;
  }

  private boolean mount() throws InterruptedException {
    return Programs.succeed(
        "mount", "-o", "loop,errors=remount-ro", image.toString(), mounted.toString());
  }

  /** Where its content is. */
  public Path path() {
    return mounted;
  }

  /**
   * Has the kernel find an error, upon which it takes no more changes, and what was not synced is
   * gone.
   */
  public void fail() throws IOException {
    String device = Files.getFileStore(mounted).name();
    Path trigger =
        Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString(), "trigger_fs_error");
    assumeTrue(Files.isWritable(trigger), "needs a kernel that can be told to find an error");
    Files.writeString(trigger, "a test", StandardCharsets.US_ASCII);
  }

  /** What an administrator does after that: checks it, and mounts it again. */
  public void repair() throws InterruptedException {
    unmount();
    // 1 says that there was something to repair.
    assertThat(Programs.exitCode("fsck.ext4", "-y", image.toString())).isLessThan(2);
    assertThat(mount()).isTrue();
  }

  private void unmount() throws InterruptedException {
    assertThat(Programs.succeed("umount", mounted.toString())).isTrue();
  }

  @Override
  public void close() throws InterruptedException {
    unmount();
  }
}
