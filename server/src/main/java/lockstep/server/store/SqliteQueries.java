package lockstep.server.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * Single queries, outside of transactions. An answer is remembered until something changes, which
 * is known here because all writes go through one thread of this process.
 *
 * <p>The connections keep their prepared statements, because to prepare one of those that every
 * request makes takes several times as long as to run it. A connection that failed is not used
 * again.
 */
final class SqliteQueries implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 5;

  private static final int MAXIMUM_REMEMBERED = 50_000;

  private final Opening opening;
  private final LongSupplier changes;
  private final Runnable durable;
  private final Cache<Question, Answer> remembered =
      Caffeine.newBuilder()
          .executor(Runnable::run) // Its housekeeping takes less than waking a thread.
          .maximumSize(MAXIMUM_REMEMBERED)
          .build();

  private final BlockingQueue<Place> free;
  private volatile boolean closed;

  /** Opens a connection that cannot write. */
  interface Opening {
    Connection open() throws SQLException;
  }

  /**
   * Makes queries one after the other on each of so many connections, which are opened when they
   * are needed.
   *
   * @param changes grows with every change, after it can be seen and before it is acknowledged
   * @param durable returns when all that can be seen is durable
   */
  SqliteQueries(Opening opening, int connections, LongSupplier changes, Runnable durable) {
    this.opening = opening;
    this.changes = changes;
    this.durable = durable;
    this.free = new ArrayBlockingQueue<>(connections);
    for (int i = 0; i < connections; i++) {
      free.add(new Place());
    }
  }

  /** As {@link Database#readOne}. */
  @SuppressWarnings("unchecked") // The same text has the same reader.
  <T> Optional<T> one(String sql, Function<PlainSql.Row, T> reader, Object... parameters)
      throws SQLException {
    Question question = new Question(sql, List.of(parameters));
    // Before the question is asked: what changes meanwhile must not be taken for the answer.
    long asOf = changes.getAsLong();
    Answer known = remembered.getIfPresent(question);
    if (known != null && known.asOf() == asOf) {
      return (Optional<T>) known.first();
    }
    Optional<T> first = ask(sql, reader, parameters);
    durable.run();
    remembered.put(question, new Answer(asOf, first));
    return first;
  }

  private <T> Optional<T> ask(String sql, Function<PlainSql.Row, T> reader, Object... parameters)
      throws SQLException {
    Place place = take();
    try {
      return place.sql().one(sql, reader, parameters);
    } catch (RuntimeException | Error e) {
      place.close();
      throw e;
    } finally {
      giveBack(place);
    }
  }

  private Place take() throws SQLException {
    try {
      Place place = closed ? null : free.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (place == null) {
        throw new SQLException(closed ? "the database is closed" : "too many queries are waiting");
      }
      return place;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for a connection", e);
    }
  }

  private void giveBack(Place place) {
    free.add(place);
    if (closed) {
      closeFree();
    }
  }

  /** Queries that run end; there are no more. */
  @Override
  public void close() {
    closed = true;
    closeFree();
  }

  private void closeFree() {
    for (Place place = free.poll(); place != null; place = free.poll()) {
      place.close();
    }
  }

  private record Question(String sql, List<Object> parameters) {}

  private record Answer(long asOf, Optional<?> first) {}

  /** Of a connection, whether it is open or not. Used by one thread at a time. */
  private final class Place {

    private @Nullable Connection connection;
    private @Nullable PlainSql sql;

    PlainSql sql() throws SQLException {
      if (sql == null) {
        connection = opening.open();
        sql = PlainSql.keeping(connection, SQLDialect.SQLITE);
      }
      return sql;
    }

    void close() {
      sql = null;
      if (connection != null) {
        Databases.abandon(connection);
        connection = null;
      }
    }
  }
}
