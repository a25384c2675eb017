package lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What the figures depend on: the machine, the programs, and what else it did. */
final class Machine {

  private Machine() {}

  /** One line of a list for each, in Markdown. To be called before there is any load. */
  static List<String> describe(Path home, WorkFolder work, String command) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("Command: `" + command + "`");
    lines.add("Time: " + Instant.now().truncatedTo(ChronoUnit.MINUTES));
    lines.add("Commit: " + commit(home) + (isChanged(home) ? ", with changes" : ""));
    lines.add(
        "Machine: %s, %d processors, %s MiB of RAM"
            .formatted(
                first("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(first("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", ""))
                    / 1024));
    lines.add("Linux " + System.getProperty("os.version") + ", " + System.getProperty("os.arch"));
    lines.add(
        "Disk: %s, %.2f ms to flush a block of 4 KiB"
            .formatted(work.fileSystem(), work.flushMillis()));
    lines.add(
        "JDK: "
            + System.getProperty("java.vendor.version", "")
            + " "
            + System.getProperty("java.vm.version"));
    lines.add(
        "Load average before: " + Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
    return lines;
  }

  /** The short id of the commit, or {@code unknown}. */
  static String commit(Path home) {
    String id = Processes.output("git", "-C", home.toString(), "rev-parse", "--short=10", "HEAD");
    return id.isEmpty() ? "unknown" : id;
  }

  /** The results in the documentation do not count as a change: they are what a run writes. */
  private static boolean isChanged(Path home) {
    return !Processes.output(
            "git",
            "-C",
            home.toString(),
            "status",
            "--porcelain",
            "--",
            ".",
            ":(exclude)docs/performance.md")
        .isEmpty();
  }

  private static String first(String file, String name) throws IOException {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown");
    }
  }
}
