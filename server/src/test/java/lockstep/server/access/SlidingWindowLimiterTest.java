package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import lockstep.server.access.RateDecision.Admitted;
import lockstep.server.access.RateDecision.Throttled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SlidingWindowLimiterTest {

  private static final RateLimit THREE_PER_MINUTE = RateLimit.parse("3/min");

  /**
   * Near the end of the range, as the real clock may be: it wraps around in the middle of tests.
   */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());

  private final SlidingWindowLimiter<String> limiter = limiter(1_000);

  @Test
  void admitsUpToTheLimitAndNotOneMore() {
    assertAdmitted("a", 3);

    assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(60));
  }

  @Test
  void eachKeyHasItsOwnLimit() {
    assertAdmitted("a", 3);
    assertAdmitted("b", 3);
  }

  @Test
  void theWindowSlides() {
    assertAdmitted("a", 1);
    pass(Duration.ofSeconds(20));
    assertAdmitted("a", 2);

    pass(Duration.ofSeconds(40).minusNanos(1));
    assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(1));
    pass(Duration.ofNanos(1));
    assertAdmitted("a", 1);
    assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(20));
  }

  @Test
  void theWaitIsRoundedUpToSeconds() {
    assertAdmitted("a", 3);

    pass(Duration.ofSeconds(58));
    assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(2));
    pass(Duration.ofMillis(1));
    assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(2));
    pass(Duration.ofMillis(999));
    assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(1));
  }

  @Test
  void rejectedRequestsDoNotCount() {
    assertAdmitted("a", 3);
    for (int i = 0; i < 59; i++) {
      pass(Duration.ofSeconds(1));
      assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(59 - i));
    }

    pass(Duration.ofSeconds(1));
    assertAdmitted("a", 3);
  }

  @Test
  void aLoweredLimitCountsEarlierRequests() {
    for (int i = 0; i < 3; i++) {
      assertAdmitted("a", 1);
      pass(Duration.ofSeconds(10));
    }

    assertThat(limiter.request("a", RateLimit.parse("1/min"))).isEqualTo(new Throttled(50));
    assertThat(limiter.request("a", RateLimit.parse("2/min"))).isEqualTo(new Throttled(40));
    assertThat(limiter.request("a", RateLimit.parse("3/min"))).isEqualTo(new Throttled(30));
    assertThat(limiter.request("a", RateLimit.parse("4/min"))).isEqualTo(new Admitted());
  }

  @Test
  void idleKeysAreForgotten() {
    for (int i = 0; i < 500; i++) {
      assertAdmitted("key" + i, 1);
    }
    assertThat(limiter.keys()).isEqualTo(500);

    pass(Duration.ofSeconds(59));
    assertAdmitted("busy", 1);
    assertThat(limiter.keys()).isEqualTo(501);
    pass(Duration.ofSeconds(30));
    assertAdmitted("another", 1);

    assertThat(limiter.keys()).isEqualTo(2);
  }

  @Test
  void forgettingIdleKeysForgetsNoLimit() {
    assertAdmitted("a", 3);
    pass(Duration.ofSeconds(45));
    assertAdmitted("b", 1);

    assertThat(limiter.request("a", THREE_PER_MINUTE)).isEqualTo(new Throttled(15));
  }

  @Test
  void strangersCannotFillTheMemory() {
    SlidingWindowLimiter<String> small = limiter(100);
    for (int i = 0; i < 10_000; i++) {
      small.request("key" + i, THREE_PER_MINUTE);
      pass(Duration.ofNanos(1));
      assertThat(small.keys()).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void aFullMemoryForgetsAQuarterAtOnce() {
    SlidingWindowLimiter<String> small = limiter(100);
    for (int i = 0; i < 101; i++) {
      small.request("key" + i, THREE_PER_MINUTE);
    }

    assertThat(small.keys()).isEqualTo(76);
  }

  @Test
  void anyThreadCanForgetIdleKeysAfterAnother() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      pass(Duration.ofMinutes(2));
      Thread.ofVirtual().start(() -> limiter.request("a", THREE_PER_MINUTE)).join();
      assertAdmitted("b", 1);
      assertThat(limiter.keys()).isEqualTo(2);
    }
  }

  @Test
  void aCrowdPushesOutTheKeysUnusedForLongest() {
    SlidingWindowLimiter<String> small = limiter(100);
    for (int i = 0; i < 3; i++) {
      small.request("regular", THREE_PER_MINUTE);
    }
    for (int i = 0; i < 1_000; i++) {
      pass(Duration.ofNanos(1));
      small.request("key" + i, THREE_PER_MINUTE);
      assertThat(small.request("regular", THREE_PER_MINUTE)).isInstanceOf(Throttled.class);
    }
  }

  @Test
  void hasRoomForAtLeastOneKey() {
    SlidingWindowLimiter<String> smallest = limiter(1);
    assertThat(smallest.request("a", THREE_PER_MINUTE)).isEqualTo(new Admitted());
    assertThat(smallest.request("b", THREE_PER_MINUTE)).isEqualTo(new Admitted());
    assertThat(smallest.keys()).isEqualTo(1);

    assertThatIllegalArgumentException().isThrownBy(() -> limiter(0));
  }

  @Test
  void manyThreadsTogetherGetExactlyTheLimit() throws ExecutionException, InterruptedException {
    RateLimit limit = RateLimit.parse("1000/h");
    int threads = 16;
    int requestsPerThread = 200;
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> admitted = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        admitted.add(
            executor.submit(
                () -> {
                  int count = 0;
                  for (int i = 0; i < requestsPerThread; i++) {
                    // Makes cleaning due again and again, without making the key idle.
                    pass(Duration.ofMillis(500));
                    count += limiter.request("a", limit) instanceof Admitted ? 1 : 0;
                  }
                  return count;
                }));
      }
      int sum = 0;
      for (Future<Integer> count : admitted) {
        sum += count.get();
      }
      assertThat(sum).isEqualTo(1_000);
    }
  }

  @Property
  void agreesWithAListOfAllAdmittedRequests(
      @ForAll @IntRange(min = 1, max = 6) int requests,
      @ForAll @Size(max = 60) List<@IntRange(max = 25_000) Integer> pauseMillis) {
    RateLimit limit = new RateLimit(requests, Duration.ofMinutes(1));
    AtomicLong clock = new AtomicLong();
    SlidingWindowLimiter<String> fresh = new SlidingWindowLimiter<>(10, clock::get);
    List<Long> admitted = new ArrayList<>();
    long time = 0;
    for (int pause : pauseMillis) {
      clock.addAndGet(Duration.ofMillis(pause).toNanos());
      time += pause;
      long windowStart = time - 60_000;
      List<Long> recent = admitted.stream().filter(t -> t > windowStart).toList();

      RateDecision decision = fresh.request("a", limit);

      if (recent.size() < requests) {
        assertThat(decision).isEqualTo(new Admitted());
        admitted.add(time);
      } else {
        long slotFrees = recent.get(recent.size() - requests) + 60_000;
        assertThat(decision).isEqualTo(new Throttled((slotFrees - time + 999) / 1_000));
      }
    }
  }

  private void assertAdmitted(String key, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(limiter.request(key, THREE_PER_MINUTE)).isEqualTo(new Admitted());
    }
  }

  private void pass(Duration duration) {
    now.addAndGet(duration.toNanos());
  }

  private SlidingWindowLimiter<String> limiter(int maximumKeys) {
    return new SlidingWindowLimiter<>(maximumKeys, now::get);
  }
}
