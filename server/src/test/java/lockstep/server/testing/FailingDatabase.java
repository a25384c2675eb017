package lockstep.server.testing;

import java.io.Serial;
import java.util.function.Function;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A database whose user dies at one of its transactions: shortly before the commit, or after it.
 */
public final class FailingDatabase extends ForwardingDatabase {

  private final boolean beforeCommit;
  private int left;

  /**
   * Counts transactions.
   *
   * @param left how many succeed before the one that the user dies at
   */
  public FailingDatabase(Database database, int left, boolean beforeCommit) {
    super(database);
    this.left = left;
    this.beforeCommit = beforeCommit;
  }

  /** What becomes of the user. */
  public static final class Death extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    boolean isLast = left-- == 0;
    T result =
        database()
            .write(
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
}
