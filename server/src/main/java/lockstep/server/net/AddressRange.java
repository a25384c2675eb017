package lockstep.server.net;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * A block of internet addresses: one address or a CIDR range, IPv4 or IPv6.
 *
 * <p>IPv4 and IPv6 are apart: {@code ::/0} holds no IPv4 address. IPv4-mapped IPv6 addresses count
 * as IPv4 on both sides, so {@code ::ffff:10.0.0.0/104} is {@code 10.0.0.0/8}. Equal ranges hold
 * the same addresses. Immutable.
 */
public final class AddressRange {

  private static final int MAPPED_PREFIX_LENGTH = 96;

  private final byte[] network;
  private final int prefixLength;

  private AddressRange(byte[] address, int prefixLength) {
    this.network = masked(address, prefixLength);
    this.prefixLength = prefixLength;
  }

  /**
   * The range that the text names: an address as {@link AddressLiteral} reads it, or such an
   * address, {@code /}, and the number of leading bits that count. Bits after those are ignored.
   * Empty for any other text.
   */
  public static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    byte[] address = AddressLiteral.parseBytes(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return Optional.empty();
    }
    int bits = address.length * Byte.SIZE;
    int prefixLength = slash < 0 ? bits : DecimalNumber.parse(text.substring(slash + 1), bits);
    if (prefixLength < 0) {
      return Optional.empty();
    }
    if (AddressLiteral.isMapped(address) && prefixLength >= MAPPED_PREFIX_LENGTH) {
      return Optional.of(
          new AddressRange(
              AddressLiteral.withoutMapping(address), prefixLength - MAPPED_PREFIX_LENGTH));
    }
    return Optional.of(new AddressRange(address, prefixLength));
  }

  /** Whether the address is one of the range. */
  public boolean contains(InetAddress address) {
    byte[] bytes = AddressLiteral.bytesOf(address);
    return bytes.length == network.length && Arrays.equals(masked(bytes, prefixLength), network);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressRange range
        && prefixLength == range.prefixLength
        && Arrays.equals(network, range.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefixLength;
  }

  /** The one spelling of this range: without ignored bits, and a single address without prefix. */
  @Override
  public String toString() {
    String address = AddressLiteral.format(network);
    return prefixLength == network.length * Byte.SIZE ? address : address + "/" + prefixLength;
  }

  private static byte[] masked(byte[] address, int prefixLength) {
    byte[] masked = new byte[address.length];
    int wholeBytes = prefixLength / Byte.SIZE;
    System.arraycopy(address, 0, masked, 0, wholeBytes);
    int restBits = prefixLength % Byte.SIZE;
    if (restBits > 0) {
      masked[wholeBytes] = (byte) (address[wholeBytes] & (0xff00 >> restBits));
    }
    return masked;
  }
}
