package lockstep.server.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import lockstep.server.net.AddressLiteral;
import lockstep.server.net.AddressRange;

/**
 * Whose request it is, as far as addresses tell. The peer of the connection, unless the peer is a
 * trusted proxy: then what that proxy says, as far as only trusted proxies had a hand in it. A
 * client can write any forwarding header, so what is left of the last untrusted hop counts for
 * nothing. Immutable.
 */
public final class ClientAddress {
  private final List<AddressRange> trustedProxies;

  public ClientAddress(List<AddressRange> trustedProxies) {
    this.trustedProxies = List.copyOf(trustedProxies);
  }

  /**
   * The address of the client.
   *
   * @param headers all values of a header, in order
   */
  public InetAddress of(InetAddress peer, Function<String, List<String>> headers) {
    if (!trusted(peer)) {
      return peer;
    }
    List<String> realIp = headers.apply("X-Real-IP");
    if (realIp.size() == 1) {
      Optional<InetAddress> real = AddressLiteral.parse(realIp.getFirst().strip());
      if (real.isPresent()) {
        return real.get();
      }
    }
    return lastUntrusted(headers.apply("X-Forwarded-For")).orElse(peer);
  }

  private Optional<InetAddress> lastUntrusted(List<String> forwardedFor) {
    List<String> hops = new ArrayList<>();
    for (String header : forwardedFor) {
      hops.addAll(List.of(header.split(",", -1)));
    }
    for (String hop : hops.reversed()) {
      Optional<InetAddress> address = AddressLiteral.parse(hop.strip());
      if (address.isEmpty() || !trusted(address.get())) {
        return address;
      }
    }
    return Optional.empty();
  }

  private boolean trusted(InetAddress address) {
    for (AddressRange range : trustedProxies) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
