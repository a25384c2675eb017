package lockstep.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

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
        public void pause(Duration duration) throws InterruptedException {
          Thread.sleep(duration);
        }

        @Override
        public double random() {
          return ThreadLocalRandom.current().nextDouble();
        }
      };

  Instant now();

  /** A clock that nobody sets. */
  long nanoTime();

  /** Waits; an interrupt ends it. */
  void pause(Duration duration) throws InterruptedException;

  /** From 0 up to but not including 1. */
  double random();
}
