package lockstep.server.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/**
 * Statements with fixed texts, for the few that every request makes: rendering them anew with jOOQ
 * would cost more than their execution. Belongs to the transaction, or to the one statement, that
 * it was made for.
 *
 * <p>Parameters are null or of type {@link UUID}, {@link Instant}, {@link Long}, {@link String} or
 * {@code byte[]}; where {@link #takesColumns} says so, a {@link Column} as well. Failures are a
 * {@link DataAccessException}, as those of jOOQ.
 */
public final class PlainSql {

  private static final String KEY = "lockstep.plain-sql";

  private final Connection connection;
  private final boolean isSqlite;
  private final @Nullable Map<String, PreparedStatement> kept;

  PlainSql(Connection connection, SQLDialect dialect) {
    this(connection, dialect, null);
  }

  private PlainSql(
      Connection connection, SQLDialect dialect, @Nullable Map<String, PreparedStatement> kept) {
    this.connection = connection;
    this.isSqlite = dialect.family() == SQLDialect.SQLITE;
    this.kept = kept;
  }

  /** Prepares each text once. For a connection that does not know them by itself. */
  static PlainSql keeping(Connection connection, SQLDialect dialect) {
    return new PlainSql(connection, dialect, new HashMap<>());
  }

  /** All transactions of this context run on this connection, and prepare each text once. */
  static void keepStatements(DSLContext db, Connection connection) {
    db.configuration().data(KEY, keeping(connection, db.dialect()));
  }

  /** Runs statements in a transaction. */
  public static <T extends @Nullable Object> T in(DSLContext db, Function<PlainSql, T> work) {
    if (db.configuration().data(KEY) instanceof PlainSql keeping) {
      return work.apply(keeping);
    }
    return db.connectionResult(connection -> work.apply(new PlainSql(connection, db.dialect())));
  }

  /** The first row of a query, if there is one. */
  public <T> Optional<T> one(String sql, Function<Row, T> reader, Object... parameters) {
    return with(
        sql,
        select -> {
          bind(select, Arrays.asList(parameters));
          try (ResultSet row = select.executeQuery()) {
            return row.next()
                ? Optional.of(reader.apply(new Row(row, isSqlite)))
                : Optional.empty();
          }
        });
  }

  /** As {@link #one}, and nobody else changes or locks the row until the transaction ends. */
  public <T> Optional<T> oneLocked(String sql, Function<Row, T> reader, Object... parameters) {
    // One thread writes to SQLite, which has no such clause.
    return one(isSqlite ? sql : sql + " for update", reader, parameters);
  }

  /** Whether a parameter can be a {@link Column}: an array of SQL, which SQLite does not have. */
  public boolean takesColumns() {
    return !isSqlite;
  }

  /** Executes one statement with each of these lists of parameters; how many rows it changed. */
  public int updateEach(String sql, List<? extends List<? extends @Nullable Object>> parameters) {
    return with(
        sql,
        update -> {
          try {
            for (List<? extends @Nullable Object> each : parameters) {
              bind(update, each);
              update.addBatch();
            }
            return Arrays.stream(update.executeBatch()).sum();
          } finally {
            update.clearBatch(); // It may be kept, and what is left in it would be executed later.
          }
        });
  }

  private <T> T with(String sql, Work<T> work) {
    try {
      if (kept == null) {
        try (PreparedStatement prepared = connection.prepareStatement(sql)) {
          return work.run(prepared);
        }
      }
      PreparedStatement known = kept.get(sql);
      if (known == null) {
        known = connection.prepareStatement(sql);
        kept.put(sql, known);
      }
      return work.run(known);
    } catch (SQLException e) {
      throw failure(sql, e);
    }
  }

  private interface Work<T> {
    T run(PreparedStatement statement) throws SQLException;
  }

  private void bind(PreparedStatement statement, List<? extends @Nullable Object> parameters)
      throws SQLException {
    int number = 0;
    for (Object parameter : parameters) {
      bind(statement, ++number, parameter);
    }
  }

  private void bind(PreparedStatement statement, int number, @Nullable Object parameter)
      throws SQLException {
    switch (parameter) {
      case null -> statement.setNull(number, Types.OTHER);
      case UUID id when isSqlite -> statement.setString(number, id.toString());
      case UUID id -> statement.setObject(number, id);
      case Instant time when isSqlite ->
          statement.setLong(number, ChronoUnit.MICROS.between(Instant.EPOCH, stored(time)));
      case Instant time -> statement.setObject(number, offsetTime(time));
      case Long count -> statement.setLong(number, count);
      case String text -> statement.setString(number, text);
      case byte[] bytes -> statement.setBytes(number, bytes);
      case Column column -> statement.setArray(number, column.in(connection));
      default -> throw new IllegalArgumentException("no parameter: " + parameter.getClass());
    }
  }

  private static OffsetDateTime offsetTime(Instant time) {
    return OffsetDateTime.ofInstant(stored(time), ZoneOffset.UTC);
  }

  private static Instant stored(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }

  private static DataAccessException failure(String sql, SQLException cause) {
    return new DataAccessException("failed: " + sql, cause);
  }

  /**
   * The values of many rows as one parameter.
   *
   * @param type of each, by its name in PostgreSQL
   * @param values null or of the types that parameters have
   */
  public record Column(String type, List<? extends @Nullable Object> values) {

    private Array in(Connection connection) throws SQLException {
      return connection.createArrayOf(
          type,
          values.stream()
              .map(value -> value instanceof Instant time ? offsetTime(time) : value)
              .toArray(type.equals("bytea") ? byte[][]::new : Object[]::new));
    }

    /** What is stored may be secret. */
    @Override
    public String toString() {
      return "Column[" + type + ", " + values.size() + "]";
    }
  }

  /** A row of a result; columns are counted from 1 and are not null. */
  public static final class Row {

    private final ResultSet row;
    private final boolean isSqlite;

    private Row(ResultSet row, boolean isSqlite) {
      this.row = row;
      this.isSqlite = isSqlite;
    }

    /** A whole number. */
    public long number(int column) {
      return read(() -> row.getLong(column));
    }

    /** Bytes. */
    public byte[] bytes(int column) {
      return read(() -> row.getBytes(column));
    }

    /** A text. */
    public String text(int column) {
      return read(() -> row.getString(column));
    }

    /** A time. */
    public Instant time(int column) {
      return read(
          () ->
              isSqlite
                  ? Instant.EPOCH.plus(row.getLong(column), ChronoUnit.MICROS)
                  : row.getObject(column, OffsetDateTime.class).toInstant());
    }

    private static <T> T read(Reading<T> reading) {
      try {
        return reading.run();
      } catch (SQLException e) {
        throw new DataAccessException("a column cannot be read", e);
      }
    }

    private interface Reading<T> {
      T run() throws SQLException;
    }
  }
}
