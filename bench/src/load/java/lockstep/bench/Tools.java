package lockstep.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs that have to be there. Nothing is installed.
 *
 * @param wrk where the load generator is
 * @param nginx where the web server is
 */
record Tools(Path wrk, Path nginx) {

  /**
   * @throws IllegalStateException if something is missing; the message tells what to install
   */
  static Tools find() {
    List<String> missing = new ArrayList<>();
    if (!Files.exists(Path.of("/proc/self/stat"))) {
      missing.add("Linux: processor time and memory are read from /proc");
    }
    Optional<Path> wrk = find("wrk");
    if (wrk.isEmpty()) {
      missing.add("wrk, the load generator: apt-get install wrk");
    }
    Optional<Path> nginx = find("nginx");
    if (nginx.isEmpty()) {
      missing.add("nginx, for comparison: apt-get install nginx-light");
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("missing:\n- " + String.join("\n- ", missing));
    }
    return new Tools(wrk.orElseThrow(), nginx.orElseThrow());
  }

  private static Optional<Path> find(String name) {
    // Many have no folder for administrators on their path, and need no right to run nginx.
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** One line for each. */
  List<String> versions() {
    // Both tell on the standard error or with an exit code of their own.
    String words = Processes.output("sh", "-c", "\"$1\" -v 2>&1 || :", "sh", wrk.toString());
    String server = Processes.output("sh", "-c", "\"$1\" -v 2>&1 || :", "sh", nginx.toString());
    return List.of(
        words.lines().findFirst().orElse("wrk").replaceAll(" Copyright.*", ""),
        server.replace("nginx version: ", ""));
  }
}
