package lockstep.server.store;

import java.sql.Connection;
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
 * <p>While there are always new commits the log never is copied completely, which is the condition
 * for it to begin anew at its start. So the writer still has to do the rest when the log has become
 * long; there is little left to do then.
 */
final class LogCopying implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogCopying.class);

  private static final int COMMITS = 32;

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
      try (Statement statement = current.createStatement()) {
        statement.execute("pragma wal_checkpoint(passive)");
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

  private void disconnect() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It is not used again, whether it closes or not.
    }
    connection = null;
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
