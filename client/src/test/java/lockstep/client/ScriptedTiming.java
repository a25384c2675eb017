package lockstep.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Time that passes only in pauses and when a test says so. */
final class ScriptedTiming implements Timing {

  private final List<Duration> pauses = new ArrayList<>();
  private Duration passed = Duration.ZERO;
  private double random = 0.5;
  private Runnable duringPause = () -> {};

  void pass(Duration duration) {
    passed = passed.plus(duration);
  }

  void random(double random) {
    this.random = random;
  }

  /** Happens in every pause from here on. */
  void duringPause(Runnable action) {
    duringPause = action;
  }

  List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  @Override
  public Instant now() {
    return Instant.parse("2026-01-02T03:04:05Z").plus(passed);
  }

  @Override
  public long nanoTime() {
    return passed.toNanos();
  }

  @Override
  public void pause(Duration duration, CountDownLatch end) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    pauses.add(duration);
    pass(duration);
    duringPause.run();
  }

  @Override
  public double random() {
    return random;
  }
}
