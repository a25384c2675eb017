package lockstep.server.store;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A database that another process may be serving: never written, not even migrated, and read for as
 * long as it takes.
 */
final class ReadingDatabase implements Database {

  private static final int BUSY_TIMEOUT_MILLIS = 10_000;

  private final DataSource source;
  private final SQLDialect dialect;
  private final Optional<Path> file;

  private ReadingDatabase(DataSource source, SQLDialect dialect, Optional<Path> file) {
    this.source = source;
    this.dialect = dialect;
    this.file = file;
    Migrations.requireCurrent(source);
  }

  static ReadingDatabase embedded(Path folder) {
    Path file = folder.resolve(SqliteDatabase.FILE);
    if (!Files.isRegularFile(file)) {
      throw new StoreUnavailableException("there is no database in " + folder);
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return new ReadingDatabase(source, SQLDialect.SQLITE, Optional.of(file));
  }

  static ReadingDatabase postgres(URI url) {
    return new ReadingDatabase(
        PostgresDatabase.migrationSource(url), SQLDialect.POSTGRES, Optional.empty());
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    try (Connection connection = source.getConnection()) {
      if (dialect == SQLDialect.POSTGRES) {
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
      connection.setAutoCommit(false);
      T result = work.apply(Databases.context(connection, dialect));
      connection.rollback();
      syncLog();
      return result;
    } catch (SQLException | DataAccessException | IOException e) {
      throw new StoreUnavailableException("the database cannot be read", e);
    }
  }

  @Override
  public <T> Optional<T> readOne(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    try (Connection connection = source.getConnection()) {
      Optional<T> first = new PlainSql(connection, dialect).one(sql, reader, parameters);
      syncLog();
      return first;
    } catch (SQLException | DataAccessException | IOException e) {
      throw new StoreUnavailableException("the database cannot be read", e);
    }
  }

  /** What was read may be a commit that the server has not synced yet. */
  private void syncLog() throws IOException {
    if (file.isPresent()) {
      Path log = SqliteDatabase.log(file.get());
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
        channel.force(false);
      } catch (NoSuchFileException e) {
        // No server runs, and the last one has left everything in the database file, synced.
      }
    }
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    throw new UnsupportedOperationException("opened for reading");
  }

  @Override
  public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
    throw new UnsupportedOperationException("opened for reading");
  }

  @Override
  public void close() {
    // Each read has a connection of its own.
  }
}
