package lockstep.server.testing;

import java.util.Random;

/**
 * Chooses a part of many cases that differ little. Which ones is the same in each run. The slow
 * lane of CI tries all of them: there, the system property {@code lockstep.test.whole} is true.
 */
public final class Sample {

  private static final boolean WHOLE = Boolean.getBoolean("lockstep.test.whole");

  // At random, because each dimension of the cases may be a multiple of any step.
  private final Random random = new Random(1);
  private final int part;

  private Sample(int part) {
    this.part = part;
  }

  /** One case of so many. */
  public static Sample oneOf(int part) {
    return new Sample(WHOLE ? 1 : part);
  }

  /**
   * For what hardly depends on the database: every case on SQLite, and one of so many on
   * PostgreSQL.
   */
  public static Sample oneOf(int part, Backend backend) {
    return oneOf(backend == Backend.SQLITE ? 1 : part);
  }

  /** For what takes long, and hardly depends on the database: whether to try it on this one. */
  public static boolean takes(Backend backend) {
    return WHOLE || backend == Backend.SQLITE;
  }

  /** True if the next case is to be tried. */
  public boolean takesNext() {
    return random.nextInt(part) == 0;
  }

  /** So many, or fewer where only a part is asked for. */
  public static int of(int whole, int part) {
    return WHOLE ? whole : part;
  }
}
