package lockstep.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL: a transaction per unit of work. Reading connections see one snapshot per unit
 * (repeatable read) and cannot write; writing connections rely on row locks (read committed) and
 * try again after a deadlock.
 */
final class PostgresDatabase implements Database {

  private static final int CONNECTIONS_PER_POOL = 16;
  private static final int ATTEMPTS = 5;

  /**
   * A caller waits no longer than this, whatever PostgreSQL does: for a connection, for a lock of
   * another transaction, for a statement, and for a server from which nothing comes any more. Each
   * is shorter than the next, and all are shorter than the patience of usual clients.
   */
  private static final int CONNECTION_TIMEOUT_MILLIS = 5_000;

  private static final String LOCK_TIMEOUT = "10s";
  private static final String STATEMENT_TIMEOUT = "15s";
  private static final int SOCKET_TIMEOUT_SECONDS = 18;

  private static final int HOST_RECHECK_SECONDS = 2;
  private static final int CONNECT_TIMEOUT_SECONDS_OF_SEVERAL = 2;

  private static final String LONG_TIMEOUT = "10min";
  private static final int LONG_SOCKET_TIMEOUT_MILLIS = 11 * 60 * 1_000;

  private final HikariDataSource readers;
  private final HikariDataSource writers;
  private final SharedQueries queries = new SharedQueries();

  private PostgresDatabase(HikariDataSource readers, HikariDataSource writers) {
    this.readers = readers;
    this.writers = writers;
  }

  static PostgresDatabase open(URI url) {
    PGSimpleDataSource source = source(url);
    HikariDataSource writers = null;
    try {
      writers = pool("postgres-writers", source, false);
      Migrations.apply(migrationSource(url));
      return new PostgresDatabase(pool("postgres-readers", source, true), writers);
    } catch (RuntimeException e) {
      if (writers != null) {
        writers.close();
      }
      throw e instanceof HikariPool.PoolInitializationException
          ? new StoreUnavailableException("the PostgreSQL database cannot be reached", e)
          : e;
    }
  }

  /** A migration takes as long as it takes, and waits for that of another server. */
  static PGSimpleDataSource migrationSource(URI url) {
    PGSimpleDataSource source = source(url);
    source.setOptions("-c statement_timeout=0 -c idle_in_transaction_session_timeout=0");
    source.setSocketTimeout(0);
    return source;
  }

  static PGSimpleDataSource source(URI url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    // With several hosts, it has no parts as far as URI knows.
    String authority = url.getRawAuthority();
    int at = authority.lastIndexOf('@');
    String hosts = authority.substring(at + 1);
    source.setUrl("jdbc:postgresql://" + hosts + url.getRawPath() + query);
    if (at >= 0) {
      String[] userInfo = authority.substring(0, at).split(":", 2);
      source.setUser(decode(userInfo[0]));
      if (userInfo.length == 2) {
        source.setPassword(decode(userInfo[1]));
      }
    }
    source.setApplicationName("lockstep");
    source.setOptions(
        "-c lock_timeout=%s -c statement_timeout=%s -c idle_in_transaction_session_timeout=60s"
            .formatted(LOCK_TIMEOUT, STATEMENT_TIMEOUT));
    source.setConnectTimeout(5);
    if (hosts.indexOf(',') >= 0) {
      followPrimary(source);
    }
    source.setSocketTimeout(SOCKET_TIMEOUT_SECONDS);
    source.setTcpKeepAlive(true);
    // Whoever counts the rows of a batch would be told nothing.
    source.setReWriteBatchedInserts(false);
    // The detail of a violated constraint is the content of the row, which nobody may log.
    source.setLogServerErrorDetail(false);
    return source;
  }

  /**
   * Of several hosts, connections go to the one that can be written to. What is known of the others
   * is soon asked again, and one that does not answer is given up in time for the next to be tried.
   */
  private static void followPrimary(PGSimpleDataSource source) {
    if (source.getTargetServerType().equals("any")) {
      source.setTargetServerType("primary");
    }
    source.setHostRecheckSeconds(HOST_RECHECK_SECONDS);
    source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS_OF_SEVERAL);
  }

  /** The decoder is made for forms, where a plus means a space. */
  private static String decode(String percentEncoded) {
    return URLDecoder.decode(percentEncoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static HikariDataSource pool(String name, PGSimpleDataSource source, boolean readOnly) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName(name);
    pool.setDataSource(source);
    pool.setMaximumPoolSize(CONNECTIONS_PER_POOL);
    pool.setMinimumIdle(2);
    pool.setAutoCommit(false);
    pool.setReadOnly(readOnly);
    pool.setTransactionIsolation(
        readOnly ? "TRANSACTION_REPEATABLE_READ" : "TRANSACTION_READ_COMMITTED");
    pool.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    return new HikariDataSource(pool);
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    return run(readers, false, work);
  }

  @Override
  public <T> Optional<T> readOne(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    return queries.ask(List.of(sql, List.of(parameters)), () -> askAlone(sql, reader, parameters));
  }

  private <T> Optional<T> askAlone(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    try (Connection connection = readers.getConnection()) {
      connection.setAutoCommit(true);
      return new PlainSql(connection, SQLDialect.POSTGRES).one(sql, reader, parameters);
    } catch (SQLException e) {
      throw new StoreUnavailableException("the PostgreSQL database cannot be used", e);
    } catch (DataAccessException e) {
      throw translate(e);
    }
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    return tryToWrite(false, work);
  }

  @Override
  public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
    return tryToWrite(true, work);
  }

  private <T extends @Nullable Object> T tryToWrite(boolean isLong, Function<DSLContext, T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return run(writers, isLong, work);
      } catch (DataAccessException e) {
        if (!isTransactionRollback(e) || attempt == ATTEMPTS) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  private static <T extends @Nullable Object> T run(
      HikariDataSource pool, boolean isLong, Function<DSLContext, T> work) {
    try (Connection connection = pool.getConnection()) {
      try {
        DSLContext context = Databases.context(connection, SQLDialect.POSTGRES);
        if (isLong) {
          extendTimeouts(connection, context);
        }
        T result = work.apply(context);
        Runnable committed =
            BeforeCommit.run(context, e -> isTransactionRollback(e) || isConnectionFailure(e));
        connection.commit();
        committed.run();
        return result;
      } catch (RuntimeException | Error e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException("the PostgreSQL database cannot be used", e);
    } catch (DataAccessException e) {
      throw translate(e);
    }
  }

  private static RuntimeException translate(DataAccessException e) {
    return isConnectionFailure(e)
        ? new StoreUnavailableException("the PostgreSQL database failed", e)
        : e;
  }

  /** For this transaction: the pool resets the connection when it gets it back. */
  private static void extendTimeouts(Connection connection, DSLContext context)
      throws SQLException {
    connection.setNetworkTimeout(Runnable::run, LONG_SOCKET_TIMEOUT_MILLIS);
    context.execute("set local statement_timeout = '" + LONG_TIMEOUT + "'");
    context.execute("set local lock_timeout = '" + LONG_TIMEOUT + "'");
  }

  private static void rollBack(Connection connection, Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private static boolean isTransactionRollback(DataAccessException e) {
    return e.sqlState().startsWith("40");
  }

  /** Connection failures, resources exhausted, operator intervention, system errors, locks. */
  static boolean isConnectionFailure(DataAccessException e) {
    String state = e.sqlState();
    return state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57")
        || state.startsWith("58")
        || state.equals("25006")
        || state.equals("55P03");
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(5 * attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while waiting to try again", e);
    }
  }

  @Override
  public void close() {
    readers.close();
    writers.close();
  }
}
