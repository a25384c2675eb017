package lockstep.server.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lockstep.server.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Stores the events of many reads of one organisation with one transaction. A group is formed when
 * its transaction begins, of all requests that have arrived until then, so groups grow with the
 * load by themselves and a request that is alone does not wait for others. A transaction costs as
 * much as several events, so that groups do not follow each other as closely as they could while
 * there are many requests: what is saved is there for the requests, which more than makes up for
 * it.
 *
 * <p>The transactions of one organisation cannot overlap, because they lock its chain, other than
 * that one is being synced while the next is being made. A bound on how many there are at a time
 * keeps them from holding connections meanwhile.
 *
 * <p>Invariants: a caller hears of success only after its events are durable; events of one request
 * are stored together or not at all; a request whose events cannot be stored harms no other.
 */
final class EventGroups {

  /** Bounds the transaction, whose details may have some kilobytes per request. */
  static final int MAXIMUM_REQUESTS = 256;

  /**
   * For each request in a group but one, the next group is formed later by this, within the bounds
   * below: a client that is alone waits for nothing.
   */
  private static final long NANOS_PER_REQUEST = 400_000;

  private static final long MAXIMUM_PAUSE_NANOS = 1_000_000;

  /** Where it takes little to store a group, there is little to be saved. */
  private static final int PAUSE_PER_STORING = 2;

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** For fewer requests, a thread of their own is not worth it. */
  private static final int LEAST_SHARE = 8;

  private final Consumer<Supplier<List<PlacelessEvent>>> store;
  private final Executor storing;
  private final int atOnce;
  private final Queue<Waiting> queue = new ArrayDeque<>();

  /** How many groups are being stored, formed or not. */
  private int running;

  /** Whether one of these is still to be formed; not more than one is. */
  private boolean isForming;

  /** When the next group may be formed, as of {@link System#nanoTime}. */
  private long nextForming = System.nanoTime();

  /** How long it took to store the newest group that is stored. */
  private long storingNanos;

  /**
   * @param store makes the events durable that it is given, all of them, or throws; it asks for
   *     them when it can begin, and gets the same ones if it has to begin again
   * @param storing runs it, on threads that do not wait behind the requests: a group that is stored
   *     late is what all its requests wait for, and those that would form the next one
   * @param atOnce how many groups are stored at a time
   */
  EventGroups(Consumer<Supplier<List<PlacelessEvent>>> store, Executor storing, int atOnce) {
    this.store = store;
    this.storing = storing;
    this.atOnce = atOnce;
  }

  /**
   * Returns once these events are durable.
   *
   * @param events of one request
   * @throws RuntimeException what kept them from being stored
   */
  void store(List<PlacelessEvent> events) {
    Waiting own = add(events);
    own.await(() -> giveUp(own));
  }

  /**
   * As {@link #store}, for who does not wait.
   *
   * @return completes once these events are durable, or with what kept them from being stored. What
   *     follows it may run before that of other requests of the group, and so must not wait for
   *     anything
   */
  CompletionStage<Void> begin(List<PlacelessEvent> events) {
    return add(events).outcome;
  }

  private Waiting add(List<PlacelessEvent> events) {
    Waiting one = new Waiting(events);
    if (begins(one)) {
      startStoring();
    }
    return one;
  }

  /** True if there has to be one more group. */
  private synchronized boolean begins(Waiting one) {
    queue.add(one);
    if (isForming || running == atOnce) {
      return false;
    }
    isForming = true;
    running++;
    return true;
  }

  private void startStoring() {
    try {
      storing.execute(this::storeGroups);
    } catch (RuntimeException | Error e) { // Such as no memory for one more thread.
      AuditUnavailableException failure = new AuditUnavailableException(e);
      do {
        new Group().end(failure);
      } while (goesOn());
    }
  }

  private void storeGroups() {
    do {
      Group group = new Group();
      try {
        awaitForming();
        group.store();
      } catch (RuntimeException | Error e) { // Whatever it is, others wait for this thread.
        group.end(new AuditUnavailableException(e));
      }
    } while (goesOn());
  }

