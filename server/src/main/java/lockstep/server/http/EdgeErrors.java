package lockstep.server.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * The body of every error that HTTP itself makes before a route is reached: a fixed text for the
 * status, never anything of the request or of an exception.
 */
final class EdgeErrors implements Request.Handler {
  private final Exchanges exchanges;

  EdgeErrors(Exchanges exchanges) {
    this.exchanges = exchanges;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = errorStatus(response.getStatus());
    Exchanges.Exchange exchange = exchanges.begin(request);
    if (status == 500) {
      exchange.fault(
          request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof Throwable cause
              ? cause
              : new IllegalStateException("an error without a cause"));
    }
    ApiException error =
        status == 503
            ? ApiException.unavailable(text(status), 1)
            : ApiException.of(status, text(status));
    exchange.send(response, callback, Reply.refusal(ErrorFormat.PLAIN, error));
    return true;
  }

  /** Whoever asks for an error without saying which has failed. */
  private static int errorStatus(int status) {
    return status < 400 || status > 599 ? 500 : status;
  }

  static String text(int status) {
    return switch (status) {
      case 404 -> "Not found.";
      case 408 -> "Request timed out.";
      case 413 -> "Request body too large.";
      case 414 -> "Request target too long.";
      case 417 -> "Expectation cannot be met.";
      case 431 -> "Request header fields too large.";
      case 503 -> "The server is busy or stopping.";
      case 505 -> "HTTP version not supported.";
      default -> status < 500 ? "Bad request." : "Internal server error.";
    };
  }
}
