package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A PostgreSQL, and another one that follows it by streaming replication. */
final class PostgresPair implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final OwnPostgres primary;
  private final OwnPostgres standby;

  private PostgresPair(OwnPostgres primary, OwnPostgres standby) {
    this.primary = primary;
    this.standby = standby;
  }

  /**
   * Starts both, with their data in this folder.
   *
   * @param synchronous whether commits wait for the standby
   */
  static PostgresPair start(Path folder, boolean synchronous) throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    Map<String, String> settings = new HashMap<>(Map.of("max_connections", "100"));
    OwnPostgres.start(first, settings).close();
    copy(first, second);
    settings.put("synchronous_commit", synchronous ? "on" : "local");
    if (synchronous) {
      settings.put("synchronous_standby_names", "*");
    }
    OwnPostgres primary = OwnPostgres.start(first, settings);
    try {
      Files.createFile(second.resolve("standby.signal"));
      Files.writeString(
          second.resolve("postgresql.auto.conf"),
          "primary_conninfo = 'host=localhost port=%d user=postgres'%n".formatted(primary.port()));
      OwnPostgres standby = OwnPostgres.start(second, Map.of("max_connections", "100"));
      PostgresPair pair = new PostgresPair(primary, standby);
      pair.awaitCopied();
      return pair;
    } catch (IOException | RuntimeException | Error e) {
      primary.close();
      throw e;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (!List.of("postmaster.pid", "epg-lock").contains("" + file.getFileName())) {
          Files.copy(file, copy);
        }
      }
    }
    to.toFile().setReadable(false, false);
    to.toFile().setReadable(true, true);
    to.toFile().setExecutable(false, false);
    to.toFile().setExecutable(true, true);
  }

  /** Leads to whichever of them is the primary. */
  String url() {
    return "postgresql://postgres@localhost:%d,localhost:%d/postgres"
        .formatted(primary.port(), standby.port());
  }

  /** Waits until the standby has everything that was committed. */
  void awaitCopied() {
    Eventually.within(
        SOON,
        "copied",
        () ->
            ask(
                primary,
                "select exists (select from pg_stat_replication"
                    + " where replay_lsn >= pg_current_wal_lsn())"));
  }

  /** From now on the standby gets nothing. */
  void stopStandby() throws IOException {
    standby.stop();
  }

  void startStandbyAgain() throws IOException {
    standby.startAgain();
  }

  /** The primary dies, as with its machine. */
  void killPrimary() throws IOException, InterruptedException {
    primary.signal("KILL");
  }

  /** The standby takes over. */
  void promote() {
    assertThat(ask(standby, "select pg_promote()")).isTrue();
  }

  private static boolean ask(OwnPostgres server, String question) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(question)) {
      return answer.next() && answer.getBoolean(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (primary) {
      standby.close();
    }
  }
}