  private void awaitForming() {
    for (long nanos = nanosToForming(); nanos > 0; nanos = nanosToForming()) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  private synchronized long nanosToForming() {
    return queue.size() < MAXIMUM_REQUESTS ? nextForming - System.nanoTime() : 0;
  }

  /** Whether the thread that has stored a group stores one more. */
  private synchronized boolean goesOn() {
    if (isForming || queue.isEmpty()) {
      running--;
      return false;
    }
    isForming = true;
    return true;
  }

  private synchronized List<Waiting> form() {
    List<Waiting> members = new ArrayList<>(Math.min(queue.size(), MAXIMUM_REQUESTS));
    while (members.size() < MAXIMUM_REQUESTS && !queue.isEmpty()) {
      members.add(queue.remove());
    }
    nextForming = System.nanoTime() + pauseAfter(members.size());
    isForming = false;
    return members;
  }

  private long pauseAfter(int requests) {
    long pause = Math.min(MAXIMUM_PAUSE_NANOS, PAUSE_PER_STORING * storingNanos);
    return Math.min(pause, (requests - 1) * NANOS_PER_REQUEST);
  }

  private synchronized void stored(long nanos) {
    storingNanos = nanos;
  }

  /** How many requests belong to no group yet. */
  synchronized int waiting() {
    return queue.size();
  }

  /** What belongs to a group already will be stored, though nobody waits for it. */
  private synchronized void giveUp(Waiting one) {
    queue.remove(one);
  }

  private @Nullable RuntimeException tryToStore(Supplier<List<PlacelessEvent>> events) {
    try {
      store.accept(events);
      return null;
    } catch (StoreUnavailableException e) {
      failQueued(e);
      return e;
    } catch (RuntimeException e) {
      return e;
    }
  }

  /**
   * Who has waited for an attempt that the database let run into its time-out must not wait for the
   * next one as well.
   */
  private void failQueued(StoreUnavailableException outage) {
    end(removeQueued(), outage);
  }

  private synchronized List<Waiting> removeQueued() {
    List<Waiting> all = List.copyOf(queue);
    queue.clear();
    return all;
  }

  /**
   * Tells all of them what became of their events, on other threads: what follows is as much work
   * as the next group, which must not wait for it.
   */
  private static void end(List<Waiting> all, @Nullable RuntimeException failure) {
    int share = Math.max(Math.ceilDiv(all.size(), PROCESSORS), LEAST_SHARE);
    for (int i = 0; i < all.size(); i += share) {
      List<Waiting> some = all.subList(i, Math.min(i + share, all.size()));
      try {
        Thread.startVirtualThread(() -> endEach(some, failure));
      } catch (RuntimeException | Error e) { // Such as no memory for one more thread.
        endEach(some, failure);
      }
    }
  }

  private static void endEach(List<Waiting> some, @Nullable RuntimeException failure) {
    some.forEach(one -> one.end(failure));
  }

  private static boolean mayBeOfOne(RuntimeException failure) {
    return !(failure instanceof StoreUnavailableException)
        && !(failure instanceof AuditUnavailableException audit && audit.isCommitted());
  }

  /** Requests whose events are stored together. */
  private final class Group {

    private @Nullable List<Waiting> members;

    /** Whoever asks first, on whichever thread, has it formed. */
    private synchronized List<Waiting> members() {
      if (members == null) {
        members = form();
      }
      return members;
    }

    private List<PlacelessEvent> events() {
      List<PlacelessEvent> events = new ArrayList<>(members().size());
      for (Waiting one : members()) {
        events.addAll(one.events);
      }
      return events;
    }

    /** If it cannot be stored, its requests are tried one by one. */
    void store() {
      long begin = System.nanoTime();
      @Nullable RuntimeException failure = tryToStore(this::events);
      stored(System.nanoTime() - begin);
      if (failure != null && members().size() > 1 && mayBeOfOne(failure)) {
        storeEach();
      } else {
        end(failure);
      }
    }

    private void storeEach() {
      @Nullable RuntimeException outage = null;
      for (Waiting one : members()) {
        @Nullable RuntimeException failure = outage == null ? tryToStore(() -> one.events) : outage;
        outage = failure instanceof StoreUnavailableException ? failure : null;
        EventGroups.end(List.of(one), failure);
      }
    }

    void end(@Nullable RuntimeException failure) {
      EventGroups.end(members(), failure);
    }
  }

  private static final class Waiting {

    private final List<PlacelessEvent> events;
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();

    Waiting(List<PlacelessEvent> events) {
      this.events = events;
    }

    /**
     * What was told first stays.
     *
     * @param cause why the events are not stored, null if they are
     */
    void end(@Nullable RuntimeException cause) {
      if (cause == null) {
        outcome.complete(null);
      } else {
        outcome.completeExceptionally(cause);
      }
    }

    /**
     * Without a time-out of its own, which would cost each request a timer: who stores has that of
     * the database, and tells all others what becomes of it.
     */
    void await(Runnable leaving) {
      try {
        outcome.get();
      } catch (InterruptedException e) {
        leaving.run();
        Thread.currentThread().interrupt();
        throw new AuditUnavailableException(e);
      } catch (ExecutionException e) {
        throw (RuntimeException) e.getCause();
      }
    }
  }
}
