package lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Keeps a process to a share of the processors, with a control group of Linux, version 1 or 2.
 * Needs to be root, or the owner of the control groups.
 */
final class CpuQuota implements AutoCloseable {

  /** The least that the kernel takes for a share of a period. */
  private static final int LEAST_MICROS = 1_000;

  /**
   * Short, so that a process that has used up its share does not pause for long: one that holds the
   * end of a chain at that moment lets all servers pause, which separate machines would not do.
   */
  private static final int PERIOD_MICROS = 4_000;

  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private final Path group;

  private CpuQuota(Path group) {
    this.group = group;
  }

  /**
   * Limits a process, with all its threads.
   *
   * @param cpus how many processors it may use, such as 0.4
   */
  static CpuQuota of(long pid, double cpus) throws IOException {
    boolean isFirstVersion = Files.isDirectory(ROOT.resolve("cpu"));
    Path parent = isFirstVersion ? ROOT.resolve("cpu") : ROOT;
    Path group = Files.createDirectory(parent.resolve("lockstep-bench-" + pid));
    CpuQuota quota = new CpuQuota(group);
    try {
      long period = Math.max(PERIOD_MICROS, (long) Math.ceil(LEAST_MICROS / cpus));
      long micros = Math.round(period * cpus);
      if (isFirstVersion) {
        Files.writeString(group.resolve("cpu.cfs_period_us"), "" + period);
        Files.writeString(group.resolve("cpu.cfs_quota_us"), "" + micros);
      } else {
        Files.writeString(group.resolve("cpu.max"), micros + " " + period);
      }
      Files.writeString(group.resolve("cgroup.procs"), "" + pid);
      return quota;
    } catch (IOException e) {
      quota.close();
      throw new IOException("processors cannot be limited with a control group", e);
    }
  }

  /** Lets the processes go, and removes the group. */
  @Override
  public void close() throws IOException {
    List<String> pids = Files.readAllLines(group.resolve("cgroup.procs"));
    for (String pid : pids) {
      Files.writeString(group.resolveSibling("cgroup.procs"), pid);
    }
    Files.delete(group);
  }
}
