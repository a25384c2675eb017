package lockstep.server.sinks;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where audit events go besides the database. */
public sealed interface SinkAddress {

  /** A file on this machine, absolute. */
  record InFile(Path path) implements SinkAddress {}

  /** A syslog server, in the format of RFC 5424. */
  record Syslog(Transport transport, String host, int port) implements SinkAddress {

    /** Whether what is sent can be read and changed on its way, on more than this machine. */
    public boolean isExposed() {
      return transport != Transport.TLS && !isLoopback(host);
    }
  }

  /**
   * A web hook. Path and query may have a credential in them, so they are not shown.
   *
   * @param url https, or http
   */
  record WebHook(URI url) implements SinkAddress {

    /** Whether what is sent can be read and changed on its way, on more than this machine. */
    public boolean isExposed() {
      return url.getScheme().equals("http") && !isLoopback(url.getHost());
    }

    @Override
    public String toString() {
      return url.getScheme() + "://" + url.getRawAuthority();
    }
  }

  /** How messages get to a syslog server. */
  enum Transport {
    /** RFC 5426: one message a datagram, and nobody learns whether it arrived. */
    UDP,
    /** RFC 6587 with octet counting. */
    TCP,
    /** RFC 5425. */
    TLS
  }

  /**
   * Reads {@code file:/path}, {@code syslog+udp://host:port}, {@code syslog+tcp://host:port},
   * {@code syslog+tls://host:port}, {@code https://...} or {@code http://...}.
   *
   * @throws IllegalArgumentException if the text is anything else; the message tells the rule and
   *     nothing of the text
   */
  static SinkAddress parse(String text) {
    String rule =
        "must be of the form file:/path, syslog+tls://host:port, syslog+tcp://host:port,"
            + " syslog+udp://host:port or https://host/path";
    try {
      URI uri = new URI(text);
      return switch (uri.getScheme() == null ? "" : uri.getScheme()) {
        case "file" -> file(uri);
        case "syslog+udp" -> syslog(Transport.UDP, uri);
        case "syslog+tcp" -> syslog(Transport.TCP, uri);
        case "syslog+tls" -> syslog(Transport.TLS, uri);
        case "https", "http" -> webHook(uri);
        default -> throw new IllegalArgumentException(rule);
      };
    } catch (URISyntaxException | InvalidPathException e) {
      // The exception quotes the text, which may hold a credential.
      throw new IllegalArgumentException(rule);
    }
  }

  private static SinkAddress file(URI uri) {
    boolean legal =
        uri.getPath() != null
            && uri.getPath().length() > 1
            && !uri.getPath().endsWith("/")
            && uri.getAuthority() == null
            && uri.getQuery() == null
            && uri.getFragment() == null;
    if (!legal) {
      throw new IllegalArgumentException("must be of the form file:/path, with an absolute path");
    }
    return new InFile(Path.of(uri.getPath()));
  }

  private static SinkAddress syslog(Transport transport, URI uri) {
    boolean legal =
        uri.getHost() != null
            && uri.getPort() > 0
            && uri.getPort() < 1 << 16
            && uri.getUserInfo() == null
            && uri.getPath().isEmpty()
            && uri.getQuery() == null
            && uri.getFragment() == null;
    if (!legal) {
      throw new IllegalArgumentException(
          "must be of the form " + uri.getScheme() + "://host:port, and nothing more");
    }
    return new Syslog(transport, uri.getHost().replaceAll("^\\[|]$", ""), uri.getPort());
  }

  private static SinkAddress webHook(URI uri) {
    if (uri.getHost() == null || uri.getUserInfo() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException(
          "must be of the form https://host/path, without user and fragment");
    }
    return new WebHook(uri);
  }

  private static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    boolean literal = host.matches("[0-9.]+") || host.contains(":");
    try {
      return literal && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
