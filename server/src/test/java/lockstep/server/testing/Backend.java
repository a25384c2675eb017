package lockstep.server.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import lockstep.server.ServerUnderTest;
import lockstep.server.config.ServerConfiguration;
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
   * Settings that lead to a database of this kind that nobody uses yet, with tables and {@linkplain
   * FirstOrganisationStub an organisation}. It is a copy, which takes a fraction of what migrations
   * do.
   *
   * @param folder where servers keep their data; empty
   */
  public Map<String, String> preparedDatabase(Path folder) {
    if (this == SQLITE) {
      try (Stream<Path> files = Files.list(PreparedFile.FOLDER)) {
        for (Path file : files.toList()) {
          Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Map.of();
    }
    return Map.of("LOCKSTEP_DATABASE_URL", Postgres.createDatabase(PreparedDatabase.NAME));
  }

  private static Path newFolder() {
    try {
      Path folder = Files.createTempDirectory("lockstep-test");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void insertOrganisation(Path folder, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("LOCKSTEP_DATA_DIR", folder.toString());
    all.put("SERVER_SECRET", ServerUnderTest.SERVER_SECRET);
    FirstOrganisationStub.insert(ServerConfiguration.read(all, Map.of()));
  }

  /** What embedded databases are copied from. Made when first needed. */
  private static final class PreparedFile {

    private static final Path FOLDER = newFolder();

    static {
      insertOrganisation(FOLDER, Map.of());
    }
  }

  /** What databases of the PostgreSQL are copied from. Made when first needed. */
  private static final class PreparedDatabase {

    private static final String NAME;

    static {
      String url = Postgres.createDatabase();
      insertOrganisation(newFolder(), Map.of("LOCKSTEP_DATABASE_URL", url));
      NAME = url.substring(url.lastIndexOf('/') + 1);
    }
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
      return createDatabase("template1");
    }

    static String createDatabase(String template) {
      String name =
          "lockstep_test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
      try (Connection connection = DriverManager.getConnection("jdbc:" + jdbcForm());
          Statement statement = connection.createStatement()) {
        statement.execute("create database " + name + " template " + template);
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
