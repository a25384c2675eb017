package lockstep.server.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A refusal that is the client's to read: a status, a message, and sometimes more members and
 * headers. It says nothing about a fault of the server, carries no stack trace and is cheap to
 * throw. Immutable.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String text;
  private final transient Map<String, Object> members;
  private final transient Map<String, String> headers;
  private final boolean onRecord;

  private ApiException(
      int status,
      String text,
      Map<String, Object> members,
      Map<String, String> headers,
      boolean onRecord) {
    super(text, null, false, false);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("not an error status: " + status);
    }
    this.status = status;
    this.text = text;
    this.members = members;
    this.headers = headers;
    this.onRecord = onRecord;
  }

  /** An error of any status. */
  public static ApiException of(int status, String message) {
    return new ApiException(status, message, Map.of(), Map.of(), false);
  }

  /** 400: the input breaks a rule. */
  public static ApiException badRequest(String message) {
    return of(400, message);
  }

  /** 401: no usable credentials. */
  public static ApiException unauthorized(String message) {
    return of(401, message).header("WWW-Authenticate", "Bearer");
  }

  /** 403: known, but not allowed. */
  public static ApiException forbidden(String message) {
    return of(403, message);
  }

  /** 404: does not exist, or not for this caller. */
  public static ApiException notFound(String message) {
    return of(404, message);
  }

  /** 409: conflicts with the current state. */
  public static ApiException conflict(String message) {
    return of(409, message);
  }

  /** 429: the caller's rate limit is used up for so many seconds. */
  public static ApiException tooManyRequests(long retryAfterSeconds) {
    return of(
            429,
            "Request was throttled. Expected available in "
                + retryAfterSeconds
                + (retryAfterSeconds == 1 ? " second." : " seconds."))
        .header("Retry-After", Long.toString(retryAfterSeconds));
  }

  /** 503: cannot serve now; worth another try after so many seconds. */
  public static ApiException unavailable(String message, long retryAfterSeconds) {
    return of(503, message).header("Retry-After", Long.toString(retryAfterSeconds));
  }

  /** The same error with one more member beside {@code error} in its body. */
  public ApiException member(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new ApiException(status, text, Collections.unmodifiableMap(more), headers, onRecord);
  }

  /** The same error with one more header. */
  public ApiException header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new ApiException(status, text, members, Collections.unmodifiableMap(more), onRecord);
  }

  /** The same error, where the feature has put the refusal on record itself. */
  public ApiException alreadyOnRecord() {
    return new ApiException(status, text, members, headers, true);
  }

  /** Whether the refusal needs no other record. */
  public boolean isOnRecord() {
    return onRecord;
  }

  public int status() {
    return status;
  }

  /** What the client reads. */
  public String message() {
    return text;
  }

  /** Members beside {@code error}, in order. */
  public Map<String, Object> members() {
    return members;
  }

  /** Headers of the response, in order. */
  public Map<String, String> headers() {
    return headers;
  }
}
