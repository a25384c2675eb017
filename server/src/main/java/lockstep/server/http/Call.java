package lockstep.server.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import lockstep.server.ids.Uuids;
import org.jspecify.annotations.Nullable;

/**
 * One request, as endpoints see it. Used by the one thread that answers it. Everything a client can
 * write is untrusted here, except that it is within the limits and decodes.
 */
public final class Call {
  private static final byte[] NO_BODY = new byte[0];

  private final String requestId;
  private final String method;
  private final RequestPath path;
  private final Map<String, String> parameters;
  private final String rawQuery;
  private final Function<String, List<String>> headers;
  private final Optional<InetAddress> clientAddress;
  private final JsonReader json;
  private byte[] body = NO_BODY;
  private @Nullable Query query;
  private @Nullable Fields fields;

  Call(
      String requestId,
      String method,
      RequestPath path,
      Map<String, String> parameters,
      String rawQuery,
      Function<String, List<String>> headers,
      Optional<InetAddress> clientAddress,
      JsonReader json) {
    this.requestId = requestId;
    this.method = method;
    this.path = path;
    this.parameters = parameters;
    this.rawQuery = rawQuery;
    this.headers = headers;
    this.clientAddress = clientAddress;
    this.json = json;
  }

  public String method() {
    return method;
  }

  /** The path without prefix and query, with a trailing slash, not decoded. */
  public String path() {
    return path.text();
  }

  /** A header; several of one name are joined with commas. */
  public Optional<String> header(String name) {
    List<String> values = headers.apply(name);
    return switch (values.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(values.getFirst());
      default -> Optional.of(String.join(", ", values));
    };
  }

  /** The {@code User-Agent} header, or an empty text. */
  public String userAgent() {
    return header("User-Agent").orElse("");
  }

  /**
   * A parameter of the route's template, decoded: one whole segment, never empty; one that does not
   * decode is as the client wrote it.
   */
  public String pathParameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no parameter " + name);
    }
    return value;
  }

  /** A parameter of the route's template as an id; empty when it is no canonical UUID. */
  public Optional<UUID> pathId(String name) {
    return Uuids.parse(pathParameter(name));
  }

  /**
   * The query string.
   *
   * @throws ApiException 400 when it cannot be decoded; never in an endpoint, which is only reached
   *     with one that can
   */
  public Query query() {
    Query parsed = query;
    if (parsed == null) {
      parsed = Query.parse(rawQuery);
      query = parsed;
    }
    return parsed;
  }

  /**
   * The JSON object in the body; one without members if there is no body.
   *
   * @throws ApiException 400 when there is a body that is no such object
   */
  public Fields body() {
    Fields parsed = fields;
    if (parsed == null) {
      parsed = body.length == 0 ? Fields.NONE : json.object(body);
      fields = parsed;
    }
    return parsed;
  }

  /**
   * The JSON object in the body.
   *
   * @throws ApiException 400 when there is no body, or one that is no such object
   */
  public Fields requiredBody() {
    if (body.length == 0) {
      throw ApiException.badRequest("Request body is required.");
    }
    return body();
  }

  /** Where the request comes from; empty if the connection has no IP address. */
  public Optional<InetAddress> clientAddress() {
    return clientAddress;
  }

  /** What this request is called in logs and in the response's {@code X-Request-Id}. */
  public String requestId() {
    return requestId;
  }

  void receive(byte[] received) {
    body = received;
  }

  /** Without query, headers and body. */
  @Override
  public String toString() {
    return method + " " + path() + " [" + requestId + "]";
  }
}
