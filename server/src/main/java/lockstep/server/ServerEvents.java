package lockstep.server;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import lockstep.server.audit.AuditUnavailableException;
import lockstep.server.http.ApiException;
import lockstep.server.http.HttpEvents;
import lockstep.server.metrics.Metrics;
import lockstep.server.store.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts requests, and logs each fault of the server once, under the id that the client got. */
final class ServerEvents implements HttpEvents {

  private static final Logger LOG = LoggerFactory.getLogger("lockstep.server.requests");

  /** Between warnings of outages, during which every request fails for the same reason. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Metrics metrics;
  private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - PAUSE.toNanos());

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
    boolean isAudit = failure instanceof AuditUnavailableException;
    if (!isAudit && !(failure instanceof StoreUnavailableException)) {
      return Optional.empty();
    }
    metrics.outage();
    long now = System.nanoTime();
    long last = lastWarning.get();
    if (now - last >= PAUSE.toNanos() && lastWarning.compareAndSet(last, now)) {
      Throwable cause = rootCause(failure);
      LOG.warn(
          "request {} was turned away: {}, because of {}: {}",
          requestId,
          failure.getMessage(),
          cause.getClass().getName(),
          cause.getMessage());
    }
    if (failure instanceof AuditUnavailableException audit && audit.isCommitted()) {
      // Without Retry-After: who does it again does it twice.
      return Optional.of(
          ApiException.of(503, "The outcome is on record, but its audit event was not delivered."));
    }
    return Optional.of(
        ApiException.unavailable(
            isAudit
                ? "The audit log cannot be written right now."
                : "The database cannot be used right now.",
            1));
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root;
  }

  @Override
  public void serverFault(String requestId, Throwable fault) {
    metrics.serverFault();
    LOG.error("request {} failed", requestId, fault);
  }
}
