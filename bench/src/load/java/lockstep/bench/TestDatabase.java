package lockstep.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * An empty database for the server under test.
 *
 * @param description name and version, and what of it is not as it comes
 * @param settings what the server has to be told
 * @param process the first process of PostgreSQL, if it is known
 * @param jdbcUrl for direct access
 */
record TestDatabase(
    Kind kind,
    String description,
    Map<String, String> settings,
    OptionalLong process,
    String jdbcUrl) {

  /** Where a PostgreSQL of the user's own is, in the form of the server's setting. */
  static final String OWN_POSTGRES = "LOCKSTEP_BENCH_DATABASE_URL";

  private static final int MAX_CONNECTIONS = 300;

  /** The kinds of database that Lockstep has. */
  enum Kind {
    SQLITE("SQLite"),
    POSTGRESQL("PostgreSQL");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** The embedded database, as it is without any setting. */
  static TestDatabase sqlite(Path folder) throws SQLException {
    String url = "jdbc:sqlite:" + folder.resolve("data/lockstep.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      String version = only(connection, "SELECT sqlite_version()");
      return new TestDatabase(
          Kind.SQLITE, "SQLite " + version, Map.of(), OptionalLong.empty(), url);
    }
  }

  /**
   * The PostgreSQL of {@link #OWN_POSTGRES}, or one of our own whose data lie in this folder.
   *
   * @throws IllegalStateException if acknowledged transactions could get lost in it, or if it is
   *     not empty
   */
  static TestDatabase postgres(Running running, Path folder, String serverKey)
      throws IOException, SQLException {
    String own = System.getenv().getOrDefault(OWN_POSTGRES, "");
    return own.isEmpty() ? embedded(running, folder, serverKey) : own(own, serverKey);
  }

  private static TestDatabase embedded(Running running, Path folder, String serverKey)
      throws IOException, SQLException {
    Files.createDirectories(folder);
    // It comes set up for tests that may lose data: what counts is set back to what is usual.
    EmbeddedPostgres server =
        running.add(
            EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("pgdata"))
                .setOverrideWorkingDirectory(folder.resolve("programs").toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "" + MAX_CONNECTIONS)
                .start());
    long process =
        Long.parseLong(Files.readAllLines(folder.resolve("pgdata/postmaster.pid")).getFirst());
    String address = "localhost:" + server.getPort() + "/postgres";
    String jdbcUrl = "jdbc:postgresql://" + address + "?user=postgres";
    makeLogFiles(jdbcUrl);
    return postgres(
        "max_connections "
            + MAX_CONNECTIONS
            + ", all else as it comes; 900 MB of log written before",
        "postgresql://postgres@" + address,
        jdbcUrl,
        OptionalLong.of(process),
        serverKey);
  }

  /**
   * Makes a new server one that has run for a while, as far as its write-ahead log goes. It fills a
   * file of 16 MB with zeros whenever it has none that it can use again, and all commits wait for
   * that; after a checkpoint it has as many as were needed since the one before.
   */
  private static void makeLogFiles(String jdbcUrl) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE filler (text text)");
      statement.execute(
          "INSERT INTO filler SELECT repeat(md5(i::text), 30) FROM generate_series(1, 800000) AS i");
      statement.execute("DROP TABLE filler");
      statement.execute("CHECKPOINT");
    }
  }

  private static TestDatabase own(String url, String serverKey) throws SQLException {
    URI uri = URI.create(url);
    String[] user = String.valueOf(uri.getUserInfo()).split(":", 2);
    StringBuilder jdbc = new StringBuilder("jdbc:postgresql://" + uri.getHost());
    if (uri.getPort() >= 0) {
      jdbc.append(':').append(uri.getPort());
    }
    jdbc.append(uri.getPath()).append("?user=").append(user[0]);
    if (user.length > 1) {
      jdbc.append("&password=").append(user[1]);
    }
    if (uri.getRawQuery() != null) {
      jdbc.append('&').append(uri.getRawQuery());
    }
    return postgres(
        "the one of " + OWN_POSTGRES, url, jdbc.toString(), OptionalLong.empty(), serverKey);
  }

  private static TestDatabase postgres(
      String remark, String url, String jdbcUrl, OptionalLong process, String serverKey)
      throws SQLException {
    List<String> shown = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
      for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
        String value = only(connection, "SHOW " + setting);
        if (!value.equals("on")) {
          throw new IllegalStateException(
              "PostgreSQL would lose data: " + setting + " is " + value);
        }
        shown.add(setting + " on");
      }
      String tables =
          only(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
      if (!tables.equals("0")) {
        throw new IllegalStateException(
            "the database of " + OWN_POSTGRES + " is not empty, and what is in it is left alone");
      }
      return new TestDatabase(
          Kind.POSTGRESQL,
          "PostgreSQL %s (%s, shared_buffers %s; %s)"
              .formatted(
                  only(connection, "SHOW server_version"),
                  String.join(", ", shown),
                  only(connection, "SHOW shared_buffers"),
                  remark),
          Map.of("LOCKSTEP_DATABASE_URL", url, "SERVER_SECRET", serverKey),
          process,
          jdbcUrl);
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl);
  }

  private static String only(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }

  /** Without the settings and the URL, which may hold a password. */
  @Override
  public String toString() {
    return description;
  }
}
