package lockstep.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jooq.tools.jdbc.DefaultConnection;
import org.jooq.tools.jdbc.DefaultPreparedStatement;
import org.jspecify.annotations.Nullable;

/**
 * A connection to SQLite that keeps the statements that were prepared through it, for whoever
 * prepares the same text next: to prepare most statements takes longer than to execute them, and
 * the driver, other than that of PostgreSQL, does so each time. Used by one thread at a time.
 *
 * <p>Invariants: a statement has one user at a time; it is kept without parameters, batch and open
 * result; one that failed is not kept.
 */
final class KeptStatements extends DefaultConnection {

  private static final int MAXIMUM = 100;

  /** The driver keeps the space for the parameters of a batch, and clears all of it each time. */
  private static final int LARGE_BATCH = 500;

  /** By their texts, what was used last at the end. */
  private final SequencedMap<String, PreparedStatement> free = new LinkedHashMap<>();

  KeptStatements(Connection connection) {
    super(connection);
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    @Nullable PreparedStatement kept = free.remove(sql);
    return new Kept(sql, kept == null ? super.prepareStatement(sql) : kept);
  }

  private void keep(String sql, PreparedStatement statement) throws SQLException {
    @Nullable PreparedStatement other = free.put(sql, statement);
    if (other == null && free.size() > MAXIMUM) {
      other = free.pollFirstEntry().getValue();
    }
    if (other != null) {
      other.close();
    }
  }

  /** How many statements wait for their next user. */
  int size() {
    return free.size();
  }

  private interface Execution<T> {
    T run() throws SQLException;
  }

  /** As its user sees it, until it is closed. */
  private final class Kept extends DefaultPreparedStatement {

    private final String sql;
    private @Nullable ResultSet result;
    private int batch;
    private boolean isWorthKeeping = true;
    private boolean isClosed;

    Kept(String sql, PreparedStatement statement) {
      super(statement);
      this.sql = sql;
    }

    private <T> T execute(Execution<T> execution) throws SQLException {
      try {
        return execution.run();
      } catch (SQLException e) {
        isWorthKeeping = false;
        throw e;
      }
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
      ResultSet rows = execute(super::executeQuery);
      result = rows;
      return rows;
    }

    @Override
    public int executeUpdate() throws SQLException {
      return execute(super::executeUpdate);
    }

    @Override
    public long executeLargeUpdate() throws SQLException {
      return execute(super::executeLargeUpdate);
    }

    @Override
    public boolean execute() throws SQLException {
      boolean hasRows = execute(super::execute);
      // Unless they are asked for, nobody closes them.
      isWorthKeeping &= !hasRows;
      return hasRows;
    }

    @Override
    public void addBatch() throws SQLException {
      super.addBatch();
      isWorthKeeping &= ++batch <= LARGE_BATCH;
    }

    @Override
    public int[] executeBatch() throws SQLException {
      return execute(super::executeBatch);
    }

    @Override
    public long[] executeLargeBatch() throws SQLException {
      return execute(super::executeLargeBatch);
    }

    @Override
    public boolean isClosed() {
      return isClosed;
    }

    @Override
    public void close() throws SQLException {
      if (isClosed) {
        return;
      }
      isClosed = true;
      PreparedStatement statement = getDelegatePreparedStatement();
      if (isWorthKeeping && isCleared(statement)) {
        keep(sql, statement);
      } else {
        statement.close();
      }
    }

    private boolean isCleared(PreparedStatement statement) {
      try {
        if (result != null) {
          result.close();
        }
        statement.clearBatch();
        statement.clearParameters();
        return true;
      } catch (SQLException e) {
        return false;
      }
    }
  }
}
