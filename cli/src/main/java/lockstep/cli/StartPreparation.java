package lockstep.cli;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import lockstep.cli.api.Logging;
import lockstep.server.Lockstep;
import org.jspecify.annotations.Nullable;

/**
 * Work for a second core at a start, while the first one reads the command line and sets up logs.
 */
final class StartPreparation {

  private static volatile @Nullable StartPreparation begun;

  private final boolean embedded;
  private final CountDownLatch queries = new CountDownLatch(1);

  private StartPreparation(boolean embedded) {
    this.embedded = embedded;
  }

  /** Begins, if these arguments start a server and there is a core to spare. */
  static void begin(String[] arguments, Map<String, String> environment) {
    if (arguments.length == 0
        || !arguments[0].equals("start")
        || Runtime.getRuntime().availableProcessors() == 1) {
      return;
    }
    boolean embedded =
        Arrays.stream(arguments).noneMatch(one -> one.startsWith("--database-url"))
            && !environment.containsKey("LOCKSTEP_DATABASE_URL")
            && !environment.containsKey("LOCKSTEP_DATABASE_URL_FILE");
    Logging.begin();
    StartPreparation preparation = new StartPreparation(embedded);
    Thread thread = new Thread(preparation::run, "start-preparation");
    thread.setDaemon(true);
    thread.start();
    begun = preparation;
  }

  /** The longest part first; what comes after it is needed later, and nobody waits for it. */
  private void run() {
    try {
      Lockstep.prepareQueries(embedded);
    } finally {
      queries.countDown();
    }
    Lockstep.prepareRest();
  }

  /** Does what the second core has not, and returns when a server can be started. */
  static void await() throws InterruptedException {
    StartPreparation preparation = begun;
    if (preparation != null) {
      Lockstep.prepareConnections(preparation.embedded);
      preparation.queries.await();
    }
  }
}
