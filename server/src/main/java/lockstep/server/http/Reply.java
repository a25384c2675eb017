package lockstep.server.http;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A whole response: status, headers, body. The edge adds what every response has. Immutable; the
 * body is written to bytes when the reply is made, so a value that cannot be written fails in the
 * endpoint and not half-way through the response.
 */
public final class Reply {
  private static final String JSON = "application/json";
  private static final byte[] NOTHING = new byte[0];

  private final int status;
  private final Map<String, String> headers;
  private final Optional<String> contentType;
  private final byte[] body;
  private final Runnable afterwards;
  private final Optional<CompletionStage<?>> condition;

  private Reply(
      int status, Map<String, String> headers, Optional<String> contentType, byte[] body) {
    this(status, headers, contentType, body, () -> {}, Optional.empty());
  }

  private Reply(
      int status,
      Map<String, String> headers,
      Optional<String> contentType,
      byte[] body,
      Runnable afterwards,
      Optional<CompletionStage<?>> condition) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final status: " + status);
    }
    this.status = status;
    this.headers = headers;
    this.contentType = contentType;
    this.body = body;
    this.afterwards = afterwards;
    this.condition = condition;
  }

  /** 200 with a JSON body. */
  public static Reply ok(Object jsonBody) {
    return status(200, jsonBody);
  }

  /** 201 with a JSON body. */
  public static Reply created(Object jsonBody) {
    return status(201, jsonBody);
  }

  /** Any status with a JSON body. */
  public static Reply status(int status, Object jsonBody) {
    return new Reply(status, Map.of(), Optional.of(JSON), Json.write(jsonBody));
  }

  /** 200 with a JSON body that has been written already. */
  public static Reply okBytes(byte[] json) {
    return bytes(200, JSON, json);
  }

  /**
   * As {@link #okBytes}, with bytes that are lent to the reply.
   *
   * @param afterwards is told once the reply was sent, or could not be sent
   */
  public static Reply okLent(byte[] json, Runnable afterwards) {
    return new Reply(200, Map.of(), Optional.of(JSON), json, afterwards, Optional.empty());
  }

  /** 200 without a body, for clients that fail on 204. */
  public static Reply okEmpty() {
    return new Reply(200, Map.of(), Optional.empty(), NOTHING);
  }

  /** 204, which has no body. */
  public static Reply noContent() {
    return empty(204);
  }

  /** Any status without a body. */
  public static Reply empty(int status) {
    return new Reply(status, Map.of(), Optional.empty(), NOTHING);
  }

  /** Any status with a body that is bytes already. The array belongs to the reply from now on. */
  public static Reply bytes(int status, String contentType, byte[] body) {
    return new Reply(status, Map.of(), Optional.of(checked(contentType)), body);
  }

  /** The whole response to an error: as the format renders it, with the error's headers. */
  static Reply refusal(ErrorFormat format, ApiException error) {
    Reply reply = format.render(error);
    for (Map.Entry<String, String> header : error.headers().entrySet()) {
      reply = reply.header(header.getKey(), header.getValue());
    }
    return reply;
  }

  /** The same reply with one more header; a header of that name is replaced. */
  public Reply header(String name, String value) {
    return new Reply(
        status, with(checked(name), checked(value)), contentType, body, afterwards, condition);
  }

  private Map<String, String> with(String name, String value) {
    if (headers.isEmpty()) {
      return Map.of(name, value);
    }
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return Collections.unmodifiableMap(more);
  }

  /** The same reply with the body called something else than {@code application/json}. */
  public Reply contentType(String type) {
    return new Reply(status, headers, Optional.of(checked(type)), body, afterwards, condition);
  }

  /**
   * The same reply, to be sent once this has succeeded as well. The endpoint need not wait for it,
   * and no thread does; what the request held for its body is given back meanwhile. It has to end
   * at some time. If it fails, the client is told of a failure of the server in place of this.
   */
  public Reply after(CompletionStage<?> next) {
    return on(
        condition.isEmpty() ? next : condition.get().thenCombine(next, (first, second) -> second));
  }

  /** The same reply, on this condition alone. */
  Reply on(CompletionStage<?> condition) {
    return new Reply(status, headers, contentType, body, afterwards, Optional.of(condition));
  }

  public int status() {
    return status;
  }

  /** Headers in order, without the content type. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Absent only when there is no body. */
  public Optional<String> contentType() {
    return contentType;
  }

  /** The body, read only. */
  public ByteBuffer body() {
    return ByteBuffer.wrap(body).asReadOnlyBuffer();
  }

  /** What has to succeed before this is sent. */
  Optional<CompletionStage<?>> condition() {
    return condition;
  }

  /** The body is not needed any more. */
  void sent() {
    afterwards.run();
  }

  /** The body itself. */
  byte[] content() {
    return body;
  }

  private static String checked(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < 0x20 || text.charAt(i) > 0x7E) {
        throw new IllegalArgumentException("a header holds a character that headers cannot carry");
      }
    }
    return text;
  }
}
