package lockstep.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lockstep.cli.api.Logging;
import lockstep.cli.api.Profiles;
import lockstep.server.Lockstep;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.organisations.FirstOrganisation;
import lockstep.server.store.Databases;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Has the JDK record what starts need, in processes of their own: it links every class of a cache
 * whenever a program starts with it, so each cache is to hold what its programs need and no more.
 * That of the server is recorded by a second start, which makes no organisation and no tables. Run
 * by the launcher after a build; of no use to people.
 */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

  private static final int READS = 300;

  private static final Pattern ADDRESS = Pattern.compile("serves (http://\\S+)");

  /**
   * Profiles make the compiler busy early. A short command has no use for that, and a server starts
   * later, but was not faster afterwards.
   */
  private static final List<String> WITHOUT_PROFILES =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-AOTRecordTraining");

  /** Options of whoever builds for debuggers and the like, some of which listen on a port. */
  private static final List<String> NOT_FOR_CHILDREN =
      List.of("-agent", "-javaagent", "-Dcom.sun.management.");

  /** Who builds may have a server, a token and settings of their own. */
  private static final Set<String> VARIABLES = Set.of("HOME", "LD_LIBRARY_PATH", "PATH", "TMPDIR");

  @Option(
      names = "--server",
      required = true,
      paramLabel = "FILE",
      description = "Where to write the cache for start.")
  private @Nullable Path server;

  @Option(
      names = "--commands",
      required = true,
      paramLabel = "FILE",
      description = "Where to write the cache for all other commands.")
  private @Nullable Path commands;

  @Option(
      names = "--daily",
      required = true,
      paramLabel = "FILE",
      description = "Where to write the cache for the commands that scripts run all day.")
  private @Nullable Path daily;

  @Option(
      names = "--daily-class-path",
      required = true,
      paramLabel = "JARS",
      description = "The jars that those commands run with.")
  private @Nullable String dailyClassPath;

  @Option(
      names = "--native",
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write the native part of the embedded database.")
  private @Nullable Path nativePart;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.configure(System.getenv());
    Databases.writeNativePart(Objects.requireNonNull(nativePart));
    Path folder = Files.createTempDirectory("lockstep-rehearsal");
    try {
      ServerConfiguration configuration =
          ServerConfiguration.read(
              Map.of("LOCKSTEP_PORT", "0", "LOCKSTEP_DATA_DIR", folder.toString()), Map.of());
      FirstOrganisation first;
      String app;
      try (Lockstep lockstep = Lockstep.start(configuration)) {
        first = lockstep.firstOrganisation().orElseThrow();
        app = lockstep.exampleApp().orElseThrow().id();
      }
      record(folder, first, app);
      return 0;
    } finally {
      delete(folder);
    }
  }

  private void record(Path folder, FirstOrganisation first, String app)
      throws IOException, InterruptedException {
    String all = System.getProperty("java.class.path");
    Path profiles = folder.resolve("profiles.json");
    List<Process> children = new ArrayList<>();
    try {
      Process running =
          recording(
                  Objects.requireNonNull(server),
                  profiles,
                  all,
                  Main.class,
                  "start",
                  "--port=0",
                  "--data-dir=" + folder)
              .redirectOutput(ProcessBuilder.Redirect.PIPE)
              .start();
      children.add(running);
      BufferedReader output = running.inputReader();
      URI address = address(output);
      new Profiles(Map.of("LOCKSTEP_CONFIG", profiles.toString()))
          .store(Profiles.DEFAULT, address.toString(), first.token().text());
      Process working =
          recording(Objects.requireNonNull(commands), profiles, all, CommandsRehearsal.class)
              .start();
      children.add(working);
      Process reading =
          recording(
                  Objects.requireNonNull(daily),
                  profiles,
                  Objects.requireNonNull(dailyClassPath),
                  DailyRehearsal.class)
              .start();
      children.add(reading);
      read(
          address.resolve("/v1/secrets/?app_id=" + app + "&env=Development"),
          first.token().bearerHeaderValue());
      succeed(working);
      succeed(reading);
      // The JDK writes what it recorded when the program ends, and says so. The process itself
      // would stop listening to that.
      running.toHandle().destroy();
      output.lines().forEach(System.out::println);
      succeed(running);
    } finally {
      for (Process child : children) {
        child.destroyForcibly();
        child.waitFor();
      }
    }
  }

  /** A program that writes a cache at its end. */
  private static ProcessBuilder recording(
      Path cache, Path profiles, String classPath, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (NOT_FOR_CHILDREN.stream().noneMatch(option::startsWith)) {
        command.add(option);
      }
    }
    command.addAll(WITHOUT_PROFILES);
    command.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command).inheritIO();
    process.environment().keySet().retainAll(VARIABLES);
    process.environment().put("LOCKSTEP_CONFIG", profiles.toString());
    return process;
  }

  private static void succeed(Process process) throws InterruptedException {
    if (process.waitFor() != 0) {
      throw new IllegalStateException("a rehearsal failed");
    }
  }

  private static URI address(BufferedReader output) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher matcher = ADDRESS.matcher(line);
      if (matcher.find()) {
        return URI.create(matcher.group(1));
      }
    }
    throw new IllegalStateException("the server did not start");
  }

  private static void read(URI secrets, String bearer) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(secrets).header("Authorization", "Bearer " + bearer).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < READS; i++) {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
          throw new IllegalStateException("status " + response.statusCode());
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
