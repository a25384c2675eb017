package lockstep.server.store;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Counters whose values servers compare. They grow by steps of random length, so that a change that
 * a failover of the database has lost is not taken for the one that follows it. Enough values for
 * some thousand million changes.
 */
public final class GrowingNumber {

  private static final long LONGEST_STEP = 1L << 31;

  private GrowingNumber() {}

  /** By how much to grow, at least 1. */
  public static long step() {
    return ThreadLocalRandom.current().nextLong(1, LONGEST_STEP);
  }
}
