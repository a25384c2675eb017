package lockstep.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Copies of rows that belong together, such as an app with all that is in it: each copy has ids of
 * its own, which take the place of the old ones wherever these stand, names with a number, and
 * everything else as it was. So copied secrets open with copied keys.
 */
final class Clones {

  private static final int ROWS_PER_TRANSACTION = 20_000;

  private final Connection connection;
  private final List<Table> tables = new ArrayList<>();
  private final Set<Object> renewed = new HashSet<>();
  private final SplittableRandom random;

  /** The rows of one table that are copied. */
  private record Table(String insert, List<String> columns, List<List<@Nullable Object>> rows) {}

  /**
   * @param seed of the new ids, which are the same in each run; another one for each making of
   *     copies in one database
   */
  Clones(Connection connection, long seed) {
    this.connection = connection;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Takes these rows as a pattern, in the order in which rows must be inserted. Ids in their column
   * {@code id} get new ones in each copy.
   *
   * @param condition what follows {@code WHERE}, with one question mark for the id
   */
  Clones with(String table, String condition, Object id) throws SQLException {
    List<String> columns = new ArrayList<>();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM " + table + " WHERE " + condition)) {
      statement.setObject(1, id);
      try (ResultSet result = statement.executeQuery()) {
        int width = result.getMetaData().getColumnCount();
        for (int i = 1; i <= width; i++) {
          columns.add(result.getMetaData().getColumnName(i));
        }
        while (result.next()) {
          List<@Nullable Object> row = new ArrayList<>();
          for (int i = 1; i <= width; i++) {
            row.add(result.getObject(i));
          }
          rows.add(row);
          int place = columns.indexOf("id");
          if (place >= 0) {
            renewed.add(row.get(place));
          }
        }
      }
    }
    String insert =
        "INSERT INTO %s (%s) VALUES (%s)"
            .formatted(
                table,
                String.join(", ", columns),
                String.join(", ", columns.stream().map(_ -> "?").toList()));
    tables.add(new Table(insert, columns, rows));
    return this;
  }

  /** Makes so many copies. */
  void make(int copies) throws SQLException {
    connection.setAutoCommit(false);
    List<PreparedStatement> statements = new ArrayList<>();
    try {
      for (Table table : tables) {
        statements.add(connection.prepareStatement(table.insert()));
      }
      int pending = 0;
      for (int copy = 1; copy <= copies; copy++) {
        pending += add(statements, copy);
        if (pending >= ROWS_PER_TRANSACTION || copy == copies) {
          for (PreparedStatement statement : statements) {
            statement.executeBatch();
          }
          connection.commit();
          pending = 0;
        }
      }
    } finally {
      for (PreparedStatement statement : statements) {
        statement.close();
      }
      connection.setAutoCommit(true);
    }
  }

  private int add(List<PreparedStatement> statements, int copy) throws SQLException {
    Map<Object, Object> ids = new HashMap<>();
    renewed.forEach(id -> ids.put(id, newId(id)));
    int rows = 0;
    for (int i = 0; i < statements.size(); i++) {
      PreparedStatement statement = statements.get(i);
      Table table = tables.get(i);
      for (List<@Nullable Object> row : table.rows()) {
        for (int column = 0; column < row.size(); column++) {
          @Nullable Object old = row.get(column);
          @Nullable Object content = ids.getOrDefault(old, old);
          statement.setObject(column + 1, distinct(table.columns().get(column), content, copy));
        }
        statement.addBatch();
        rows++;
      }
    }
    return rows;
  }

  /** In the type that the database has for ids: SQLite keeps them as text. */
  private Object newId(Object old) {
    UUID id =
        new UUID((random.nextLong() & ~0xf000L) | 0x4000L, (random.nextLong() >>> 2) | (1L << 63));
    return old instanceof UUID ? id : id.toString();
  }

  private @Nullable Object distinct(String column, @Nullable Object content, int copy) {
    if (column.equals("digest")) {
      byte[] digest = new byte[32];
      random.nextBytes(digest);
      return digest;
    }
    if ((column.equals("name") || column.equals("folded_name")) && content != null) {
      return content + "-" + copy;
    }
    return content;
  }
}
