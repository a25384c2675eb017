package lockstep.server.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lockstep.server.faults.Eventually;
import lockstep.server.sinks.Progress.Outcome;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private static final UUID CHAIN = new UUID(0, 1);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Progress progress = new Progress();

  private void round(long position) {
    progress.begin();
    progress.reached(Map.of(CHAIN, position));
  }

  private Outcome await(long number, Duration patience) {
    return progress.await(Map.of(CHAIN, number), patience.toNanos());
  }

  @Test
  void whatARoundReachesThatBeganAfterwardsIsDelivered() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> waiting = threads.submit(() -> await(2, LIMIT));
      Eventually.within(LIMIT, "waiting", progress::isAnybodyWaiting);
      round(1);
      assertThat(waiting.isDone()).isFalse();
      round(2);
      assertThat(waiting.get()).isEqualTo(Outcome.DELIVERED);
    }
  }

  @Test
  void aNumberThatWasReachedBeforeAFailoverIsNotTakenForTheOneThatIsGivenAgain() {
    round(100);
    assertThat(await(96, Duration.ofMillis(50))).isEqualTo(Outcome.TIMED_OUT);
  }

  @Test
  void aPositionGoesBackWithTheDatabase() throws Exception {
    round(100);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> waiting = threads.submit(() -> await(96, LIMIT));
      Eventually.within(LIMIT, "waiting", progress::isAnybodyWaiting);
      round(90);
      progress.failing(true);
      assertThat(waiting.get()).isEqualTo(Outcome.FAILED);
    }
  }

  @Test
  void aRoundThatBeganBeforeTheCommitMayNotHaveSeenIt() throws Exception {
    progress.begin();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> waiting = threads.submit(() -> await(96, LIMIT));
      Eventually.within(LIMIT, "waiting", progress::isAnybodyWaiting);
      progress.reached(Map.of(CHAIN, 100L));
      progress.failing(true);
      assertThat(waiting.get()).isEqualTo(Outcome.FAILED);
    }
  }
}
