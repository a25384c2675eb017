package lockstep.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.store.StoreUnavailableException;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class EventGroupsTest {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<List<String>> stored = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch storing = new CountDownLatch(1);
  private final CountDownLatch mayStore = new CountDownLatch(1);

  @AfterEach
  void stop() {
    mayStore.countDown();
    threads.shutdownNow();
  }

  @Test
  void whoIsAloneIsStoredAtOnce() {
    EventGroups groups = groups(this::keep);

    groups.store(List.of(event("a"), event("b")));
    groups.store(List.of(event("c")));

    assertThat(stored).containsExactly(List.of("a", "b"), List.of("c"));
  }

  @Test
  void whoArrivesMeanwhileIsStoredTogether() throws Exception {
    EventGroups groups = groups(this::keepWhenAllowed);
    List<Future<?>> requests = new ArrayList<>();
    requests.add(submit(groups, "first"));
    storing.await();
    for (int i = 0; i < 5; i++) {
      requests.add(submit(groups, "later" + i));
      awaitQueued(groups, i + 1);
    }
    mayStore.countDown();
    awaitAll(requests);

    assertThat(stored)
        .containsExactly(
            List.of("first"), List.of("later0", "later1", "later2", "later3", "later4"));
  }

  /** So that groups of many requests are worth their transactions. */
  @Test
  void theGroupAfterALargeOneIsFormedLater() throws Exception {
    List<Long> asked = Collections.synchronizedList(new ArrayList<>());
    List<Long> formed = Collections.synchronizedList(new ArrayList<>());
    EventGroups groups =
        new EventGroups(
            group -> {
              asked.add(System.nanoTime());
              List<PlacelessEvent> events = group.get();
              formed.add(System.nanoTime());
              keepWhenAllowed(events);
            },
            threads,
            1);
    List<Future<?>> requests = new ArrayList<>();
    requests.add(submit(groups, "first"));
    storing.await();
    for (int i = 0; i < 10; i++) {
      requests.add(submit(groups, "later" + i));
    }
    awaitQueued(groups, 10);
    Thread.sleep(2); // There is no pause where storing takes next to no time.
    mayStore.countDown();
    awaitAll(requests);
    groups.store(List.of(event("last")));

    assertThat(stored.stream().map(List::size)).containsExactly(1, 10, 1);
    assertThat(formed.get(2) - asked.get(1)).isGreaterThanOrEqualTo(1_000_000);
  }

  @Test
  void noGroupHasMoreRequestsThanItMay() throws Exception {
    EventGroups groups = groups(this::keepWhenAllowed);
    List<Future<?>> requests = moreThanAGroup(groups);
    mayStore.countDown();
    awaitAll(requests);

    assertThat(stored.stream().map(List::size)).containsExactly(1, EventGroups.MAXIMUM_REQUESTS, 3);
  }

  /** One that is being stored, and behind it three more than a group may have. */
  private List<Future<?>> moreThanAGroup(EventGroups groups) throws InterruptedException {
    List<Future<?>> requests = new ArrayList<>();
    requests.add(submit(groups, "first"));
    storing.await();
    int many = EventGroups.MAXIMUM_REQUESTS + 3;
    for (int i = 0; i < many; i++) {
      requests.add(submit(groups, "r" + i));
    }
    awaitQueued(groups, many);
    return requests;
  }

  private static StoreUnavailableException outage() {
    try (Database none = Databases.embeddedForReading(Path.of("no such folder"))) {
      throw new AssertionError(none);
    } catch (StoreUnavailableException e) {
      return e;
    }
  }

  /** Or each group would wait anew for a database that does not answer. */
  @Test
  void whoWaitedWhileTheDatabaseWasOutIsToldAtOnce() throws Exception {
    EventGroups groups =
        groups(
            events -> {
              keepWhenAllowed(events);
              throw outage();
            });
    List<Future<?>> requests = moreThanAGroup(groups);
    mayStore.countDown();
    for (Future<?> request : requests) {
      assertThatThrownBy(request::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
    assertThat(stored).containsExactly(List.of("first"));

    assertThatThrownBy(() -> groups.store(List.of(event("next"))))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(stored).hasSize(2);
  }

  @Test
  void eventsThatCannotBeStoredHarmNoOthers() throws Exception {
    EventGroups groups =
        groups(
            events -> {
              keepWhenAllowed(events);
              if (events.stream()
                  .anyMatch(event -> event.content().shared().description().equals("bad"))) {
                stored.removeLast();
                throw new AuditUnavailableException("bad");
              }
            });
    Future<?> first = submit(groups, "first");
    storing.await();
    Future<?> good = submit(groups, "good");
    awaitQueued(groups, 1);
    Future<?> bad = submit(groups, "bad");
    awaitQueued(groups, 2);
    mayStore.countDown();

    first.get();
    good.get();
    assertThatThrownBy(bad::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(AuditUnavailableException.class);
    assertThat(stored).containsExactly(List.of("first"), List.of("good"));
  }

  @Test
  void nobodyTakesABadEndOfTheStoringThreadForSuccess() throws Exception {
    EventGroups groups =
        groups(
            events -> {
              keepWhenAllowed(events);
              if (events.size() > 1) {
                throw new StackOverflowError();
              }
            });
    Future<?> first = submit(groups, "first");
    storing.await();
    Future<?> one = submit(groups, "one");
    awaitQueued(groups, 1);
    Future<?> other = submit(groups, "other");
    awaitQueued(groups, 2);
    mayStore.countDown();

    first.get();
    for (Future<?> request : List.of(one, other)) {
      assertThatThrownBy(request::get)
          .hasCauseInstanceOf(AuditUnavailableException.class)
          .hasRootCauseInstanceOf(StackOverflowError.class);
    }
    groups.store(List.of(event("next")));
    assertThat(stored).contains(List.of("next"));
  }

  @Test
  void whatIsCommittedButNotDeliveredIsNotStoredAgain() throws Exception {
    EventGroups groups =
        groups(
            events -> {
              keepWhenAllowed(events);
              throw AuditUnavailableException.notDelivered("test");
            });
    List<Future<?>> requests = new ArrayList<>(List.of(submit(groups, "first")));
    storing.await();
    requests.add(submit(groups, "one"));
    awaitQueued(groups, 1);
    requests.add(submit(groups, "other"));
    awaitQueued(groups, 2);
    mayStore.countDown();

    for (Future<?> request : requests) {
      assertThatThrownBy(request::get).hasCauseInstanceOf(AuditUnavailableException.class);
    }
    assertThat(stored).containsExactly(List.of("first"), List.of("one", "other"));
  }

  @Test
  void whoGivesUpWhileWaitingIsNotStoredAndKeepsNobodyWaiting() throws Exception {
    EventGroups groups = groups(this::keepWhenAllowed);
    Future<?> first = submit(groups, "first");
    storing.await();
    Future<?> impatient = submit(groups, "impatient");
    awaitQueued(groups, 1);
    Future<?> patient = submit(groups, "patient");
    awaitQueued(groups, 2);
    impatient.cancel(true);
    awaitQueued(groups, 1);
    mayStore.countDown();

    first.get();
    patient.get();
    assertThat(stored).containsExactly(List.of("first"), List.of("patient"));
  }

  /** Such as a connection that has to be waited for. */
  @Test
  void aGroupHasAllWhoArriveBeforeItsTransactionBegins() throws Exception {
    EventGroups groups =
        new EventGroups(
            group -> {
              storing.countDown();
              awaitPermission();
              keep(group.get());
              assertThat(group.get()).as("if it begins again").hasSize(3);
            },
            threads,
            1);
    List<Future<?>> requests = new ArrayList<>(List.of(submit(groups, "a")));
    storing.await();
    requests.add(submit(groups, "b"));
    awaitQueued(groups, 2);
    requests.add(submit(groups, "c"));
    awaitQueued(groups, 3);
    mayStore.countDown();
    awaitAll(requests);

    assertThat(stored).containsExactly(List.of("a", "b", "c"));
  }

  @Test
  void asManyGroupsAsItSaysAreStoredAtATime() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    EventGroups groups =
        new EventGroups(
            group -> {
              List<PlacelessEvent> events = group.get();
              both.countDown();
              storing.countDown();
              awaitPermission();
              keep(events);
            },
            threads,
            2);
    List<Future<?>> requests = new ArrayList<>(List.of(submit(groups, "a")));
    storing.await();
    requests.add(submit(groups, "b"));
    both.await();
    requests.add(submit(groups, "c"));
    awaitQueued(groups, 1);
    requests.add(submit(groups, "d"));
    awaitQueued(groups, 2);
    mayStore.countDown();
    awaitAll(requests);

    assertThat(stored).hasSize(3).contains(List.of("a"), List.of("b"), List.of("c", "d"));
  }

  @Test
  void withoutAThreadToStoreThemEventsFailAndLaterOnesDoNot() {
    AtomicBoolean refusing = new AtomicBoolean(true);
    EventGroups groups =
        new EventGroups(
            group -> keep(group.get()),
            work -> {
              if (refusing.get()) {
                throw new RejectedExecutionException("on purpose");
              }
              threads.execute(work);
            },
            1);
    assertThatThrownBy(() -> groups.store(List.of(event("a"))))
        .isInstanceOf(AuditUnavailableException.class);
    refusing.set(false);
    groups.store(List.of(event("b")));

    assertThat(stored).containsExactly(List.of("b"));
  }

  /** A database that cannot be asked does not even ask for the events. */
  @Test
  void anOutageBeforeTheTransactionBeginsIsToldToAll() throws Exception {
    EventGroups groups =
        new EventGroups(
            _ -> {
              storing.countDown();
              awaitPermission();
              throw outage();
            },
            threads,
            1);
    List<Future<?>> requests = new ArrayList<>(List.of(submit(groups, "a")));
    storing.await();
    requests.add(submit(groups, "b"));
    awaitQueued(groups, 2);
    mayStore.countDown();
    for (Future<?> request : requests) {
      assertThatThrownBy(request::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
  }

  @Test
  void everyRequestIsStoredOnceUnderLoad() throws Exception {
    EventGroups groups = new EventGroups(group -> keep(group.get()), threads, 2);
    List<Future<?>> requests = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      requests.add(submit(groups, "r" + i));
    }
    for (Future<?> request : requests) {
      request.get(30, TimeUnit.SECONDS);
    }

    assertThat(stored.stream().flatMap(List::stream)).hasSize(2_000).doesNotHaveDuplicates();
  }

  @Test
  void whoDoesNotWaitIsToldWhenItsEventsAreDurable() throws Exception {
    EventGroups groups = groups(this::keepWhenAllowed);
    CompletableFuture<Void> outcome = groups.begin(List.of(event("a"))).toCompletableFuture();
    storing.await();
    assertThat(outcome).isNotDone();
    mayStore.countDown();
    outcome.get();

    assertThat(stored).containsExactly(List.of("a"));
  }

  @Test
  void whoDoesNotWaitIsToldOfAFailure() {
    AuditUnavailableException failure = new AuditUnavailableException("on purpose");
    EventGroups groups =
        groups(
            _ -> {
              throw failure;
            });

    assertThatThrownBy(groups.begin(List.of(event("a"))).toCompletableFuture()::get)
        .isInstanceOf(ExecutionException.class)
        .hasCause(failure);
  }

  /** Answers are sent then, which takes as long as to store the next group. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatFollowsDoesNotKeepTheNextGroupFromBeingStored(boolean oneByOne) throws Exception {
    AtomicBoolean fails = new AtomicBoolean(oneByOne);
    EventGroups groups =
        groups(
            events -> {
              if (fails.get() && events.size() > 1) {
                throw new AuditUnavailableException("not together");
              }
              keepWhenAllowed(events);
            });
    CompletableFuture<Void> first = groups.begin(List.of(event("first"))).toCompletableFuture();
    storing.await();
    CountDownLatch following = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    CompletableFuture<Void> followed =
        groups
            .begin(List.of(event("a")))
            .thenRun(
                () -> {
                  following.countDown();
                  await(mayEnd);
                })
            .toCompletableFuture();
    CompletableFuture<Void> other = groups.begin(List.of(event("b"))).toCompletableFuture();
    mayStore.countDown();
    following.await();
    first.get();
    groups.store(List.of(event("c")));
    assertThat(followed).isNotDone();
    mayEnd.countDown();
    followed.get();
    other.get();

    assertThat(stored.stream().flatMap(List::stream)).containsExactly("first", "a", "b", "c");
  }

  private Future<?> submit(EventGroups groups, String name) {
    return threads.submit(() -> groups.store(List.of(event(name))));
  }

  private static void awaitAll(List<Future<?>> requests) throws Exception {
    for (Future<?> request : requests) {
      request.get();
    }
  }

  private static void awaitQueued(EventGroups groups, int requests) throws InterruptedException {
    while (groups.waiting() != requests) {
      Thread.sleep(1);
    }
  }

  private void keepWhenAllowed(List<PlacelessEvent> events) {
    storing.countDown();
    awaitPermission();
    keep(events);
  }

  private void awaitPermission() {
    await(mayStore);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void keep(List<PlacelessEvent> events) {
    stored.add(events.stream().map(event -> event.content().shared().description()).toList());
  }

  private static PlacelessEvent event(String name) {
    AuditEventRecord event = new AuditEventRecord();
    event.setDescription(name);
    event.setDetails("{}");
    return new PlacelessEvent(EventContent.of(event), new byte[0]);
  }

  private EventGroups groups(Consumer<List<PlacelessEvent>> store) {
    return new EventGroups(group -> store.accept(group.get()), threads, 1);
  }
}
