package lockstep.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SharedQueriesTest {

  private final SharedQueries queries = new SharedQueries();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void close() {
    callers.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A question that is on its way until the latch is open. */
  private Future<Integer> begin(CountDownLatch release) {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Integer> first =
        callers.submit(
            () ->
                queries.ask(
                    "q",
                    () -> {
                      begun.countDown();
                      await(release);
                      return asked.incrementAndGet();
                    }));
    await(begun);
    return first;
  }

  private List<Future<Integer>> more(int number) throws InterruptedException {
    List<Future<Integer>> more = new ArrayList<>();
    CountDownLatch started = new CountDownLatch(number);
    for (int i = 0; i < number; i++) {
      more.add(
          callers.submit(
              () -> {
                started.countDown();
                return queries.ask("q", asked::incrementAndGet);
              }));
    }
    await(started);
    Thread.sleep(100); // so that they wait by now
    return more;
  }

  @Test
  void whoIsAloneAsksAtOnce() {
    assertThat(queries.ask("q", () -> 1)).isEqualTo(1);
    assertThat(queries.ask("q", () -> 2)).isEqualTo(2);
    assertThat(queries.size()).isZero();
  }

  @Test
  void whoComesLaterSharesTheNextAnswer() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Future<Integer> first = begin(release);
    List<Future<Integer>> more = more(20);
    release.countDown();
    assertThat(first.get()).isEqualTo(1);
    for (Future<Integer> one : more) {
      assertThat(one.get()).isEqualTo(2);
    }
    assertThat(queries.size()).isZero();
  }

  @Test
  void otherQuestionsDoNotWait() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Future<Integer> first = begin(release);
    assertThat(queries.ask("other", () -> 7)).isEqualTo(7);
    release.countDown();
    assertThat(first.get()).isEqualTo(1);
  }

  @Test
  void aFailureIsThatOfAllWhoSharedItAndOfNobodyElse() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Future<Object> first =
        callers.submit(
            () ->
                queries.ask(
                    "q",
                    () -> {
                      begun.countDown();
                      await(release);
                      throw new StoreUnavailableException("on purpose");
                    }));
    await(begun);
    List<Future<Integer>> more = more(5);
    release.countDown();
    assertThatThrownBy(first::get).hasCauseInstanceOf(StoreUnavailableException.class);
    for (Future<Integer> one : more) {
      assertThat(one.get()).isEqualTo(1);
    }
    Error error = new StackOverflowError("on purpose");
    assertThatThrownBy(
            () ->
                queries.ask(
                    "q",
                    () -> {
                      throw error;
                    }))
        .isSameAs(error);
    assertThat(queries.size()).isZero();
  }

  /** Whoever asks after a change was acknowledged sees it, whatever else is on its way. */
  @Test
  void nobodyGetsAnAnswerFromBeforeItAsked() throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    List<Future<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      readers.add(
          callers.submit(
              () -> {
                for (int n = 0; n < 2_000; n++) {
                  long before = acknowledged.incrementAndGet();
                  long seen = queries.ask("q", acknowledged::get);
                  assertThat(seen).isGreaterThanOrEqualTo(before);
                }
                return 0;
              }));
    }
    for (Future<Integer> reader : readers) {
      reader.get();
    }
    assertThat(queries.size()).isZero();
  }
}
