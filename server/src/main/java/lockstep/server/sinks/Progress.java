package lockstep.server.sinks;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How far delivery has come, for the thread that delivers and those that wait for it. Safe for use
 * by many threads.
 *
 * <p>A number alone does not say that an event was delivered: a PostgreSQL that fails over to a
 * copy without the newest commits gives their numbers again, to other events. So what counts is
 * where a round stands that looked at the database after the commit, also if it stands further back
 * than an earlier one.
 */
final class Progress {

  /** How a wait ended. */
  enum Outcome {
    DELIVERED,
    FAILED,
    TIMED_OUT,
    CLOSED
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final Condition wanted = lock.newCondition();
  private Map<UUID, Long> delivered = Map.of();
  private long begun;
  private long reachedIn;
  private int waiting;
  private boolean work;
  private boolean failing;
  private boolean closed;

  /** A round begins, and has not looked at the database yet. */
  void begin() {
    lock.lock();
    try {
      begun++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * In the round that began last, this is how far chains are delivered, here or by another server.
   */
  void reached(Map<UUID, Long> positions) {
    lock.lock();
    try {
      delivered = Map.copyOf(positions);
      reachedIn = begun;
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void failing(boolean now) {
    lock.lock();
    try {
      failing = now;
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isFailing() {
    lock.lock();
    try {
      return failing;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  boolean isAnybodyWaiting() {
    lock.lock();
    try {
      return waiting > 0;
    } finally {
      lock.unlock();
    }
  }

  /** There is something to deliver. */
  void wake() {
    lock.lock();
    try {
      work = true;
      wanted.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all these, which are committed, are delivered, or a delivery fails. */
  Outcome await(Map<UUID, Long> newest, long timeoutNanos) {
    lock.lock();
    try {
      waiting++;
      work = true;
      wanted.signalAll();
      long before = begun;
      long left = timeoutNanos;
      while (reachedIn <= before || !isDelivered(newest)) {
        if (failing) {
          return Outcome.FAILED;
        }
        if (closed) {
          return Outcome.CLOSED;
        }
        if (left <= 0) {
          return Outcome.TIMED_OUT;
        }
        left = advanced.awaitNanos(left);
      }
      return Outcome.DELIVERED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.CLOSED;
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  private boolean isDelivered(Map<UUID, Long> newest) {
    return newest.entrySet().stream()
        .allMatch(chain -> delivered.getOrDefault(chain.getKey(), 0L) >= chain.getValue());
  }

  /**
   * Waits for so long, for work or for the end.
   *
   * @param evenWithWork whether to wait on when there is work
   */
  void pause(long millis, boolean evenWithWork) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (left > 0 && !closed && (evenWithWork || !work)) {
        left = wanted.awaitNanos(left);
      }
      work = false;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      wanted.signalAll();
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
