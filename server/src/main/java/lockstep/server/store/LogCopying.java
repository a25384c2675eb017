package lockstep.server.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the write-ahead log of SQLite into the database from time to time, on a thread of its own:
 * it takes as long as many commits, and SQLite would have one commit in so many wait for it. It
 * does not keep anybody from writing or reading.
 *
 * <p>The log begins anew at its start only when all of it was copied. While there are always new
 * commits that takes several attempts, each of which has less to do than the one before; and when
 * the log has become long nevertheless, the writer has to do the little that is left.
 */
final class LogCopying implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogCopying.class);

  private static final int COMMITS = 32;

  /** From so many pages on, it is worth some attempts to have the log begin anew. */
  private static final int LONG_LOG_PAGES = 1_000;

  private static final int ATTEMPTS = 4;

  private final GroupCommitWriter.Opening opening;
  private final BooleanSupplier isLost;
  private final Semaphore due = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closing;

  /** Belongs to the thread that commits. */
  private int commits;

  /** These two belong to the own thread. */
  private @Nullable Connection connection;

  private boolean isFailing;

  /**
   * @param isLost whether the log may have holes on the disk, which must not be jumped over
   */
  LogCopying(GroupCommitWriter.Opening opening, BooleanSupplier isLost) {
    this.opening = opening;
    this.isLost = isLost;
    this.thread = Thread.ofPlatform().name("sqlite-log").daemon().start(this::run);
  }

  /** There is one commit more. */
  void committed() {
    if (++commits == COMMITS) {
      commits = 0;
      due.release();
    }
  }

  /** A commit failed: perhaps there was no space for the log to grow, and there is at its start. */
  void failed() {
    commits = 0;
    due.release();
  }

  private void run() {
    while (!closing) {
      due.acquireUninterruptibly();
      due.drainPermits();
      if (!closing && !isLost.getAsBoolean()) {
        copy();
      }
    }
    disconnect();
  }

  private void copy() {
    try {
      Connection current = connection;
      if (current == null) {
        current = opening.open();
        connection = current;
      }
      int attempts = 0;
      while (copy(current) >= LONG_LOG_PAGES && attempts < ATTEMPTS && !isLost.getAsBoolean()) {
        attempts++;
      }
      isFailing = false;
    } catch (SQLException | RuntimeException e) {
      if (!isFailing) { // It is tried again soon, and may go on failing for long.
        LOG.warn("the write-ahead log cannot be copied into the database: {}", e.toString());
      }
      isFailing = true;
      disconnect();
    }
  }

  /** Returns how many pages the log has. */
  private static int copy(Connection current) throws SQLException {
    try (Statement statement = current.createStatement();
        ResultSet outcome = statement.executeQuery("pragma wal_checkpoint(passive)")) {
      return outcome.next() ? outcome.getInt(2) : 0;
    }
  }

  private void disconnect() {
    if (connection != null) {
      Databases.abandon(connection);
      connection = null;
    }
  }

  /** Finishes what was begun. */
  @Override
  public void close() {
    closing = true;
    due.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
