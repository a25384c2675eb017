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

/** A PostgreSQL that nobody else uses, so that it can be stopped. */
final class OwnPostgres implements AutoCloseable {

  private final Path folder;
  private final int maxConnections;
  private EmbeddedPostgres server;

  private OwnPostgres(Path folder, int maxConnections) throws IOException {
    this.folder = folder;
    this.maxConnections = maxConnections;
    this.server = builder().start();
  }

  /** Starts one with its data in this folder. */
  static OwnPostgres start(Path folder, int maxConnections) throws IOException {
    return new OwnPostgres(folder, maxConnections);
  }

  private EmbeddedPostgres.Builder builder() {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder)
        .setCleanDataDirectory(false)
        .setServerConfig("max_connections", String.valueOf(maxConnections));
  }

  String url() {
    return "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
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
