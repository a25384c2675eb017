package lockstep.server.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderNameCase;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/** Opens databases. */
public final class Databases {

  static final Settings SETTINGS =
      new Settings()
          .withRenderSchema(false)
          .withRenderQuotedNames(RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED)
          .withRenderNameCase(RenderNameCase.AS_IS)
          .withExecuteLogging(false);

  static {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  private Databases() {}

  /**
   * Opens the embedded database in a file of this folder, creating and migrating it as needed. The
   * folder is locked against other processes until the database is closed.
   *
   * @throws StoreUnavailableException if the folder cannot be used or another process uses it
   */
  public static Database embedded(Path folder) {
    return SqliteDatabase.open(folder);
  }

  /**
   * Connects to a PostgreSQL database and migrates it as needed.
   *
   * @param url {@code postgresql://user:password@host:port/database?options}, or with several hosts
   *     and ports, separated by commas, of which the primary is used; options are those of the
   *     PostgreSQL JDBC driver
   * @throws StoreUnavailableException if the database cannot be reached
   */
  public static Database postgres(URI url) {
    return PostgresDatabase.open(url);
  }

  /**
   * Opens the embedded database for reading, also while a server uses it.
   *
   * @throws StoreUnavailableException if there is none, or none of this version
   */
  public static Database embeddedForReading(Path folder) {
    return ReadingDatabase.embedded(folder);
  }

  /**
   * Connects to a PostgreSQL database for reading.
   *
   * @param url as for {@link #postgres}
   * @throws StoreUnavailableException if it cannot be reached, or is not one of this version
   */
  public static Database postgresForReading(URI url) {
    return ReadingDatabase.postgres(url);
  }

  /**
   * Prepares an embedded database without content in this folder, which is locked against other
   * processes until it is closed.
   *
   * @param schema version of the tables, at most {@link #schema}
   * @throws StoreUnavailableException if the folder cannot be used, or has a database already
   */
  public static EmptyDatabase emptyEmbedded(Path folder, int schema) {
    return EmptyDatabase.embedded(folder, schema);
  }

  /**
   * Prepares a PostgreSQL database without content.
   *
   * @param url as for {@link #postgres}
   * @param schema version of the tables, at most {@link #schema}
   * @throws StoreUnavailableException if it cannot be reached, or has content already
   */
  public static EmptyDatabase emptyPostgres(URI url, int schema) {
    return EmptyDatabase.postgres(url, schema);
  }

  /**
   * Loads what queries need, which takes long, so that a start can have that done while it does
   * something else. Nobody may open a database meanwhile: the library loads its classes in any
   * order.
   *
   * @param embedded whether an embedded database is going to be opened
   */
  public static void prepareQueries(boolean embedded) {
    SQLDialect dialect = embedded ? SQLDialect.SQLITE : SQLDialect.POSTGRES;
    DSL.using(dialect, SETTINGS).selectOne().getSQL();
  }

  /** As {@link #prepareQueries}, what connections need. */
  public static void prepareConnections(boolean embedded) {
    if (embedded) {
      SqliteDatabase.prepare();
    }
  }

  /**
   * Writes the part of the embedded database that is made for this system into a folder, from which
   * programs load it if the system property {@code org.sqlite.lib.path} names the folder. Others
   * write it anew each time.
   */
  public static void writeNativePart(Path folder) throws IOException {
    SqliteDatabase.writeNativePart(folder);
  }

  /** Version of the tables that this program works with. */
  public static int schema() {
    return Migrations.NEWEST;
  }

  /** Whether a query failed because of the disk, the connection or the like, not of what it is. */
  public static boolean isPassing(DataAccessException failure) {
    return SqliteFailure.isEnvironmental(failure) || PostgresDatabase.isConnectionFailure(failure);
  }

  /** Ends a connection that is not used again, whether it closes or not. Closing rolls back. */
  static void abandon(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // Whatever it holds ends with the process at the latest.
    }
  }

  static DSLContext context(Connection connection, SQLDialect dialect) {
    return DSL.using(connection, dialect, SETTINGS);
  }
}
