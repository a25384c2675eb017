package lockstep.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import lockstep.server.http.Json;

/**
 * Somebody who sends requests, with or without a token.
 *
 * @param account id of the account behind the token
 * @param headers sent with every request
 */
public record TestCaller(URI server, UUID account, Map<String, String> headers) {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A caller with this {@code Authorization} header. */
  public static TestCaller authorized(URI server, UUID account, String bearer) {
    return new TestCaller(server, account, Map.of("Authorization", "Bearer " + bearer));
  }

  /** A caller without credentials. */
  public static TestCaller anonymous(URI server) {
    return new TestCaller(server, new UUID(0, 0), Map.of());
  }

  /** The same caller, sending one more header. */
  public TestCaller with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new TestCaller(server, account, more);
  }

  public TestResponse get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  /** Sends a value as JSON. */
  public TestResponse post(String path, Object body) {
    return send("POST", path, json(body));
  }

  public TestResponse put(String path, Object body) {
    return send("PUT", path, json(body));
  }

  public TestResponse delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  public TestResponse delete(String path, Object body) {
    return send("DELETE", path, json(body));
  }

  /** Sends any text as the body. */
  public TestResponse sendText(String method, String path, String body) {
    return send(method, path, BodyPublishers.ofString(body));
  }

  public TestResponse send(String method, String path, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body);
    headers.forEach(request::header);
    try {
      return TestResponse.of(CLIENT.send(request.build(), BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static BodyPublisher json(Object body) {
    return BodyPublishers.ofByteArray(Json.write(body));
  }

  /** A text as part of a query string. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
