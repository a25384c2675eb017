package lockstep.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
        read(
            server.uri().resolve("/v1/secrets/?app_id=" + app + "&env=Development"),
            first.token().bearerHeaderValue());
      }
      return 0;
    } finally {
      delete(folder);
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
