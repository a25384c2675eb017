package lockstep.server.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings a database to the schema of this program. */
final class Migrations {

  /** Version of the newest file in the folder {@code migrations}. */
  static final int NEWEST = 10;

  private static final String LOCATION = "classpath:lockstep/server/store/migrations";

  private Migrations() {}

  /** Does nothing, quickly, if the schema is current: loading Flyway costs a third of a start. */
  static void apply(DataSource source) {
    int stored = storedVersion(source);
    if (stored > NEWEST) {
      throw new StoreUnavailableException(
          "the database was written by a newer version of Lockstep (schema "
              + stored
              + ", this one knows "
              + NEWEST
              + "); start that version, or restore a backup from before the upgrade");
    }
    if (stored == NEWEST) {
      return;
    }
    try {
      Flyway.configure().dataSource(source).locations(LOCATION).load().migrate();
    } catch (FlywayException e) {
      throw new StoreUnavailableException("the database could not be migrated", e);
    }
  }

  /** Makes the tables of an older version, or of this one. */
  static void applyUpTo(DataSource source, int version) {
    try {
      Flyway.configure()
          .dataSource(source)
          .locations(LOCATION)
          .target(String.valueOf(version))
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StoreUnavailableException("the tables could not be made", e);
    }
  }

  /** Changes nothing; refuses a database that {@link #apply} would change or refuse. */
  static void requireCurrent(DataSource source) {
    int stored = storedVersion(source);
    if (stored != NEWEST) {
      throw new StoreUnavailableException(
          stored == 0
              ? "the database cannot be read, or no server was ever started on it"
              : "the database has schema "
                  + stored
                  + ", and this version reads schema "
                  + NEWEST
                  + "; use the version that the server has");
    }
  }

  /** Zero if the database is empty, or its last migration did not succeed. */
  static int storedVersion(DataSource source) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select version from flyway_schema_history where success")) {
      int newest = 0;
      while (rows.next()) {
        newest = Math.max(newest, rows.getInt(1));
      }
      return newest;
    } catch (SQLException e) {
      return 0;
    }
  }
}
