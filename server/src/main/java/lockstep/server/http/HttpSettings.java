package lockstep.server.http;

import java.time.Duration;
import java.util.List;
import lockstep.server.net.AddressRange;

/**
 * Where the server listens and what it bears. Always legal.
 *
 * @param port 0 picks a free one
 * @param trustedProxies peers whose forwarding headers are believed
 */
public record HttpSettings(
    String host, int port, Limits limits, Timeouts timeouts, List<AddressRange> trustedProxies) {

  public HttpSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host must not be blank");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
    }
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** The defaults on a host and port, with no trusted proxy. */
  public static HttpSettings defaults(String host, int port) {
    return new HttpSettings(host, port, Limits.DEFAULT, Timeouts.DEFAULT, List.of());
  }

  /**
   * What a request, and all of them together, may take up.
   *
   * @param maxHeaderBytes request line, headers and the empty line after them
   * @param maxConcurrentRequests beyond which requests are turned away with 503
   * @param maxConnections beyond which connections wait to be accepted
   */
  public record Limits(
      int maxBodyBytes,
      int maxHeaderBytes,
      int maxJsonDepth,
      int maxConcurrentRequests,
      int maxConnections) {
    public static final Limits DEFAULT = new Limits(1 << 20, 16 << 10, 64, 512, 8_192);

    private static final int LEAST_HEADER_BYTES = 256;
    private static final int MOST_JSON_DEPTH = 500;

    public Limits {
      atLeast("maxBodyBytes", maxBodyBytes, 0);
      atLeast("maxHeaderBytes", maxHeaderBytes, LEAST_HEADER_BYTES);
      atLeast("maxJsonDepth", maxJsonDepth, 1);
      atLeast("maxConcurrentRequests", maxConcurrentRequests, 1);
      atLeast("maxConnections", maxConnections, 1);
      if (maxJsonDepth > MOST_JSON_DEPTH) {
        throw new IllegalArgumentException("maxJsonDepth must not exceed " + MOST_JSON_DEPTH);
      }
    }

    private static void atLeast(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException("%s must be at least %d".formatted(name, least));
      }
    }
  }

  /**
   * How long clients may take, and how long a stop waits for them.
   *
   * @param idle without a byte, in either direction
   * @param head from the first byte of a request to the end of its headers
   * @param request for the whole body, and for taking the whole response
   * @param stop for requests in flight when the server is closed
   */
  public record Timeouts(Duration idle, Duration head, Duration request, Duration stop) {
    private static final Duration LONGEST = Duration.ofDays(1);

    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20));

    public Timeouts {
      positive("idle", idle);
      positive("head", head);
      positive("request", request);
      positive("stop", stop);
    }

    private static void positive(String name, Duration value) {
      if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "the %s time-out must be at least a millisecond and at most a day".formatted(name));
      }
    }
  }
}
