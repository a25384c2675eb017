package lockstep.server.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to SQLite.
 *
 * <p>A sync of the disk costs as much as many inserts, so the thread takes all units of work that
 * have queued up, runs each inside a savepoint of one transaction, commits once, and goes on with
 * the next group. All callers are answered when {@link CommitSync} has brought the commit to disk.
 * Invariants:
 *
 * <ul>
 *   <li>a caller hears of success only after the commit that holds its unit is on disk;
 *   <li>a unit that throws is rolled back to its savepoint and harms no other;
 *   <li>a unit whose caller has given up before it began never runs;
 *   <li>if the transaction itself fails, every unit of the group fails, begun or not, and the next
 *       group gets a new connection;
 *   <li>if a commit cannot be synced, its units fail, and so do all later ones until the whole log
 *       could be written once more;
 *   <li>every unit that was queued gets an answer.
 * </ul>
 *
 * <p>With one caller nothing is gained and nothing is lost; the group grows with the load by
 * itself, since units queue up while the disk syncs.
 */
final class GroupCommitWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);

  private static final int MAXIMUM_GROUP = 512;
  private static final int MAXIMUM_QUEUE = 8_192;

  /** When the writer itself has to empty the log, because it is not emptied fast enough. */
  private static final int MAXIMUM_LOG_PAGES = 4_000;

  /** The least time from one attempt to have the log on the disk to the next. */
  private static final long REPAIR_NANOS = 100_000_000;

  private static final String CLOSING = "the database is being closed";

  private final Opening opening;
  private final LogOpening log;
  private final CommitSync sync;
  private final LogCopying copying;
  private final BlockingQueue<Unit<?>> queue = new ArrayBlockingQueue<>(MAXIMUM_QUEUE);
  private final Thread thread;
  private volatile boolean closing;

  /** Written by the thread alone. */
  private volatile long changes;

  /** Belongs to the thread. */
  private long nextRepair = System.nanoTime();

  /**
   * Null after a failure, until the next group. Belongs to the thread, and when it ended, to close.
   */
  private @Nullable Session session;

  /** Opens a connection to the database; called again after each failure of a transaction. */
  interface Opening {
    Connection open() throws SQLException;
  }

  /** Opens the write-ahead log; called after each opening of a connection. */
  interface LogOpening {
    CommitSync.Log open() throws IOException;
  }

  /**
   * Writes through such connections, one at a time.
   *
   * @param log opens the write-ahead log that they write
   */
  GroupCommitWriter(Opening opening, LogOpening log) throws SQLException {
    this.opening = opening;
    this.log = log;
    this.session = begin();
    this.sync = new CommitSync();
    this.copying = new LogCopying(opening, sync::isLost);
    this.thread = Thread.ofPlatform().name("sqlite-writer").start(this::run);
  }

  <T extends @Nullable Object> T write(Function<DSLContext, T> work, Duration patience) {
    return write(new Unit<>(work, true), patience);
  }

  /** As {@link #write}, of what {@link #changes} does not count. */
  <T extends @Nullable Object> T append(Function<DSLContext, T> work, Duration patience) {
    return write(new Unit<>(work, false), patience);
  }

  /**
   * Grows with every change, before anybody is told of it. What was read when it stood where it
   * stands is still true, or is being changed at this moment.
   */
  long changes() {
    return changes;
  }

  /**
   * Returns when everything that can be read now is durable.
   *
   * @throws StoreUnavailableException if that is not so after this time
   */
  void awaitDurable(Duration patience) {
    sync.awaitDurable(patience);
  }

  private <T extends @Nullable Object> T write(Unit<T> unit, Duration patience) {
    if (closing) {
      throw new StoreUnavailableException(CLOSING);
    }
    if (!queue.offer(unit)) {
      throw new StoreUnavailableException("too many writes are waiting");
    }
    if (!thread.isAlive()) { // It ended between the look at closing and the offer.
      failQueued();
    }
    return unit.await(patience);
  }

  /** How many units of work wait for their turn. */
  int waiting() {
    return queue.size();
  }

  private void run() {
    List<Unit<?>> group = new ArrayList<>(MAXIMUM_GROUP);
    while (!(closing && queue.isEmpty())) {
      try {
        Unit<?> first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          group.add(first);
          queue.drainTo(group, MAXIMUM_GROUP - 1);
        }
        if ((!sync.isLost() || repaired(group)) && !group.isEmpty()) {
          commit(group);
        }
      } catch (InterruptedException e) {
        closing = true;
      } catch (Throwable e) { // Whatever it is, without this thread nobody can write any more.
        fail(group, e);
      } finally {
        group.clear();
      }
    }
  }

  private void commit(List<Unit<?>> group) throws SQLException {
    Session current = usableSession();
    List<Unit<?>> ran = new ArrayList<>(group.size());
    for (Unit<?> unit : group) {
      if (unit.begin()) {
        ran.add(unit);
        runInSavepoint(unit, current.connection(), current.db());
      }
    }
    sync.begin();
    current.connection().commit();
    countChanges(ran);
    sync.committed(current.log(), new Answers(ran));
    copying.committed();
  }

  private Session usableSession() throws SQLException {
    Session current = session;
    if (current == null) {
      current = begin();
      session = current;
    }
    return current;
  }

  /** For the last time: whoever closes the last connection copies the log. */
  private void repairOnce(Session last) {
    try {
      if (sync.isLost()) {
        sync.repair(last.log());
      }
    } catch (IOException e) {
      LOG.warn("the database is closed without what could not be synced", e);
    }
  }

  /** If the disk still cannot be synced, the group fails without having begun. */
  private boolean repaired(List<Unit<?>> group) throws SQLException {
    try {
      if (System.nanoTime() - nextRepair < 0) {
        throw new IOException("it could not be a moment ago");
      }
      nextRepair = System.nanoTime() + REPAIR_NANOS;
      sync.repair(usableSession().log());
      LOG.info("the disk can be synced again, and has all that was written");
      return true;
    } catch (IOException e) {
      StoreUnavailableException failure =
          new StoreUnavailableException("the disk cannot be synced", e);
      group.forEach(unit -> unit.failed(failure));
      return false;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
  private void countChanges(List<Unit<?>> group) {
    if (group.stream().anyMatch(unit -> unit.changes)) {
      changes++;
    }
  }

  private static void runInSavepoint(Unit<?> unit, Connection connection, DSLContext context)
      throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    if (!unit.run(context)) {
      try {
        connection.rollback(savepoint);
      } catch (SQLException e) {
        throw unit.ended(e);
      }
    }
    connection.releaseSavepoint(savepoint);
  }

  private Session begin() throws SQLException {
    Connection connection = opening.open();
    try {
      prepare(connection);
      connection.setAutoCommit(false);
      DSLContext db = Databases.context(connection, SQLDialect.SQLITE);
      PlainSql.keepStatements(db, connection);
      return new Session(connection, db, log.open());
    } catch (SQLException e) {
      Databases.abandon(connection);
      throw e;
    } catch (IOException e) {
      Databases.abandon(connection);
      throw new SQLException("the write-ahead log cannot be opened", e);
    }
  }

  /** Leaves the syncing of commits, and nearly all of the copying of the log, to others. */
  private static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma synchronous = normal");
      statement.execute("pragma wal_autocheckpoint = " + MAXIMUM_LOG_PAGES);
      statement.execute("select count(*) from sqlite_schema"); // This is when the log is made.
    }
  }

  /**
   * SQLite ends a transaction by itself when the disk is full or fails, and the driver does not
   * begin another: on such a connection each savepoint would be a transaction of its own, durable
   * while its caller hears of a failure. So no connection is used again after a failure.
   */
  private void fail(List<Unit<?>> group, Throwable cause) {
    Session broken = session;
    session = null;
    if (broken != null) {
      end(broken);
    }
    // A commit that failed may have changed something nevertheless.
    countChanges(group);
    StoreUnavailableException failure =
        new StoreUnavailableException("the transaction could not be committed", cause);
    group.forEach(unit -> unit.failed(failure));
    copying.failed();
  }

  private void end(Session session) {
    Databases.abandon(session.connection());
    sync.retire(session.log());
  }

  private void failQueued() {
    for (Unit<?> unit = queue.poll(); unit != null; unit = queue.poll()) {
      unit.failed(new StoreUnavailableException(CLOSING));
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    failQueued();
    copying.close();
    if (session != null) {
      repairOnce(session);
      end(session);
    }
    sync.close();
  }

  /** A connection, the context that all its transactions share, and where they are written. */
  private record Session(Connection connection, DSLContext db, CommitSync.Log log) {}

  /** Of the units of a group that were committed. */
  private record Answers(List<Unit<?>> units) implements CommitSync.Outcome {

    @Override
    public void durable() {
      units.forEach(Unit::committed);
    }

    @Override
    public void failed(StoreUnavailableException failure) {
      units.forEach(unit -> unit.failed(failure));
    }
  }

  private enum Stage {
    WAITING,
    RUNNING,
    ABANDONED
  }

  private static final class Unit<T extends @Nullable Object> {

    private final Function<DSLContext, T> work;
    private final boolean changes;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable Throwable refusal;
    private Runnable afterCommit = () -> {};

    Unit(Function<DSLContext, T> work, boolean changes) {
      this.work = work;
      this.changes = changes;
    }

    boolean begin() {
      return stage.compareAndSet(Stage.WAITING, Stage.RUNNING);
    }

    /** True if the work succeeded and its effects shall stay. */
    boolean run(DSLContext context) {
      try {
        BeforeCommit.forget(context);
        result = work.apply(context);
        afterCommit = BeforeCommit.run(context, SqliteFailure::isEnvironmental);
        return true;
      } catch (DataAccessException e) {
        refusal = SqliteFailure.translate(e);
      } catch (RuntimeException | Error e) { // A stack overflow is one unit's problem.
        refusal = e;
      }
      return false;
    }

    /** Why the transaction is gone: the failure of this unit, rather than that of rolling back. */
    SQLException ended(SQLException rollback) {
      if (!(refusal instanceof StoreUnavailableException)) {
        return rollback;
      }
      SQLException failure = new SQLException("the transaction has ended", refusal);
      failure.addSuppressed(rollback);
      return failure;
    }

    @SuppressWarnings("NullAway") // T may be nullable, and result is set when the work succeeded
    void committed() {
      if (refusal == null) {
        afterCommit.run();
        outcome.complete(result);
      } else {
        outcome.completeExceptionally(refusal);
      }
    }

    void failed(StoreUnavailableException failure) {
      outcome.completeExceptionally(refusal == null ? failure : refusal);
    }

    T await(Duration patience) {
      try {
        return outcome.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        if (e.getCause() instanceof Error failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } catch (TimeoutException e) {
        stage.compareAndSet(Stage.WAITING, Stage.ABANDONED);
        throw new StoreUnavailableException("the write did not finish in time", e);
      } catch (InterruptedException e) {
        stage.compareAndSet(Stage.WAITING, Stage.ABANDONED);
        Thread.currentThread().interrupt();
        throw new StoreUnavailableException("interrupted while waiting for a write", e);
      }
    }
  }
}
