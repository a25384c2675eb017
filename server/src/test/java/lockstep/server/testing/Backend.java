package lockstep.server.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import lockstep.server.ServerUnderTest;
import org.jspecify.annotations.Nullable;

/** The two kinds of database. Each has one server that lives as long as the test run. */
public enum Backend {
  SQLITE,
  POSTGRES;

  private static final AtomicInteger DATABASES = new AtomicInteger();

  @SuppressWarnings("ImmutableEnumChecker") // one per run, made when first needed
  private @Nullable ServerUnderTest shared;

  /** The shared server with default settings. Tests stay apart by having their own organisation. */
  public synchronized ServerUnderTest server() {
    ServerUnderTest server = shared;
    if (server == null) {
      server = ServerUnderTest.start(this);
      shared = server;
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
    return server;
  }

  /** Settings that lead to an empty database of this kind. */
  public Map<String, String> freshDatabase() {
    return this == SQLITE ? Map.of() : Map.of("LOCKSTEP_DATABASE_URL", Postgres.createDatabase());
  }

  /**
   * A real PostgreSQL: the one whose superuser URL is in {@code PG_TEST_URL}, else one that the
   * tests bring with them.
   */
  private static final class Postgres {

    private static final String URL = start();

    private static String start() {
      String configured = System.getenv("PG_TEST_URL");
      if (configured != null) {
        return configured;
      }
      try {
        @SuppressWarnings("resource") // ends with the test run
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("max_connections", "400")
                // Whether it survives a crash is for the tests that have a PostgreSQL of their own.
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("full_page_writes", "off")
                .start();
        return "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static String createDatabase() {
      String name =
          "lockstep_test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
      try (Connection connection = DriverManager.getConnection("jdbc:" + jdbcForm());
          Statement statement = connection.createStatement()) {
        statement.execute("create database " + name);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return URL.substring(0, URL.lastIndexOf('/') + 1) + name;
    }

    /** The driver wants user and password as parameters. */
    private static String jdbcForm() {
      java.net.URI uri = java.net.URI.create(URL);
      String[] user = uri.getUserInfo().split(":", 2);
      return "postgresql://%s:%d%s?user=%s%s"
          .formatted(
              uri.getHost(),
              uri.getPort(),
              uri.getPath(),
              user[0],
              user.length == 2 ? "&password=" + user[1] : "");
    }
  }
}
