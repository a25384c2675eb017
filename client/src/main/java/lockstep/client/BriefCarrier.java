package lockstep.client;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests for programs that are over in a moment, for which it is the set-up that counts:
 * without TLS and proxy, what only reads goes over a {@link PlainExchange}. For all other requests
 * there is the carrier for many of them, which is made when the first of them comes.
 */
final class BriefCarrier implements Carrier {

  private final Head head;
  private final BodyLimits limits;
  private final @Nullable SSLContext ssl;
  private final boolean isDirect;
  private final Set<PlainExchange> underWay = ConcurrentHashMap.newKeySet();
  private @Nullable Carrier others;
  private boolean closed;

  /**
   * @param ssl how servers are trusted; null for the defaults of this JVM
   */
  BriefCarrier(Head head, BodyLimits limits, @Nullable SSLContext ssl) {
    this.head = head;
    this.limits = limits;
    this.ssl = ssl;
    this.isDirect = !head.address().isEncrypted() && !hasProxy(head.address().resolve("/"));
  }

  private static boolean hasProxy(URI server) {
    ProxySelector selector = ProxySelector.getDefault();
    if (selector != null) {
      for (Proxy proxy : selector.select(server)) {
        if (proxy.type() != Proxy.Type.DIRECT) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public Answer carry(Request request, Duration time)
      throws IOException, TimeoutException, InterruptedException {
    if (request.isChange() || !isDirect) {
      return others().carry(request, time);
    }
    PlainExchange exchange = new PlainExchange(head, limits, time);
    synchronized (this) {
      refuseIfClosed();
      underWay.add(exchange);
    }
    try (exchange) {
      return await(new FutureTask<>(new Carrying(exchange, request)), time);
    } finally {
      underWay.remove(exchange);
    }
  }

  /** In a thread of its own, as nothing else ends the waiting for a socket when it has to end. */
  private Answer await(FutureTask<Answer> task, Duration time)
      throws IOException, TimeoutException, InterruptedException {
    Thread thread = new Thread(task, "lockstep-client");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException broken) {
        throw broken;
      }
      throw new IllegalStateException(
          "the request to " + head.address() + " could not be sent", e.getCause());
    }
  }

  /** Not a lambda, which costs more to set up than this. */
  private record Carrying(PlainExchange exchange, Request request) implements Callable<Answer> {
    @Override
    public Answer call() throws IOException {
      return exchange.carry(request);
    }
  }

  private synchronized Carrier others() {
    refuseIfClosed();
    Carrier known = others;
    if (known == null) {
      known = new HttpClientCarrier(head, limits, ssl);
      others = known;
    }
    return known;
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (others != null) {
        others.close();
      }
    }
    for (PlainExchange exchange : underWay) {
      exchange.close();
    }
  }
}
