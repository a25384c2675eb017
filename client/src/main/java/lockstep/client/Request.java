package lockstep.client;

import java.util.Map;

/**
 * A request, apart from address and credentials.
 *
 * @param headers beside the usual ones
 * @param body empty for none
 */
record Request(String method, String path, Map<String, String> headers, byte[] body) {

  static Request get(String path, Map<String, String> headers) {
    return new Request("GET", path, headers, new byte[0]);
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
