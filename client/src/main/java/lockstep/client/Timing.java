package lockstep.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Time and chance, which tests replace. */
interface Timing {

  Timing SYSTEM =
      new Timing() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(Duration duration, CountDownLatch end) throws InterruptedException {
          // Whether it was over or ended is for the caller to see.
          var _ = end.await(duration.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public double random() {
          return ThreadLocalRandom.current().nextDouble();
        }
      };

  Instant now();

  /** A clock that nobody sets. */
  long nanoTime();

  /** Waits for so long; the latch ends it, and so does an interrupt. */
  void pause(Duration duration, CountDownLatch end) throws InterruptedException;

  /** From 0 up to but not including 1. */
  double random();
}
