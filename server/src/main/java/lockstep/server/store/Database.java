package lockstep.server.store;

import java.util.Optional;
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
   * The first row of a query, if there is one, as {@link #read} would show it now. For what every
   * request asks: it saves the ceremony of a transaction. The embedded database, which nobody else
   * writes, remembers the answer until something is written, other than by {@link #append}.
   *
   * @param sql never about the audit log
   * @param reader the same for the same text; makes something that may be shared
   * @param parameters as {@link PlainSql} takes them, not null
   * @throws StoreUnavailableException if the database cannot be asked right now
   */
  <T> Optional<T> readOne(String sql, Function<PlainSql.Row, T> reader, Object... parameters);

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

  /** As {@link #write}, for what adds to the audit log and changes nothing else. */
  default <T extends @org.jspecify.annotations.Nullable Object> T append(
      Function<DSLContext, T> work) {
    return write(work);
  }

  /** How many {@link #append}s of one organisation can go on at a time to some advantage. */
  default int appendsAtOnce() {
    return 1;
  }

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
