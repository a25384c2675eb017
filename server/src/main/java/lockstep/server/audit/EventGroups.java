package lockstep.server.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import lockstep.server.store.StoreUnavailableException;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import org.jspecify.annotations.Nullable;

/**
 * Stores the events of many reads of one organisation with one transaction. While one group is
 * being stored, the requests that arrive form the next, so a group grows with the load by itself
 * and a request that is alone does not wait for others.
 *
 * <p>The transactions of one organisation cannot overlap anyway, because they lock its chain. One
 * group at a time is what keeps them from holding connections meanwhile.
 *
 * <p>Invariants: a caller hears of success only after its events are durable; events of one request
 * are stored together or not at all; a request whose events cannot be stored harms no other.
 */
final class EventGroups {

  /** Bounds the transaction, whose details may have some kilobytes per request. */
  static final int MAXIMUM_REQUESTS = 256;

  private final Consumer<List<AuditEventRecord>> store;
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private boolean storing;

  /**
   * @param store makes events durable, all of them, or throws
   */
  EventGroups(Consumer<List<AuditEventRecord>> store) {
    this.store = store;
  }

  /**
   * Returns once these events are durable.
   *
   * @param events of one request
   * @throws RuntimeException what kept them from being stored
   */
  void store(List<AuditEventRecord> events) {
    Waiting own = new Waiting(events);
    if (begins(own) || own.awaitTurn(() -> giveUp(own)) == Turn.LEAD) {
      lead(own);
    }
    own.throwFailure();
  }

  /** True if nobody is storing, so that this request has to. */
  private synchronized boolean begins(Waiting one) {
    if (storing) {
      queue.add(one);
      return false;
    }
    storing = true;
    return true;
  }

  private void lead(Waiting own) {
    List<Waiting> group = List.of(own);
    try {
      group = takeGroup(own);
      storeAll(group);
      if (own.failure instanceof StoreUnavailableException outage) {
        failQueued(outage);
      }
    } finally {
      passOn();
      group.forEach(one -> one.turn.complete(Turn.DONE));
    }
  }

  /**
   * Who has waited for an attempt that the database let run into its time-out must not wait for the
   * next one as well.
   */
  private synchronized void failQueued(StoreUnavailableException outage) {
    for (Waiting one = queue.poll(); one != null; one = queue.poll()) {
      one.failure = outage;
      one.turn.complete(Turn.DONE);
    }
  }

  /** How many requests wait for their turn. */
  synchronized int waiting() {
    return queue.size();
  }

  private synchronized List<Waiting> takeGroup(Waiting own) {
    List<Waiting> group = new ArrayList<>();
    group.add(own);
    while (group.size() < MAXIMUM_REQUESTS && !queue.isEmpty()) {
      group.add(queue.remove());
    }
    return group;
  }

  /** The next group needs a leader; it is one of those who wait. */
  private synchronized void passOn() {
    Waiting next = queue.poll();
    if (next == null) {
      storing = false;
    } else {
      next.turn.complete(Turn.LEAD);
    }
  }

  /** Whoever leaves must not be the one that the others wait for. */
  private synchronized void giveUp(Waiting one) {
    if (!queue.remove(one) && one.turn.getNow(Turn.DONE) == Turn.LEAD) {
      passOn();
    }
  }

  /** If a group cannot be stored, its requests are tried one by one. */
  private void storeAll(List<Waiting> group) {
    @Nullable RuntimeException failure = tryToStore(group);
    if (failure == null) {
      group.forEach(one -> one.stored = true);
    } else if (group.size() > 1 && isOfOne(failure)) {
      storeEach(group);
    } else {
      group.forEach(one -> one.failure = failure);
    }
  }

  private void storeEach(List<Waiting> group) {
    @Nullable RuntimeException outage = null;
    for (Waiting one : group) {
      if (outage == null) {
        storeAll(List.of(one));
        outage = one.failure instanceof StoreUnavailableException ? one.failure : null;
      } else {
        one.failure = outage;
      }
    }
  }

  private @Nullable RuntimeException tryToStore(List<Waiting> group) {
    try {
      store.accept(group.stream().flatMap(one -> one.events.stream()).toList());
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  /** Whether it may be the fault of one request, so that the others can be stored without it. */
  private static boolean isOfOne(RuntimeException failure) {
    return !(failure instanceof StoreUnavailableException)
        && !(failure instanceof AuditUnavailableException audit && audit.isCommitted());
  }

  private enum Turn {
    /** The request's events were stored, or failed to be. */
    DONE,
    /** The request has to store the next group, its own events first. */
    LEAD
  }

  private static final class Waiting {

    private final List<AuditEventRecord> events;
    private final CompletableFuture<Turn> turn = new CompletableFuture<>();
    private boolean stored;
    private @Nullable RuntimeException failure;

    Waiting(List<AuditEventRecord> events) {
      this.events = events;
    }

    /**
     * Without a time-out of its own, which would cost each request a timer: who leads has that of
     * the database, and tells all others what becomes of it.
     */
    Turn awaitTurn(Runnable leaving) {
      try {
        return turn.get();
      } catch (InterruptedException e) {
        leaving.run();
        Thread.currentThread().interrupt();
        throw new AuditUnavailableException(e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("turns do not fail", e);
      }
    }

    void throwFailure() {
      if (failure != null) {
        throw failure;
      }
      if (!stored) { // The thread that was to store it came to a bad end.
        throw new AuditUnavailableException("the events were not stored");
      }
    }
  }
}
