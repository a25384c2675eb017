package lockstep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What Linux tells about processes, from {@code /proc}. */
final class Processes {

  private static final double TICKS_PER_SECOND = Double.parseDouble(output("getconf", "CLK_TCK"));

  // Fields of /proc/<pid>/stat, counted from the first one behind the name.
  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int CHILDREN_USER = 13;
  private static final int CHILDREN_SYSTEM = 14;

  private Processes() {}

  /** Seconds of processor time that the process has used, of all its threads. */
  static double cpuSeconds(long pid) {
    String[] stat = stat(pid);
    return stat.length == 0 ? 0 : seconds(stat, USER, SYSTEM);
  }

  /** The same of the processes that this one started and waited for. */
  static double cpuSecondsOfEndedChildren(long pid) {
    String[] stat = stat(pid);
    return stat.length == 0 ? 0 : seconds(stat, CHILDREN_USER, CHILDREN_SYSTEM);
  }

  /** Seconds used by the process, by those below it, and by those below it that have ended. */
  static double cpuSecondsOfTree(long pid) {
    return cpuSeconds(pid)
        + cpuSecondsOfEndedChildren(pid)
        + ProcessHandle.of(pid).stream()
            .flatMap(ProcessHandle::descendants)
            .mapToDouble(child -> cpuSeconds(child.pid()))
            .sum();
  }

  private static double seconds(String[] stat, int first, int second) {
    return (Long.parseLong(stat[first]) + Long.parseLong(stat[second])) / TICKS_PER_SECOND;
  }

  private static String[] stat(long pid) {
    try {
      String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    } catch (NoSuchFileException e) {
      return new String[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Seconds that all processors together were idle since the machine was started. */
  static double idleSeconds() {
    try (var lines = Files.lines(Path.of("/proc/stat"))) {
      String[] cpu = lines.findFirst().orElseThrow().trim().split(" +", -1);
      return (Long.parseLong(cpu[4]) + Long.parseLong(cpu[5])) / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Memory of the process that is in RAM, in MiB. */
  static double residentMebibytes(long pid) {
    return status(pid, "VmRSS:");
  }

  /** The most that was in RAM since {@link #forgetPeak}, in MiB. */
  static double peakResidentMebibytes(long pid) {
    return status(pid, "VmHWM:");
  }

  static void forgetPeak(long pid) {
    try {
      Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double status(long pid, String name) {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      String line = lines.filter(one -> one.startsWith(name)).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a short command prints, without space around it; empty if it fails or is not there. */
  static String output(String... command) {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? text.strip() : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
