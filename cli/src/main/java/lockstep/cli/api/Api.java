package lockstep.cli.api;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import lockstep.client.internal.JsonTree;
import lockstep.client.internal.NoTls;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The REST API of one server, for one account. */
public final class Api implements AutoCloseable {

  /**
   * No answer of a server comes near; a command must not fill memory with whatever else answers.
   */
  private static final long MAXIMUM_ANSWER_BYTES = 64 << 20;

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Connection connection;
  private final HttpClient client;

  /**
   * Talks to this server over {@code https}, or on this machine.
   *
   * @throws CommandException if that is not where it is
   */
  public Api(Connection connection) {
    this(connection, false);
  }

  /** The same; with plain HTTP to other machines if it is allowed. */
  public Api(Connection connection, boolean allowsPlainHttp) {
    this.connection = allowsPlainHttp ? connection : connection.encrypted();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10));
    if (this.connection.address().getScheme().equals("http")) {
      builder.sslContext(new NoTls());
    }
    this.client = builder.build();
  }

  /** Address of the server. */
  public java.net.URI address() {
    return connection.address();
  }

  /**
   * The answer to a GET.
   *
   * @throws CommandException with the server's words if it refuses
   */
  public JsonNode get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  /** The answer to a POST of a value as JSON. */
  public JsonNode post(String path, Object body) {
    return send("POST", path, json(body));
  }

  /** The answer to a PUT of a value as JSON. */
  public JsonNode put(String path, Object body) {
    return send("PUT", path, json(body));
  }

  /** The answer to a DELETE, which may be empty. */
  public JsonNode delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  /**
   * A text in an answer that every Lockstep server gives.
   *
   * @param pointer such as {@code /organisation/id}
   * @throws CommandException if it is not there
   */
  public static String text(JsonNode answer, String pointer) {
    return answer
        .at(pointer)
        .stringValueOpt()
        .orElseThrow(
            () ->
                new CommandException(
                    "what answers there is no Lockstep server (no " + pointer + " in its answer)"));
  }

  private static BodyPublisher json(Object body) {
    return BodyPublishers.ofByteArray(JsonMapper.shared().writeValueAsBytes(body));
  }

  private JsonNode send(String method, String path, BodyPublisher body) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(connection.address().resolve(path.substring(1)))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .method(method, body);
    if (!connection.authorization().isEmpty()) {
      builder.header("Authorization", connection.authorization());
    }
    HttpRequest request = builder.build();
    try {
      HttpResponse<byte[]> response =
          client.send(
              request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAXIMUM_ANSWER_BYTES));
      if (response.statusCode() < 200 || response.statusCode() > 299) {
        throw refusal(response);
      }
      return parse(response);
    } catch (ConnectException e) {
      throw new CommandException("no server answers at " + connection.address(), e);
    } catch (IOException e) {
      throw new CommandException(
          "the server at " + connection.address() + " could not be asked: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", e);
    }
  }

  /** Redirects are not followed: the credentials are for this address alone. */
  private static CommandException refusal(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    String told = "the server answered with status " + status;
    if (status >= 300 && status < 400) {
      String target = response.headers().firstValue("Location").orElse("an address not given");
      return new CommandException(
          status,
          told + ", a redirect to " + target + ", which is not followed: use the address there");
    }
    return new CommandException(
        status,
        Optional.ofNullable(parse(response).get("error"))
            .flatMap(error -> error.stringValueOpt())
            .orElse(told));
  }

  private static JsonNode parse(HttpResponse<byte[]> response) {
    if (response.body().length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      return JsonTree.read(response.body());
    } catch (JacksonException e) {
      throw new CommandException(
          "what answers there is no Lockstep server (status " + response.statusCode() + ")", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
