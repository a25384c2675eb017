package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what no test is told of. */
public final class Eventually {

  private static final Duration PAUSE = Duration.ofMillis(50);

  private Eventually() {}

  /** Looks again and again until it is so, or the test fails. */
  public static void within(Duration limit, String what, BooleanSupplier isSo) {
    long begin = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(what).isLessThan(limit);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
