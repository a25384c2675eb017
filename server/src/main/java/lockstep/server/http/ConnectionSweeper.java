package lockstep.server.http;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections whose client let a deadline pass. One look at all of them now and then is
 * cheaper than a timer for each request; a deadline is met at most one period late.
 */
final class ConnectionSweeper extends AbstractLifeCycle {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionSweeper.class);

  private static final long LONGEST_PERIOD_MILLIS = 500;
  private static final int PERIODS_PER_TIMEOUT = 10;

  /** What an engine's session names until the handshake is over. */
  private static final String NO_CIPHER_YET = "SSL_NULL_WITH_NULL_NULL";

  private final ServerConnector connector;
  private final long periodMillis;
  private final long handshakeMillis;
  private @Nullable ScheduledExecutorService timer;

  ConnectionSweeper(
      ServerConnector connector, Duration shortestTimeout, Duration handshakeTimeout) {
    this.connector = connector;
    this.handshakeMillis = handshakeTimeout.toMillis();
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

  /** A fault with one connection must not keep the others for ever, nor end the timer. */
  void sweep() {
    long now = System.nanoTime();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      try {
        if (isOverdue(endPoint, now)) {
          endPoint.close();
        }
      } catch (RuntimeException e) {
        LOG.error("the deadline of a connection could not be checked", e);
      }
    }
  }

  private boolean isOverdue(EndPoint endPoint, long now) {
    return switch (endPoint.getConnection()) {
      case EdgeConnection connection -> connection.overdue(now);
      case SslConnection tls when isShakingHands(tls) ->
          System.currentTimeMillis() - endPoint.getCreatedTimeStamp() > handshakeMillis;
      case SslConnection tls -> isOverdue(tls.getSslEndPoint(), now);
      case null, default -> false;
    };
  }

  private static boolean isShakingHands(SslConnection tls) {
    return tls.getSSLEngine().getSession().getCipherSuite().equals(NO_CIPHER_YET);
  }
}
