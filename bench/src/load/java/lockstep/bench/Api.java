package lockstep.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The REST API, as far as it is needed to fill a server. */
final class Api implements AutoCloseable {

  static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String address;
  private final String token;

  /**
   * @param token the bearer form, such as {@code User 0123...}
   */
  Api(String address, String token) {
    this.address = address;
    this.token = token;
  }

  String address() {
    return address;
  }

  /** What every request of the holder of the token has. */
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", "Bearer " + token);
    return headers;
  }

  JsonNode post(String path, Object body) throws IOException, InterruptedException {
    Request request = new Request("POST", path, headers(), JSON.writeValueAsString(body));
    return JSON.readTree(send(request).body());
  }

  JsonNode put(String path, Object body) throws IOException, InterruptedException {
    Request request = new Request("PUT", path, headers(), JSON.writeValueAsString(body));
    return JSON.readTree(send(request).body());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send(Request.get(path, headers())).body());
  }

  /** Creates the secrets in requests of a size that the server takes. */
  void createSecrets(String path, List<Map<String, String>> secrets)
      throws IOException, InterruptedException {
    for (int i = 0; i < secrets.size(); i += 500) {
      post(path, Map.of("secrets", secrets.subList(i, Math.min(i + 500, secrets.size()))));
    }
  }

  /**
   * @throws IllegalStateException if the status is 400 or above
   */
  HttpResponse<byte[]> send(Request request) throws IOException, InterruptedException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(address + request.path()))
            .version(HttpClient.Version.HTTP_1_1)
            .method(request.method(), BodyPublishers.ofString(request.body()));
    request.headers().forEach(builder::header);
    HttpResponse<byte[]> response = http.send(builder.build(), BodyHandlers.ofByteArray());
    if (response.statusCode() >= 400) {
      throw new IllegalStateException(request + " was answered with " + response.statusCode());
    }
    return response;
  }

  @Override
  public void close() {
    http.close();
  }
}
