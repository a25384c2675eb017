package lockstep.server.auth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongSupplier;
import lockstep.server.access.RateDecision;
import lockstep.server.access.RateLimit;
import lockstep.server.access.SlidingWindowLimiter;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;

/**
 * Bounds how often an address may call routes that ask for no token: as configured, and never more
 * often than {@link #BUILT_IN}. The second half of an IPv6 address is its owner's to choose, so it
 * does not count.
 */
public final class AnonymousAdmission {

  private static final RateLimit BUILT_IN = new RateLimit(240, Duration.ofMinutes(1));
  private static final int MAXIMUM_ADDRESSES = 100_000;
  private static final int IPV6_NETWORK_BYTES = 8;

  private final Optional<RateLimit> configured;
  private final SlidingWindowLimiter<String> configuredLimiter;
  private final SlidingWindowLimiter<String> builtInLimiter;

  /**
   * Admits by this limit.
   *
   * @param nanoTime a clock that never goes back
   */
  public AnonymousAdmission(Optional<RateLimit> configured, LongSupplier nanoTime) {
    this.configured = configured;
    this.configuredLimiter = new SlidingWindowLimiter<>(MAXIMUM_ADDRESSES, nanoTime);
    this.builtInLimiter = new SlidingWindowLimiter<>(MAXIMUM_ADDRESSES, nanoTime);
  }

  /**
   * Counts the call.
   *
   * @throws ApiException 429 if its address called too often
   */
  public void admit(Call call) {
    String network = call.clientAddress().map(AnonymousAdmission::network).orElse("unknown");
    configured.ifPresent(limit -> require(configuredLimiter.request(network, limit)));
    require(builtInLimiter.request(network, BUILT_IN));
  }

  private static void require(RateDecision decision) {
    if (decision instanceof RateDecision.Throttled throttled) {
      throw ApiException.tooManyRequests(throttled.retryAfterSeconds());
    }
  }

  private static String network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(
            address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
  }
}
