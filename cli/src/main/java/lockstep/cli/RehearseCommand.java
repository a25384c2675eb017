package lockstep.cli;

import java.io.IOException;
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
import lockstep.cli.api.Profiles;
import lockstep.cli.run.Launch;
import lockstep.server.Lockstep;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.organisations.FirstOrganisation;
import picocli.CommandLine.Command;

/**
 * Goes through two starts and some requests in a temporary folder, so that the JDK can record which
 * classes a start needs. Run by the launcher after a build; of no use to people.
 */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

  private static final int READS = 50;

  @Override
  public Integer call() throws IOException, InterruptedException {
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
        work(server.uri().toString(), first.token().text());
        read(
            server.uri().resolve("/v1/secrets/?app_id=" + app + "&env=Development"),
            first.token().bearerHeaderValue());
      }
      return 0;
    } finally {
      delete(folder);
    }
  }

  /**
   * What people do all day, in this process: the JDK records nothing else. Only with a file of
   * profiles that the launcher chose, so that nobody's own is touched.
   */
  private static void work(String address, String token) throws IOException {
    if (!System.getenv().containsKey("LOCKSTEP_CONFIG")) {
      return;
    }
    Path file = new Profiles(System.getenv()).store(Profiles.DEFAULT, address, token);
    try {
      for (String line :
          List.of(
              "secrets set REHEARSED=value",
              "secrets get DATABASE_URL",
              "secrets list",
              "secrets export --format json",
              "secrets delete REHEARSED",
              "apps list")) {
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
    } finally {
      Files.deleteIfExists(file);
    }
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
