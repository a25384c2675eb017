package lockstep.server.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A PostgreSQL that nobody else uses, so that it can be stopped. */
final class OwnPostgres implements AutoCloseable {

  private final Path folder;
  private final Map<String, String> settings;
  private EmbeddedPostgres server;

  private OwnPostgres(Path folder, Map<String, String> settings) throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.server = builder().start();
  }

  /** Starts one with its data in this folder. */
  static OwnPostgres start(Path folder, int maxConnections) throws IOException {
    return start(folder, Map.of("max_connections", String.valueOf(maxConnections)));
  }

  /** Starts one with its data in this folder, new or as they are there, and with these settings. */
  static OwnPostgres start(Path folder, Map<String, String> settings) throws IOException {
    return new OwnPostgres(folder, settings);
  }

  private EmbeddedPostgres.Builder builder() {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder().setDataDirectory(folder).setCleanDataDirectory(false);
    settings.forEach(builder::setServerConfig);
    return builder;
  }

  int port() {
    return server.getPort();
  }

  String url() {
    return "postgresql://postgres@localhost:" + port() + "/postgres";
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres");
  }

  void stop() throws IOException {
    server.close();
  }

  /** Starts it again where it was. */
  void startAgain() throws IOException {
    server = builder().setPort(server.getPort()).start();
  }

  /** Sends this signal to all its processes. */
  void signal(String name) throws IOException, InterruptedException {
    long first = Long.parseLong(Files.readAllLines(folder.resolve("postmaster.pid")).getFirst());
    List<String> command = new ArrayList<>(List.of("kill", "-" + name, "" + first));
    ProcessHandle.of(first)
        .orElseThrow()
        .descendants()
        .forEach(process -> command.add("" + process.pid()));
    // One that ended in between is none to stop.
    new ProcessBuilder(command).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
