package lockstep.client;

import java.net.URI;
import java.util.Locale;

/**
 * Where the server is: scheme, host, perhaps a port and a path, without a slash at the end. Two
 * spellings of one address are equal if only the case of the host or slashes at the end differ.
 */
record Address(String text) {

  /**
   * Accepts {@code https} anywhere, and {@code http} on loopback.
   *
   * @param plainHttp whether to accept {@code http} anywhere
   * @throws IllegalArgumentException otherwise, or if this is no address
   */
  static Address parse(String text, boolean plainHttp) {
    URI uri = uri(text.strip());
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String host = uri.getHost();
    if (host == null
        || !(scheme.equals("https") || scheme.equals("http"))
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw notAnAddress();
    }
    host = host.toLowerCase(Locale.ROOT);
    if (scheme.equals("http") && !plainHttp && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "the token would go unencrypted over the network to "
              + host
              + "; use https, or allow plain http explicitly");
    }
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String path = uri.getRawPath();
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return new Address(scheme + "://" + host + port + path.substring(0, end));
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException _) {
      throw notAnAddress();
    }
  }

  /** Does not repeat the text, which may be a token in the wrong place. */
  private static IllegalArgumentException notAnAddress() {
    return new IllegalArgumentException(
        "the address must be of the form https://host:port, without user, query and fragment");
  }

  /** Goes by what is written; no name is looked up. */
  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  }

  /** Whether requests go over TLS. */
  boolean isEncrypted() {
    return text.startsWith("https:");
  }

  URI resolve(String path) {
    return URI.create(text + path);
  }

  @Override
  public String toString() {
    return text;
  }
}
