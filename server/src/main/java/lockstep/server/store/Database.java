package lockstep.server.store;

import java.util.function.Function;
import org.jooq.DSLContext;

/**
 * The database of one server. Safe for use by many threads.
 *
 * <p>Work is a function of a jOOQ context; it must not keep the context, must not start threads and
 * must not have effects outside the database, because it may run more than once.
 */
public interface Database extends AutoCloseable {

  /**
   * Runs queries that all see one snapshot, and no write that is not durable yet.
   *
   * @throws StoreUnavailableException if the database cannot be asked right now
   */
  <T extends @org.jspecify.annotations.Nullable Object> T read(Function<DSLContext, T> work);

  /**
   * Runs one query, which sees a snapshot of its own as {@link #read} would show it. For what every
   * request asks: it saves the ceremony of a transaction.
   *
   * @throws StoreUnavailableException if the database cannot be asked right now
   */
  <T extends @org.jspecify.annotations.Nullable Object> T readOne(Function<PlainSql, T> query);

  /**
   * Runs a transaction. When this method returns, everything that the work wrote survives a crash
   * of the process and of the machine; when it throws, nothing was written, except that after a
   * {@link StoreUnavailableException} the outcome may be unknown.
   *
   * <p>On the embedded database all writes share one thread: do slow work, such as encryption,
   * before.
   *
   * @throws StoreUnavailableException if the database cannot be written right now
   */
  <T extends @org.jspecify.annotations.Nullable Object> T write(Function<DSLContext, T> work);

  /**
   * Like {@link #write}, for work whose duration grows with what is stored, such as deleting an
   * environment with all its history: it may take minutes, not seconds.
   *
   * @throws StoreUnavailableException if the database cannot be written right now
   */
  <T extends @org.jspecify.annotations.Nullable Object> T writeLong(Function<DSLContext, T> work);

  /** Stops taking work, finishes what was begun and closes all connections. */
  @Override
  void close();
}
