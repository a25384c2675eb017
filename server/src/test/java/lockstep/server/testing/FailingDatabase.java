package lockstep.server.testing;

import java.io.Serial;
import java.util.Optional;
import java.util.function.Function;
import lockstep.server.store.Database;
import lockstep.server.store.PlainSql;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A database whose user dies at one of its transactions: shortly before the commit, or after it.
 */
public final class FailingDatabase implements Database {

  private final Database database;
  private final boolean beforeCommit;
  private int left;

  /**
   * Counts transactions.
   *
   * @param left how many succeed before the one that the user dies at
   */
  public FailingDatabase(Database database, int left, boolean beforeCommit) {
    this.database = database;
    this.left = left;
    this.beforeCommit = beforeCommit;
  }

  /** What becomes of the user. */
  public static final class Death extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    return database.read(work);
  }

  @Override
  public <T> Optional<T> readOne(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    return database.readOne(sql, reader, parameters);
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    boolean isLast = left-- == 0;
    T result =
        database.write(
            db -> {
              T done = work.apply(db);
              if (isLast && beforeCommit) {
                throw new Death();
              }
              return done;
            });
    if (isLast) {
      throw new Death();
    }
    return result;
  }

  @Override
  public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
    return write(work);
  }

  @Override
  public void close() {
    database.close();
  }
}
