package lockstep.client;

import java.util.Map;

/** A request, apart from address and credentials. Immutable, as long as nobody changes the body. */
final class Request {

  private final String method;
  private final String path;
  private final Map<String, String> headers;
  private final byte[] body;

  /**
   * @param headers beside the usual ones
   * @param body empty for none
   */
  Request(String method, String path, Map<String, String> headers, byte[] body) {
    this.method = method;
    this.path = path;
    this.headers = Map.copyOf(headers);
    this.body = body;
  }

  static Request get(String path, Map<String, String> headers) {
    return new Request("GET", path, headers, new byte[0]);
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  Map<String, String> headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  /**
   * Whether sending it twice does what sending it once does. Changes name secrets by id and say
   * what they are to become; creations do not.
   */
  boolean isIdempotent() {
    return !method.equals("POST");
  }

  boolean isChange() {
    return !method.equals("GET");
  }

  @Override
  public String toString() {
    return "Request[" + method + " " + path + "]";
  }
}
