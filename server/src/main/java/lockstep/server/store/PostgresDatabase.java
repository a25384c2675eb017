package lockstep.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
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

  private final HikariDataSource readers;
  private final HikariDataSource writers;

  private PostgresDatabase(HikariDataSource readers, HikariDataSource writers) {
    this.readers = readers;
    this.writers = writers;
  }

  static PostgresDatabase open(URI url) {
    PGSimpleDataSource source = source(url);
    HikariDataSource writers = null;
    try {
      writers = pool("postgres-writers", source, false);
      Migrations.apply(writers);
      return new PostgresDatabase(pool("postgres-readers", source, true), writers);
    } catch (HikariPool.PoolInitializationException e) {
      if (writers != null) {
        writers.close();
      }
      throw new StoreUnavailableException("the PostgreSQL database cannot be reached", e);
    }
  }

  private static PGSimpleDataSource source(URI url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    source.setUrl(
        "jdbc:postgresql://"
            + url.getHost()
            + (url.getPort() < 0 ? "" : ":" + url.getPort())
            + url.getRawPath()
            + query);
    if (url.getRawUserInfo() != null) {
      String[] userInfo = url.getRawUserInfo().split(":", 2);
      source.setUser(URLDecoder.decode(userInfo[0], StandardCharsets.UTF_8));
      if (userInfo.length == 2) {
        source.setPassword(URLDecoder.decode(userInfo[1], StandardCharsets.UTF_8));
      }
    }
    source.setApplicationName("lockstep");
    source.setOptions("-c statement_timeout=25s -c idle_in_transaction_session_timeout=60s");
    source.setConnectTimeout(5);
    source.setSocketTimeout(60);
    source.setTcpKeepAlive(true);
    return source;
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
    pool.setConnectionTimeout(5_000);
    return new HikariDataSource(pool);
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    return run(readers, work);
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return run(writers, work);
      } catch (DataAccessException e) {
        if (!isTransactionRollback(e) || attempt == ATTEMPTS) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  private static <T extends @Nullable Object> T run(
      HikariDataSource pool, Function<DSLContext, T> work) {
    try (Connection connection = pool.getConnection()) {
      try {
        T result = work.apply(Databases.context(connection, SQLDialect.POSTGRES));
        connection.commit();
        return result;
      } catch (RuntimeException | Error e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException("the PostgreSQL database cannot be used", e);
    } catch (DataAccessException e) {
      throw isConnectionFailure(e)
          ? new StoreUnavailableException("the PostgreSQL database failed", e)
          : e;
    }
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

  /** Connection failures, resources exhausted, operator intervention, system errors. */
  private static boolean isConnectionFailure(DataAccessException e) {
    String state = e.sqlState();
    return state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57")
        || state.startsWith("58")
        || state.equals("25006");
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
