package lockstep.cli;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lockstep.server.testing.TestedProgram;
import org.jspecify.annotations.Nullable;

/** The real command, in a process of its own. */
final class CommandProcess implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("serves (http://\\S+)");
  private static final int PATIENCE_SECONDS = 180;

  /**
   * What commands are named that make keys from passwords. The optimising compiler halves the
   * seconds which that takes; for the others, the quick one is enough.
   */
  private static final Set<String> MAKING_KEYS = Set.of("accept", "password", "recover", "tokens");

  private static final List<String> FOR_ALL_ELSE = List.of("-XX:TieredStopAtLevel=1");

  private static final String HEAP = "-Xmx1500m";
  private static final String END = "\0end";

  private final Process process;
  private final String visibleCommandLine;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> printed = new ArrayList<>();
  private final CompletableFuture<String> errors;
  private @Nullable URI address;

  private CommandProcess(Process process, String visibleCommandLine) {
    this.process = process;
    this.visibleCommandLine = visibleCommandLine;
    // Threads of their own: readers of several processes must not wait for one another.
    Thread.ofPlatform().daemon().start(() -> read(process.inputReader(StandardCharsets.UTF_8)));
    this.errors =
        CompletableFuture.supplyAsync(
            () -> readAll(process.getErrorStream()),
            task -> Thread.ofPlatform().daemon().start(task));
  }

  /** Runs {@code lockstep} with these arguments in an otherwise empty environment. */
  static CommandProcess run(Map<String, String> environment, List<String> arguments) {
    return run(environment, arguments, List.of());
  }

  /** The same, with these lines as its standard input. */
  static CommandProcess run(
      Map<String, String> environment, List<String> arguments, List<String> input) {
    return run(Path.of(""), environment, arguments, input);
  }

  /** The same, in this folder. */
  static CommandProcess in(Path folder, Map<String, String> environment, String... arguments) {
    return run(folder, environment, List.of(arguments), List.of());
  }

  /** Starts a server with these settings, on a database for which no keys have to be made. */
  static CommandProcess startAgain(Map<String, String> environment) {
    return run(Path.of(""), environment, List.of("start"), List.of(), false);
  }

  /** The same, with a heap of so many mebibytes. */
  static CommandProcess startAgain(Map<String, String> environment, int heap) {
    List<String> command = lockstep("start", false);
    command.set(command.indexOf(HEAP), "-Xmx" + heap + "m");
    command.add("start");
    return start(Path.of(""), environment, command, List.of());
  }

  /** The number of the process. */
  long pid() {
    return process.pid();
  }

  private static CommandProcess run(
      Path folder, Map<String, String> environment, List<String> arguments, List<String> input) {
    return run(
        folder, environment, arguments, input, arguments.stream().anyMatch(MAKING_KEYS::contains));
  }

  private static CommandProcess run(
      Path folder,
      Map<String, String> environment,
      List<String> arguments,
      List<String> input,
      boolean makesKeys) {
    List<String> command = lockstep(arguments.getFirst(), makesKeys);
    command.addAll(arguments);
    return start(folder, environment, command, input);
  }

  /** A script of a shell, in which {@code "$@"} is {@code lockstep}, but not for a server. */
  static CommandProcess script(Map<String, String> environment, String script) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    command.addAll(lockstep("", false));
    return start(Path.of(""), environment, command, List.of());
  }

  private static List<String> lockstep(String firstArgument, boolean makesKeys) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-Djava.locale.providers=SPI",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(makesKeys ? TestedProgram.FOR_KEYS : FOR_ALL_ELSE);
    command.addAll(TestedProgram.options(firstArgument));
    command.add(Main.class.getName());
    return command;
  }

  private static CommandProcess start(
      Path folder, Map<String, String> environment, List<String> command, List<String> input) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      String visible = visible(process);
      type(process, input);
      return new CommandProcess(process, visible);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JDK tells long command lines only in part. */
  private static String visible(Process process) throws IOException {
    Path file = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
    return Files.exists(file)
        ? Files.readString(file, StandardCharsets.UTF_8).replace('\0', ' ')
        : process.info().commandLine().orElse("");
  }

  private static void type(Process process, List<String> input) throws IOException {
    try (BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8)) {
      for (String line : input) {
        in.write(line + "\n");
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw e;
      }
      // It ended without asking for all of it, which tests see by its outcome.
    }
  }

  /** Starts a server on this data folder and a free port. */
  static CommandProcess start(Path folder, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("start", "--port", "0", "--data-dir", folder.toString()));
    arguments.addAll(List.of(more));
    boolean first = !Files.exists(folder.resolve("lockstep.db"));
    return run(Path.of(""), Map.of(), arguments, List.of(), first);
  }

  /** Starts a new server that logs all it can log, and writes down whom it made in this file. */
  static CommandProcess startLoggingAll(Path folder, Path bootstrapFile) {
    return run(
        Path.of(""),
        loggingAll(folder),
        List.of("start", "--bootstrap-file", bootstrapFile.toString()),
        List.of(),
        true);
  }

  /** Starts a server that logs all it can log on this folder, which has been used before. */
  static CommandProcess startAgainLoggingAll(Path folder) {
    return startAgain(loggingAll(folder));
  }

  private static Map<String, String> loggingAll(Path folder) {
    return Map.of(
        "LOCKSTEP_LOG_LEVEL",
        "trace",
        "LOCKSTEP_PORT",
        "0",
        "LOCKSTEP_DATA_DIR",
        folder.toString());
  }

  private void read(BufferedReader out) {
    try {
      out.lines().forEach(lines::add);
    } catch (UncheckedIOException e) {
      // The process was killed while it printed.
    }
    lines.add(END);
  }

  private static String readAll(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server's address; waits for the line that names it. */
  synchronized URI address() {
    URI known = address;
    if (known == null) {
      known = URI.create(awaitLine(ADDRESS).group(1));
      address = known;
    }
    return known;
  }

  /** Waits for a line like this. */
  Matcher awaitLine(Pattern pattern) {
    try {
      while (true) {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null || line.equals(END)) {
          throw new AssertionError(
              "no line like "
                  + pattern
                  + "; printed "
                  + printed
                  + ", errors: "
                  + errors.getNow(""));
        }
        printed.add(line);
        Matcher matcher = pattern.matcher(line);
        if (matcher.find()) {
          return matcher;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits for the end, and returns all that was printed to standard output. */
  String output() {
    exitCode();
    try {
      for (String line = lines.take(); !line.equals(END); line = lines.take()) {
        printed.add(line);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return String.join("\n", printed);
  }

  String errors() {
    exitCode();
    return errors.join();
  }

  int exitCode() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("did not end; errors: " + errors.getNow(""));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return process.exitValue();
  }

  /** What other users of the machine see of it, such as with {@code ps}. */
  String visibleCommandLine() {
    return visibleCommandLine;
  }

  /** Asks it to stop, as {@code kill} does. */
  void terminate() {
    // The process itself would also stop listening to what it still prints.
    process.toHandle().destroy();
  }

  /** Sends it a signal by name. */
  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
    exitCode();
  }

  @Override
  public void close() {
    kill();
  }
}
