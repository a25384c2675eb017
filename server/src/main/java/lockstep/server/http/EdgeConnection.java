package lockstep.server.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a slow client cannot keep for ever. The server's own idle time-out starts again
 * with every byte; this adds deadlines that do not: one from the first byte of a request to the end
 * of its headers, and one that {@link Edge} sets around the phases in which it waits for the
 * client. {@link ConnectionSweeper} closes connections that are past either.
 */
final class EdgeConnection extends HttpConnection {
  private final Deadline phase = new Deadline();

  private EdgeConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
    super(configuration, connector, endPoint);
  }

  /** From now on the client has so long to do its part, until {@link #untimed}. */
  void timed(Duration limit) {
    phase.start(limit);
  }

  void untimed() {
    phase.stop();
  }

  /** Closes it at once, whatever is being sent, as the sweeper does. By any thread. */
  void cut() {
    EndPoint endPoint = getEndPoint();
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    endPoint.close();
  }

  boolean overdue(long nanoTime) {
    return phase.isPast(nanoTime)
        || (getParser() instanceof TimedParser parser && parser.head.isPast(nanoTime));
  }

  /** Called by the constructor of the super class: the fields of this class are not set yet. */
  @Override
  protected HttpParser newHttpParser(HttpCompliance compliance) {
    HttpParser plain = super.newHttpParser(compliance);
    TimedParser timed =
        new TimedParser(
            (HttpParser.RequestHandler) plain.getHandler(),
            getHttpConfiguration().getRequestHeaderSize(),
            compliance,
            getConnector().getConnectionFactory(Factory.class).headTimeout);
    timed.setHeaderCacheSize(getHttpConfiguration().getHeaderCacheSize());
    timed.setHeaderCacheCaseSensitive(getHttpConfiguration().isHeaderCacheCaseSensitive());
    return timed;
  }

  /** Set by whoever serves the connection at the time, read by the sweeper. */
  private static final class Deadline {
    private volatile @Nullable Long nanoTime;

    void start(Duration limit) {
      nanoTime = System.nanoTime() + limit.toNanos();
    }

    void stop() {
      nanoTime = null;
    }

    boolean isRunning() {
      return nanoTime != null;
    }

    boolean isPast(long now) {
      Long deadline = nanoTime;
      return deadline != null && now - deadline > 0;
    }
  }

  /** Starts the clock with the first byte of a request and stops it with the end of the headers. */
  private static final class TimedParser extends HttpParser {
    private final Duration headTimeout;
    private final Deadline head = new Deadline();

    TimedParser(
        RequestHandler handler,
        int maxHeaderBytes,
        HttpCompliance compliance,
        Duration headTimeout) {
      super(handler, maxHeaderBytes, compliance);
      this.headTimeout = headTimeout;
    }

    @Override
    public boolean parseNext(ByteBuffer buffer) {
      if (inHeaderState() && buffer.hasRemaining() && !head.isRunning()) {
        head.start(headTimeout);
      }
      boolean handle = super.parseNext(buffer);
      if (!inHeaderState() && head.isRunning()) {
        head.stop();
      }
      return handle;
    }
  }

  /** Makes such connections. */
  static final class Factory extends HttpConnectionFactory {
    private final Duration headTimeout;

    Factory(HttpConfiguration configuration, Duration headTimeout) {
      super(configuration);
      this.headTimeout = headTimeout;
    }

    @Override
    public EdgeConnection newConnection(Connector connector, EndPoint endPoint) {
      return configure(
          new EdgeConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
    }
  }
}
