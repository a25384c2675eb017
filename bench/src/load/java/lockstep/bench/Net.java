package lockstep.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ports and first answers. */
final class Net {

  private static final int PAUSE_MILLIS = 2;

  private Net() {}

  /** A port of the loopback address that nobody listened on a moment ago. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Asks every two milliseconds until the answer is 200.
   *
   * @throws IllegalStateException if the process ends, or it takes too long; the message has the
   *     end of the log
   */
  static void awaitAnswer(Process process, String address, Duration patience, Path log)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!answers(address)) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new IllegalStateException("no answer from " + address + "\n" + tail(log));
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  private static boolean answers(String address) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
    connection.setReadTimeout(5000);
    try {
      return connection.getResponseCode() == 200;
    } catch (ConnectException e) {
      return false;
    } finally {
      connection.disconnect();
    }
  }

  private static String tail(Path log) throws IOException {
    var lines = Files.exists(log) ? Files.readAllLines(log) : List.<String>of();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
