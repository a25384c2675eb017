package lockstep.server.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.sqlite.SQLiteDataSource;

/**
 * A database without content that gets all of it at once, or stays without. On the embedded one no
 * server finds anything before that; on PostgreSQL no server may be started before that.
 */
public final class EmptyDatabase implements AutoCloseable {

  private static final String FILE = "lockstep.db";
  private static final String DRAFT = "restoring";

  /** All files that SQLite takes for parts of the database. */
  private static final List<String> NAMES =
      List.of(FILE, FILE + "-wal", FILE + "-shm", FILE + "-journal");

  private final DataSource source;
  private final SQLDialect dialect;
  private final Optional<Embedded> embedded;

  private EmptyDatabase(DataSource source, SQLDialect dialect, Optional<Embedded> embedded) {
    this.source = source;
    this.dialect = dialect;
    this.embedded = embedded;
  }

  /** Where an embedded database is to be, for as long as this process holds the folder. */
  private record Embedded(Path folder, FileLock lock) {

    Path draft() {
      return folder.resolve(DRAFT);
    }
  }

  static EmptyDatabase embedded(Path folder, int schema) {
    FileLock lock = SqliteDatabase.lock(folder);
    try {
      requireNoDatabase(folder);
      Embedded embedded = new Embedded(folder, lock);
      deleteDraft(embedded.draft());
      Files.createDirectory(embedded.draft());
      SQLiteDataSource source = new SQLiteDataSource(SqliteDatabase.config(false));
      source.setUrl("jdbc:sqlite:" + embedded.draft().resolve(FILE));
      try {
        Migrations.applyUpTo(source, schema);
      } catch (RuntimeException e) {
        deleteDraft(embedded.draft());
        throw e;
      }
      return new EmptyDatabase(source, SQLDialect.SQLITE, Optional.of(embedded));
    } catch (IOException e) {
      SqliteDatabase.release(lock);
      throw new StoreUnavailableException("the data folder " + folder + " cannot be used", e);
    } catch (RuntimeException e) {
      SqliteDatabase.release(lock);
      throw e;
    }
  }

  /** A log that a crashed server left would be carried out on the restored file. */
  private static void requireNoDatabase(Path folder) {
    for (String name : NAMES) {
      if (Files.exists(folder.resolve(name))) {
        throw new StoreUnavailableException(
            "there is a database in %s already: %s; choose another folder, or move %s away"
                .formatted(folder, name, String.join(", ", NAMES)));
      }
    }
  }

  static EmptyDatabase postgres(URI url, int schema) {
    DataSource source = PostgresDatabase.migrationSource(url);
    requireNoContent(source, schema);
    Migrations.applyUpTo(source, schema);
    return new EmptyDatabase(source, SQLDialect.POSTGRES, Optional.empty());
  }

  /** The tables may be there already, after an attempt that failed. */
  private static void requireNoContent(DataSource source, int schema) {
    int stored = Migrations.storedVersion(source);
    try (Connection connection = source.getConnection()) {
      if (stored != 0
          && (stored != schema || hasRows(Databases.context(connection, SQLDialect.POSTGRES)))) {
        throw new StoreUnavailableException(
            "the PostgreSQL database is not empty; restore into one that was just created");
      }
    } catch (SQLException | DataAccessException e) {
      throw new StoreUnavailableException("the PostgreSQL database cannot be used", e);
    }
  }

  private static boolean hasRows(DSLContext db) {
    return db.fetchExists(DSL.table("server_setting")) || db.fetchExists(DSL.table("organisation"));
  }

  /**
   * Lets this work insert all rows. If it returns, they survive a crash from now on; if it throws,
   * there are none.
   *
   * @throws StoreUnavailableException if the database cannot be written
   * @throws DataAccessException if the rows are not what the tables take
   */
  public void fill(Consumer<DSLContext> work) {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        work.accept(Databases.context(connection, dialect));
        connection.commit();
      } catch (RuntimeException | Error e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException("the database cannot be written", e);
    } catch (DataAccessException e) {
      throw Databases.isPassing(e)
          ? new StoreUnavailableException("the database cannot be written", e)
          : e;
    }
    embedded.ifPresent(EmptyDatabase::publish);
  }

  private static void rollBack(Connection connection, Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** The connection was the last one, so SQLite has put everything into the one file. */
  private static void publish(Embedded embedded) {
    Path folder = embedded.folder();
    Path database = embedded.draft().resolve(FILE);
    try {
      if (Files.exists(embedded.draft().resolve(FILE + "-wal"))) {
        throw new IOException("a write-ahead log is left");
      }
      Files.move(database, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new StoreUnavailableException("the database could not be moved to " + folder, e);
    }
  }

  private static void deleteDraft(Path draft) throws IOException {
    for (String name : NAMES) {
      Files.deleteIfExists(draft.resolve(name));
    }
    Files.deleteIfExists(draft);
  }

  @Override
  public void close() {
    embedded.ifPresent(
        held -> {
          try {
            deleteDraft(held.draft());
          } catch (IOException e) {
            throw new UncheckedIOException("the folder " + held.draft() + " is left", e);
          } finally {
            SqliteDatabase.release(held.lock());
          }
        });
  }
}
