package lockstep.server.http;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose client let a deadline pass. One look at all of them now and then is
 * cheaper than a timer for each request; a deadline is met at most one period late.
 */
final class ConnectionSweeper extends AbstractLifeCycle {
  private static final long LONGEST_PERIOD_MILLIS = 500;
  private static final int PERIODS_PER_TIMEOUT = 10;

  private final ServerConnector connector;
  private final long periodMillis;
  private @Nullable ScheduledExecutorService timer;

  ConnectionSweeper(ServerConnector connector, Duration shortestTimeout) {
    this.connector = connector;
    this.periodMillis =
        Math.clamp(shortestTimeout.toMillis() / PERIODS_PER_TIMEOUT, 1, LONGEST_PERIOD_MILLIS);
  }

  @Override
  protected void doStart() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("connection-sweeper").daemon().factory());
    var _ =
        started.scheduleWithFixedDelay(
            this::sweep, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    timer = started;
  }

  @Override
  protected void doStop() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      if (endPoint.getConnection() instanceof EdgeConnection connection
          && connection.overdue(now)) {
        endPoint.close();
      }
    }
  }
}
