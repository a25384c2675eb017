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
  static final String NEWEST = "2";

  private static final String LOCATION = "classpath:lockstep/server/store/migrations";

  private Migrations() {}

  /** Does nothing, quickly, if the schema is current: loading Flyway costs a third of a start. */
  static void apply(DataSource source) {
    if (isCurrent(source)) {
      return;
    }
    try {
      Flyway.configure().dataSource(source).locations(LOCATION).load().migrate();
    } catch (FlywayException e) {
      throw new StoreUnavailableException("the database could not be migrated", e);
    }
  }

  private static boolean isCurrent(DataSource source) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from flyway_schema_history where success and version = '"
                    + NEWEST
                    + "'")) {
      return row.next() && row.getInt(1) == 1;
    } catch (SQLException e) {
      return false;
    }
  }
}
