package lockstep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A Lockstep, started by its launcher on a port of the loopback address, with all as it comes. */
final class LockstepServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int PAUSE_MILLIS = 50;

  private final Process process;
  private final int port;
  private final Path bootstrap;
  private final Duration startTime;

  private LockstepServer(Process process, int port, Path bootstrap, Duration startTime) {
    this.process = process;
    this.port = port;
    this.bootstrap = bootstrap;
    this.startTime = startTime;
  }

  /**
   * Starts it and waits for its first answer.
   *
   * @param folder for its log, for the data of an embedded database, and, at a first start, for the
   *     file {@code bootstrap.json}
   * @param settings variables of its environment; of this process's own it gets none that are meant
   *     for Lockstep
   */
  static LockstepServer start(
      Running running, Path home, Path folder, Map<String, String> settings, String... options)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    int port = Net.freePort();
    Path bootstrap = folder.resolve("bootstrap.json");
    List<String> command = new ArrayList<>();
    command.add(home.resolve("lockstep").toString());
    command.addAll(
        List.of(
            "start",
            "--port",
            "" + port,
            "--data-dir",
            folder.resolve("data").toString(),
            "--bootstrap-file",
            bootstrap.toString()));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    clean(builder.environment());
    builder.environment().putAll(settings);
    Path log = folder.resolve("server.log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    long begin = System.nanoTime();
    Process process = running.start(builder);
    Net.awaitAnswer(process, "http://127.0.0.1:" + port + "/health/", PATIENCE, log);
    Duration startTime = Duration.ofNanos(System.nanoTime() - begin);
    return new LockstepServer(process, port, bootstrap, startTime);
  }

  /** Takes away what is meant for a Lockstep of the user's own. */
  static void clean(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(
            name ->
                name.startsWith("LOCKSTEP_")
                    || name.startsWith("PHASE_")
                    || name.startsWith("RATE_LIMIT_")
                    || name.startsWith("SERVER_SECRET")
                    || name.equals("APP_HOST")
                    || name.equals("TRUSTED_PROXIES"));
  }

  /**
   * What a first start wrote down about the owner. The server answers before it does that.
   *
   * @throws IllegalStateException if it is not there in time
   */
  JsonNode bootstrap() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      String text = Files.exists(bootstrap) ? Files.readString(bootstrap) : "";
      if (!text.isEmpty()) {
        return Api.JSON.readTree(text);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    throw new IllegalStateException("no " + bootstrap.getFileName() + " was written");
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  /** The launcher gives its process to the server. */
  long pid() {
    return process.pid();
  }

  /** From the start of the launcher to the first answer. */
  Duration startTime() {
    return startTime;
  }

  @Override
  public void close() {
    Running.stop(process);
  }
}
