package lockstep.server.http;

import java.time.Duration;
import java.util.Optional;

/**
 * What the edge reports, for metrics and the access log. Nothing here carries a query string, a
 * header or a body. Called by many threads at once; must not block for long.
 */
public interface HttpEvents {
  /** The route of requests that match none, and of requests that HTTP itself refused. */
  String UNKNOWN_ROUTE = "unknown";

  /** The method of requests whose method is not one that routes can have. */
  String OTHER_METHOD = "OTHER";

  /**
   * A response has been written, or could not be because the client was gone. Methods and routes
   * come from a closed set, so they can be labels of a metric.
   *
   * @param route the template of the route, or {@link #UNKNOWN_ROUTE}
   */
  void requestFinished(
      String method, String route, int status, Duration duration, String requestId);

  /**
   * What a client is told of this failure, if it is one that passes by itself, such as an outage of
   * something the server depends on. Everything else is a {@link #serverFault}.
   */
  default Optional<ApiException> outage(String requestId, Throwable failure) {
    return Optional.empty();
  }

  /** A request failed through no fault of the client. Reported once per request. */
  void serverFault(String requestId, Throwable fault);
}
