package lockstep.server.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Syncs the write-ahead log of SQLite after commits, on a thread of its own, so that the next
 * commit is made meanwhile. One sync serves all commits that were made before it began.
 *
 * <p>SQLite itself syncs the log only before it copies from it into the database, and when it
 * begins anew at its start, which keeps the database whole at any moment. What is in the log before
 * a commit is synced with it, so a commit that survives has all earlier ones before it.
 *
 * <p>After a sync that failed, nobody knows what is on the disk, not even if a later one succeeds:
 * the system reports a page that it could not write once, and takes it for written from then on. So
 * the log is lost: nothing more is committed, nor copied from it, until {@link #repair} has written
 * all of it once more.
 */
final class CommitSync implements AutoCloseable {

  /** So that the writer is not far ahead of a disk that hangs. */
  private static final int MAXIMUM_AHEAD = 2;

  private static final int COPY_BYTES = 1 << 18;

  private static final Logger LOG = LoggerFactory.getLogger(CommitSync.class);

  private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(MAXIMUM_AHEAD);
  private final Thread thread;
  private volatile boolean closing;

  /** How many commits were begun. Written by the thread that commits, alone. */
  private volatile long begun;

  /** Of these, all up to this one are durable. Written under the lock of this object. */
  private volatile long durable;

  /** Whether a sync failed and the log has not been repaired. Written under the same lock. */
  private volatile boolean lost;

  CommitSync() {
    this.thread = Thread.ofPlatform().name("sqlite-sync").start(this::run);
  }

  /** Is told what became of a commit. */
  interface Outcome {
    void durable();

    void failed(StoreUnavailableException failure);
  }

  /** The file that connections write, for as long as one of them is open. */
  interface Log extends AutoCloseable {

    /** Returns when everything that was written to the file, by whomever, is on the disk. */
    void sync() throws IOException;

    /** Writes everything in the file once more, as it is, and syncs it. */
    void rewrite() throws IOException;

    @Override
    void close() throws IOException;

    /** Opens a log, which has to exist. */
    static Log open(Path path) throws IOException {
      FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return new Log() {
        @Override
        public void sync() throws IOException {
          file.force(false);
        }

        @Override
        public void rewrite() throws IOException {
          ByteBuffer part = ByteBuffer.allocateDirect(COPY_BYTES);
          long end = file.size();
          for (long at = 0; at < end; ) {
            part.clear();
            int count = file.read(part, at);
            if (count <= 0) {
              throw new EOFException("the log became shorter");
            }
            part.flip();
            for (long target = at; part.hasRemaining(); ) {
              target += file.write(part, target);
            }
            at += count;
          }
          file.force(false);
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }
  }

  /** A commit is about to be made, and can be seen by others before this is told of its end. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
  void begin() {
    begun++;
  }

  /**
   * The commit that was begun last was made. Waits while others have to be synced first.
   *
   * @param outcome is told by the thread that syncs
   */
  void committed(Log log, Outcome outcome) {
    add(new Task(log, begun, outcome));
  }

  /** Nothing more is committed to this log. */
  void retire(Log log) {
    add(new Task(log, begun, null));
  }

  private void add(Task task) {
    boolean interrupted = false;
    while (true) {
      try {
        queue.put(task);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Writes and syncs once more what an earlier process left in a log, if there is one: whether its
   * last sync succeeded is not known, and could not be found out by another.
   */
  static void settle(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Log log = Log.open(path)) {
        log.rewrite();
      }
    }
  }

  /** Whether nothing may be committed, nor copied from the log. */
  boolean isLost() {
    return lost;
  }

  /**
   * Makes durable everything that is in the log. To be called by the thread that commits.
   *
   * @throws IOException if the disk still refuses
   */
  void repair(Log log) throws IOException {
    log.rewrite();
    synchronized (this) {
      lost = false;
      madeDurable(begun);
    }
  }

  /**
   * Returns when everything is durable that can be seen now.
   *
   * @throws StoreUnavailableException if that is not so after this time
   */
  void awaitDurable(Duration patience) {
    long until = begun;
    if (durable < until) {
      awaitDurable(until, System.nanoTime() + patience.toNanos());
    }
  }

  private synchronized void awaitDurable(long until, long deadline) {
    try {
      while (durable < until) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0 || lost) {
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

  private synchronized void lose(Throwable cause) {
    LOG.warn("what was written could not be synced; nothing is written until it is", cause);
    lost = true;
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
        LOG.warn("the thread that syncs goes on: it ends when it is closed");
      } catch (Throwable e) { // Whatever it is, without this thread nobody can write any more.
        lose(e);
        fail(tasks, e);
      } finally {
        tasks.clear();
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // of logs that are open at the same time
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
    if (lost) {
      fail(tasks, new IOException("an earlier commit could not be synced"));
      return;
    }
    try {
      log.sync();
    } catch (IOException e) {
      lose(e);
      fail(tasks, e);
      return;
    }
    madeDurable(tasks.getLast().number());
    for (Task task : tasks) {
      if (task.outcome() == null) {
        close(log);
      } else {
        task.outcome().durable();
      }
    }
  }

  /** Of those that were told already, nobody hears twice. */
  private static void fail(List<Task> tasks, Throwable cause) {
    StoreUnavailableException failure =
        new StoreUnavailableException("the transaction could not be made durable", cause);
    for (Task task : tasks) {
      if (task.outcome() == null) {
        close(task.log());
      } else {
        task.outcome().failed(failure);
      }
    }
  }

  private static void close(Log log) {
    try {
      log.close();
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
   * @param number the commits up to this one were begun before
   * @param outcome null if nothing more is committed to the log, which is to be closed
   */
  private record Task(Log log, long number, @Nullable Outcome outcome) {}
}
