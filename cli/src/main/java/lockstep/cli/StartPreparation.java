package lockstep.cli;

import java.util.Arrays;
import java.util.Map;
import lockstep.server.Lockstep;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Work for a second core at a start, while the first one reads the command line and sets up logs.
 */
final class StartPreparation {

  private static volatile @Nullable Thread begun;

  private StartPreparation() {}

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
    // Whoever asks for a logger while another thread has the first one made gets a substitute.
    LoggerFactory.getILoggerFactory();
    Thread thread = new Thread(() -> Lockstep.prepare(embedded), "start-preparation");
    thread.setDaemon(true);
    thread.start();
    begun = thread;
  }

  /** Returns when all that was begun is done. */
  static void await() throws InterruptedException {
    Thread thread = begun;
    if (thread != null) {
      thread.join();
    }
  }
}
