package lockstep.server.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Syncs the write-ahead log of SQLite after commits, on a thread of its own, so that the next
 * commit is made meanwhile. One sync serves all commits that were made before it began.
 *
 * <p>SQLite itself syncs the log only before it copies from it into the database, and when it
 * begins anew at its start, which keeps the database whole at any moment. What is in the log before
 * a commit is synced with it, so a commit that survives has all earlier ones before it.
 *
 * <p>After a sync that failed nobody knows what is on the disk, not even if a later one succeeds:
 * the system may have given up on what it could not write. So such a {@link Log} is lost, with all
 * commits after the last one that was synced; they become durable when SQLite has copied all of the
 * log into the database, or else not.
 */
final class CommitSync implements AutoCloseable {

  private final BlockingQueue<Task> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closing;

  /** Written by the thread that commits, alone. */
  private volatile long committed;

  /** How many commits are durable; written under the lock of this object. */
  private volatile long durable;

  /** Whether it is known that those after them are not; under the same lock. */
  private boolean isStuck;

  CommitSync() {
    this.thread = Thread.ofPlatform().name("sqlite-sync").start(this::run);
  }

  /** Is told what became of a commit. */
  interface Outcome {
    void durable();

    void failed(StoreUnavailableException failure);
  }

  /** A file that can be synced, other than a {@link FileChannel} only in tests. */
  interface Syncable extends Closeable {

    /** Returns when everything that was written to the file, by whomever, is on the disk. */
    void sync() throws IOException;
  }

  /** The log that one connection writes. */
  static final class Log {

    private final Syncable file;
    private volatile boolean lost;

    Log(Syncable file) {
      this.file = file;
    }

    /** Opens the log, which has to exist. */
    static Log open(Path path) throws IOException {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
      return new Log(
          new Syncable() {
            @Override
            public void sync() throws IOException {
              channel.force(false);
            }

            @Override
            public void close() throws IOException {
              channel.close();
            }
          });
    }

    /** Whether no commit that is written to it can be trusted. */
    boolean isLost() {
      return lost;
    }
  }

  /**
   * One more commit was made, which can be seen from now on.
   *
   * @param outcome is told by the thread that syncs
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
  void committed(Log log, Outcome outcome) {
    committed++;
    queue.add(new Task(log, committed, outcome));
  }

  /** Everything that was committed so far has found its way into the database, synced. */
  synchronized void allIsDurable() {
    isStuck = false;
    madeDurable(committed);
  }

  /** Nothing more is committed to this log. */
  void retire(Log log) {
    queue.add(new Task(log, committed, null));
  }

  /**
   * Returns when everything is durable that is committed now.
   *
   * @throws StoreUnavailableException if that is not so after this time
   */
  void awaitDurable(Duration patience) {
    long until = committed;
    if (durable < until) {
      awaitDurable(until, System.nanoTime() + patience.toNanos());
    }
  }

  private synchronized void awaitDurable(long until, long deadline) {
    try {
      while (durable < until) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0 || isStuck) {
          throw new StoreUnavailableException("what was read could not be made durable");
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while waiting for the disk", e);
    }
  }

  private synchronized void madeDurable(long number) {
    durable = Math.max(durable, number);
    notifyAll();
  }

  private void run() {
    List<Task> tasks = new ArrayList<>();
    while (!(closing && queue.isEmpty())) {
      try {
        Task first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          tasks.add(first);
          queue.drainTo(tasks);
          syncEachLog(tasks);
        }
      } catch (InterruptedException e) {
        closing = true;
      } finally {
        tasks.clear();
      }
    }
  }

  private void syncEachLog(List<Task> tasks) {
    int begin = 0;
    while (begin < tasks.size()) {
      Log log = tasks.get(begin).log();
      int end = begin + 1;
      while (end < tasks.size() && tasks.get(end).log() == log) {
        end++;
      }
      sync(log, tasks.subList(begin, end));
      begin = end;
    }
  }

  private void sync(Log log, List<Task> tasks) {
    try {
      if (log.lost) {
        throw new IOException("an earlier commit could not be synced");
      }
      log.file.sync();
      madeDurable(tasks.getLast().number());
      tasks.forEach(Task::tellSuccess);
    } catch (IOException | RuntimeException | Error e) { // Without this thread nobody can write.
      lose(log);
      StoreUnavailableException failure =
          new StoreUnavailableException("the transaction could not be made durable", e);
      tasks.forEach(task -> task.tell(failure));
    }
    if (tasks.getLast().outcome() == null) {
      close(log);
    }
  }

  private synchronized void lose(Log log) {
    log.lost = true;
    isStuck = true;
    notifyAll();
  }

  private static void close(Log log) {
    try {
      log.file.close();
    } catch (IOException e) {
      // Everything that was written through it is synced, or known to be lost.
    }
  }

  /** Syncs what was committed, and ends. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What the thread has to do.
   *
   * @param number how many commits were made, with this one
   * @param outcome null if there is no commit any more, and the log is to be closed
   */
  private record Task(Log log, long number, @Nullable Outcome outcome) {

    void tellSuccess() {
      if (outcome != null) {
        outcome.durable();
      }
    }

    void tell(StoreUnavailableException failure) {
      if (outcome != null) {
        outcome.failed(failure);
      }
    }
  }
}
