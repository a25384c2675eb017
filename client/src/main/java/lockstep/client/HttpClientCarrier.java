package lockstep.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import lockstep.client.internal.NoTls;
import org.jspecify.annotations.Nullable;

/** Carries requests by the JDK's HTTP client, for programs that send many. */
final class HttpClientCarrier implements Carrier {

  private final Head head;
  private final BodyLimits limits;
  private final HttpClient http;

  /**
   * @param ssl how servers are trusted; null for the defaults of this JVM
   */
  HttpClientCarrier(Head head, BodyLimits limits, @Nullable SSLContext ssl) {
    this.head = head;
    this.limits = limits;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT);
    if (!head.address().isEncrypted()) {
      builder.sslContext(new NoTls());
    } else if (ssl != null) {
      builder.sslContext(ssl);
    }
    this.http = builder.build();
  }

  @Override
  public Answer carry(Request request, Duration time)
      throws IOException, TimeoutException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(build(request), LimitedBody.handler(limits));
    try {
      HttpResponse<byte[]> response = answer.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(
          response.statusCode(), response.headers().firstValue("Retry-After"), response.body());
    } catch (TimeoutException | InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private HttpRequest build(Request request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(head.address().resolve(request.path()))
            .header("Authorization", head.authorization())
            .header("Accept", "application/json")
            .header("User-Agent", head.userAgent());
    if (request.isChange()) {
      builder.header("Content-Type", "application/json");
    }
    request.headers().forEach(builder::header);
    return builder
        .method(
            request.method(),
            request.body().length == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.ofByteArray(request.body()))
        .build();
  }

  private IOException failure(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      String message = cause.getMessage();
      return new NotSentException(message == null ? "no connection" : message, cause);
    }
    if (cause instanceof IOException broken) {
      return broken;
    }
    throw new IllegalStateException(
        "the request to " + head.address() + " could not be sent", cause == null ? e : cause);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
