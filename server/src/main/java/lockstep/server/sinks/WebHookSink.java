package lockstep.server.sinks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;

/**
 * Posts events to a web hook, one JSON object a line. Any status from 200 to 299 says that they are
 * kept for good; redirects are not followed.
 *
 * <p>The header {@code Lockstep-Signature} is {@code t=SECONDS,v1=HEX}: HMAC-SHA256 with the secret
 * over the seconds since 1970, a full stop, and the body.
 */
final class WebHookSink implements Sink {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private final URI url;
  private final byte[] secret;
  private final Clock clock;
  private final HttpClient client;
  private final Duration timeout;

  /**
   * @param tls what decides whom to trust; empty for what Java trusts
   */
  WebHookSink(URI url, String secret, Optional<SSLContext> tls, Clock clock) {
    this(url, secret, tls, clock, TIMEOUT);
  }

  /**
   * @param timeout for the whole answer, from the beginning of the request
   */
  WebHookSink(URI url, String secret, Optional<SSLContext> tls, Clock clock, Duration timeout) {
    this.url = url;
    this.timeout = timeout;
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
    this.clock = clock;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  @Override
  public void deliver(List<SinkEvent> events) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (SinkEvent event : events) {
      lines.writeBytes(event.json());
      lines.write('\n');
    }
    byte[] body = lines.toByteArray();
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/x-ndjson")
            .header("Lockstep-Signature", signature(body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    int status = send(request);
    if (status < 200 || status > 299) {
      throw new IOException("the web hook answered with status " + status);
    }
  }

  private int send(HttpRequest request) throws IOException {
    // The timeout of a request ends with the head of the answer; this one is for its body as well.
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("the web hook did not answer in time");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("the web hook could not be asked", e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while the web hook was asked");
    }
  }

  private String signature(byte[] body) {
    String seconds = Long.toString(clock.instant().getEpochSecond());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update((seconds + ".").getBytes(StandardCharsets.US_ASCII));
      return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
