package lockstep.server.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * One address or a CIDR range. Host bits may be set and mean nothing. IPv4-mapped IPv6 addresses
 * count as the IPv4 addresses they stand for, in ranges and in what is compared. Immutable.
 */
public final class AddressRange {
  private static final int MAPPED_BITS = 96;

  private final byte[] network;
  private final int prefixLength;

  private AddressRange(byte[] address, int prefixLength) {
    this.network = masked(address, prefixLength);
    this.prefixLength = prefixLength;
  }

  /** The range, or nothing when the text is neither an address nor a CIDR range. */
  public static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    Optional<byte[]> address = IpLiteral.bytes(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int bits = address.get().length * 8;
    int prefix = slash < 0 ? bits : IpLiteral.number(text.substring(slash + 1), 10, 3);
    if (prefix < 0 || prefix > bits) {
      return Optional.empty();
    }
    // The JDK turns mapped addresses into IPv4 ones; shorter prefixes are true IPv6 ranges.
    byte[] unmapped = IpLiteral.address(address.get()).getAddress();
    return Optional.of(
        unmapped.length == address.get().length || prefix < MAPPED_BITS
            ? new AddressRange(address.get(), prefix)
            : new AddressRange(unmapped, prefix - MAPPED_BITS));
  }

  public boolean contains(InetAddress address) {
    byte[] unmapped = IpLiteral.address(address.getAddress()).getAddress();
    return unmapped.length == network.length
        && Arrays.equals(masked(unmapped, prefixLength), network);
  }

  private static byte[] masked(byte[] address, int prefixLength) {
    byte[] masked = address.clone();
    for (int i = 0; i < masked.length; i++) {
      int bits = Math.clamp(prefixLength - 8L * i, 0, 8);
      masked[i] &= (byte) (0xFF00 >> bits);
    }
    return masked;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressRange range
        && range.prefixLength == prefixLength
        && Arrays.equals(range.network, network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefixLength;
  }

  /** In CIDR form. */
  @Override
  public String toString() {
    return IpLiteral.address(network).getHostAddress() + "/" + prefixLength;
  }
}
