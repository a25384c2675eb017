package lockstep.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The embedded database: one file in write-ahead mode, synced after every commit and before anybody
 * hears of it. All writes go through one {@link GroupCommitWriter}; reads have a small pool of
 * connections that cannot write.
 */
final class SqliteDatabase implements Database {

  static final String FILE = "lockstep.db";

  private static final int READERS = 4;
  private static final String QUERY_ONLY = "pragma query_only = true";
  private static final int BUSY_TIMEOUT_MILLIS = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LONG_PATIENCE = Duration.ofMinutes(10);

  private final FileLock lock;
  private final HikariDataSource readers;
  private final SqliteQueries queries;
  private final GroupCommitWriter writer;

  private SqliteDatabase(
      FileLock lock, HikariDataSource readers, SqliteQueries queries, GroupCommitWriter writer) {
    this.lock = lock;
    this.readers = readers;
    this.queries = queries;
    this.writer = writer;
  }

  static SqliteDatabase open(Path folder) {
    FileLock lock = lock(folder);
    Path file = folder.resolve(FILE);
    String url = "jdbc:sqlite:" + file;
    try {
      if (Files.exists(file)) {
        CommitSync.settle(log(file));
      }
      SQLiteDataSource writing = new SQLiteDataSource(config(false));
      writing.setUrl(url);
      Migrations.apply(writing);
      SQLiteDataSource reading = new SQLiteDataSource(config(true));
      reading.setUrl(url);
      GroupCommitWriter writer =
          new GroupCommitWriter(writing::getConnection, () -> CommitSync.Log.open(log(file)));
      SqliteQueries queries =
          new SqliteQueries(
              () -> queryOnly(reading.getConnection()),
              READERS,
              writer::changes,
              () -> writer.awaitDurable(PATIENCE));
      return new SqliteDatabase(lock, readers(reading), queries, writer);
    } catch (SQLException | IOException e) {
      release(lock);
      throw new StoreUnavailableException("the database in " + folder + " could not be opened", e);
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  /** As {@link Databases#prepareConnections}. */
  static void prepare() {
    config(false);
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      // Who opens a database will be told.
    }
  }

  /** As {@link Databases#writeNativePart}. */
  static void writeNativePart(Path folder) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
    try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the driver of SQLite has no " + resource);
      }
      Path part = folder.resolve(name + ".new");
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** The write-ahead log of a database, which SQLite keeps beside the file that links lead to. */
  static Path log(Path file) throws IOException {
    Path real = file.toRealPath();
    return real.resolveSibling(real.getFileName() + "-wal");
  }

  static SQLiteConfig config(boolean readOnly) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    // Keys that were taken back shall not linger in free pages.
    config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "on");
    // The journal of a savepoint would be a file of its own otherwise, made and removed each time.
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    if (readOnly) {
      config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, String.valueOf(256L << 20));
    } else {
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    }
    return config;
  }

  private static HikariDataSource readers(SQLiteDataSource reading) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("sqlite-readers");
    pool.setDataSource(reading);
    pool.setMaximumPoolSize(READERS);
    pool.setAutoCommit(false);
    pool.setConnectionInitSql(QUERY_ONLY);
    pool.setConnectionTimeout(5_000);
    return new HikariDataSource(pool);
  }

  private static Connection queryOnly(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(QUERY_ONLY);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  static FileLock lock(Path folder) {
    try {
      Files.createDirectories(folder);
      if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw inUse(folder);
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      throw inUse(folder);
    } catch (IOException e) {
      throw new StoreUnavailableException("the data folder " + folder + " cannot be used", e);
    }
  }

  private static StoreUnavailableException inUse(Path folder) {
    return new StoreUnavailableException(
        "the data folder "
            + folder
            + " is in use by another Lockstep process; the embedded database serves one process,"
            + " several need PostgreSQL");
  }

  static void release(FileLock lock) {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      // The operating system releases the lock when the process ends.
    }
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    T result = readNow(work);
    writer.awaitDurable(PATIENCE); // Without holding a connection.
    return result;
  }

  private <T extends @Nullable Object> T readNow(Function<DSLContext, T> work) {
    try (Connection connection = readers.getConnection()) {
      T result = work.apply(Databases.context(connection, SQLDialect.SQLITE));
      connection.rollback();
      return result;
    } catch (SQLException e) {
      throw new StoreUnavailableException("the database cannot be read", e);
    } catch (DataAccessException e) {
      throw SqliteFailure.translate(e);
    }
  }

  @Override
  public <T> Optional<T> readOne(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    try {
      return queries.one(sql, reader, parameters);
    } catch (SQLException e) {
      throw new StoreUnavailableException("the database cannot be read", e);
    } catch (DataAccessException e) {
      throw SqliteFailure.translate(e);
    }
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    return writer.write(work, PATIENCE);
  }

  @Override
  public <T extends @Nullable Object> T append(Function<DSLContext, T> work) {
    return writer.append(work, PATIENCE);
  }

  /** The next commit is made while this one is synced. */
  @Override
  public int appendsAtOnce() {
    return 2;
  }

  @Override
  public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
    return writer.write(work, LONG_PATIENCE);
  }

  @Override
  public void close() {
    writer.close();
    queries.close();
    readers.close();
    release(lock);
  }
}
