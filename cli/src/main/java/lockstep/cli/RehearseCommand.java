package lockstep.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import lockstep.cli.api.Logging;
import lockstep.cli.api.Profiles;
import lockstep.cli.run.Launch;
import lockstep.server.Lockstep;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.organisations.FirstOrganisation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Goes through two starts and some requests in a temporary folder, so that the JDK can record which
 * classes a start needs; and through what people do all day in other processes, which record what
 * that needs. Run by the launcher after a build; of no use to people.
 */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

  private static final int READS = 50;

  /** What people do all day. */
  private static final List<String> WORK =
      List.of(
          "secrets set REHEARSED=value",
          "secrets get DATABASE_URL",
          "secrets list",
          "secrets export --format json",
          "secrets delete REHEARSED",
          "apps list");

  @Option(
      names = "--commands",
      paramLabel = "FILE",
      description = "Where to write the cache for all commands but start.")
  private @Nullable Path commands;

  @Option(
      names = "--daily",
      paramLabel = "FILE",
      description = "Where to write the cache for the commands that scripts run all day.")
  private @Nullable Path daily;

  @Option(
      names = "--daily-class-path",
      paramLabel = "JARS",
      defaultValue = "",
      description = "The jars that those commands run with.")
  private String dailyClassPath = "";

  @Option(names = "--work", description = "Only do the daily work, with the profile at hand.")
  private boolean work;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (work) {
      work();
      return 0;
    }
    Logging.configure(System.getenv());
    Path folder = Files.createTempDirectory("lockstep-rehearsal");
    try {
      ServerConfiguration configuration =
          ServerConfiguration.read(
              Map.of("LOCKSTEP_PORT", "0", "LOCKSTEP_DATA_DIR", folder.toString()), Map.of());
      FirstOrganisation first;
      String app;
      try (Lockstep server = Lockstep.start(configuration)) {
        first = server.firstOrganisation().orElseThrow();
        app = server.exampleApp().orElseThrow().id();
      }
      try (Lockstep server = Lockstep.start(configuration)) {
        Path profiles = folder.resolve("profiles.json");
        new Profiles(Map.of("LOCKSTEP_CONFIG", profiles.toString()))
            .store(Profiles.DEFAULT, server.uri().toString(), first.token().text());
        if (commands != null) {
          String all = System.getProperty("java.class.path");
          record(commands, profiles, all, Main.class, "rehearse", "--work");
        }
        if (daily != null) {
          record(daily, profiles, dailyClassPath, DailyRehearsal.class);
        }
        read(
            server.uri().resolve("/v1/secrets/?app_id=" + app + "&env=Development"),
            first.token().bearerHeaderValue());
      }
      return 0;
    } finally {
      delete(folder);
    }
  }

  /** In a process of its own: the JDK links every class of a cache at each start. */
  private static void record(
      Path cache, Path profiles, String classPath, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith("-XX:AOT")) {
        command.add(option);
      }
    }
    command.addAll(
        List.of(
            "-XX:AOTCacheOutput=" + cache,
            // Profiles make the compiler busy early, for which a short command has no use.
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-AOTRecordTraining",
            "-cp",
            classPath,
            main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command).inheritIO();
    // Who builds may have a server and a token of their own.
    process
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("LOCKSTEP_") || name.startsWith("PHASE_"));
    process.environment().put("LOCKSTEP_CONFIG", profiles.toString());
    if (process.start().waitFor() != 0) {
      throw new IllegalStateException("the rehearsal of daily work failed");
    }
  }

  private static void work() {
    for (String line : WORK) {
      List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
      if (line.startsWith("secrets")) {
        arguments.addAll(List.of("--app", "example-app", "--env", "Development"));
      }
      String[] command = arguments.toArray(String[]::new);
      if (Main.commandLine(command).execute(command) != 0) {
        throw new IllegalStateException(line);
      }
    }
    String[] run = {"run", "--", "true"};
    Main.commandLine(run).parseArgs(run);
    Launch.rehearse();
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
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
