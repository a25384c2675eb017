package lockstep.server;

import java.time.Duration;
import java.util.Optional;
import lockstep.server.http.ApiException;
import lockstep.server.http.HttpEvents;
import lockstep.server.metrics.Metrics;
import lockstep.server.store.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts requests, and logs each fault of the server once, under the id that the client got. */
final class ServerEvents implements HttpEvents {

  private static final Logger LOG = LoggerFactory.getLogger("lockstep.server.requests");

  private final Metrics metrics;

  ServerEvents(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void requestFinished(
      String method, String route, int status, Duration duration, String requestId) {
    metrics.requestFinished(method, route, status, duration);
    LOG.debug(
        "{} {} {} in {} us, request {}",
        method,
        route,
        status,
        duration.toNanos() / 1_000,
        requestId);
  }

  @Override
  public Optional<ApiException> outage(String requestId, Throwable failure) {
    if (!(failure instanceof StoreUnavailableException)) {
      return Optional.empty();
    }
    metrics.outage();
    LOG.warn("request {} was turned away: {}", requestId, failure.getMessage());
    return Optional.of(ApiException.unavailable("The database cannot be used right now.", 1));
  }

  @Override
  public void serverFault(String requestId, Throwable fault) {
    metrics.serverFault();
    LOG.error("request {} failed", requestId, fault);
  }
}
