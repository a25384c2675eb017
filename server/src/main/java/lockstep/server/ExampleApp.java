package lockstep.server;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.crypto.Token;
import lockstep.server.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The app that a first start makes, so that there is something to read at once. Made over the
 * public API, the way its owner would.
 *
 * @param id id of the app
 */
public record ExampleApp(String id) {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  static ExampleApp create(URI server, Token token) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      Api api = new Api(client, server, token.bearerHeaderValue());
      JsonNode app =
          api.post(
              "/v1/apps/",
              Map.of(
                  "name", "example-app",
                  "description", "Made at the first start. Delete it when you have your own."));
      String id = app.path("id").stringValue();
      api.post(secrets(id, "Development"), Map.of("secrets", development()));
      api.post(secrets(id, "Production"), Map.of("secrets", production()));
      return new ExampleApp(id);
    }
  }

  private static String secrets(String app, String environment) {
    return "/v1/secrets/?app_id="
        + app
        + "&env="
        + URLEncoder.encode(environment, StandardCharsets.UTF_8);
  }

  private static List<Map<String, String>> development() {
    return List.of(
        secret("/", "DB_HOST", "localhost", "config", "Where the database listens"),
        secret("/", "DB_PASSWORD", "correct-horse-battery-staple", "secret", ""),
        secret(
            "/",
            "DATABASE_URL",
            "postgresql://app:${DB_PASSWORD}@${DB_HOST}:5432/app",
            "secret",
            "Put together from two others"),
        secret("/payments", "API_KEY", "test-key-0001", "secret", "A secret in a folder"),
        secret(
            "/payments",
            "WEBHOOK_URL",
            "https://${DB_HOST}/hooks?key=${/payments/API_KEY}",
            "secret",
            "Refers to a secret in the same folder"),
        secret("/", "SIGNING_KEY", "written once, never changed", "sealed", "A sealed secret"));
  }

  private static List<Map<String, String>> production() {
    return List.of(
        secret("/", "DB_HOST", "db.internal", "config", ""),
        secret(
            "/",
            "FALLBACK_DB_HOST",
            "${Development.DB_HOST}",
            "config",
            "Refers to another environment"));
  }

  private static Map<String, String> secret(
      String path, String key, String value, String type, String comment) {
    Map<String, String> secret = new LinkedHashMap<>();
    secret.put("path", path);
    secret.put("key", key);
    secret.put("value", value);
    secret.put("type", type);
    secret.put("comment", comment);
    return secret;
  }

  private record Api(HttpClient client, URI server, String bearer) {

    JsonNode post(String path, Object body) {
      HttpRequest request =
          HttpRequest.newBuilder(server.resolve(path))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", "Bearer " + bearer)
              .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
              .build();
      try {
        HttpResponse<byte[]> response =
            client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 201) {
          throw new IllegalStateException("the example app: status " + response.statusCode());
        }
        return MAPPER.readTree(response.body());
      } catch (IOException e) {
        throw new IllegalStateException("the example app could not be made", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the example app was made", e);
      }
    }
  }
}
