package lockstep.server.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * IP addresses from text, never from a name: no look-up can happen here. IPv4 is four decimal parts
 * without leading zeros; IPv6 is any of its textual forms without brackets and zone. IPv6 addresses
 * that stand for IPv4 ones become those.
 */
public final class IpLiteral {
  private static final int MAX_LENGTH = 45;
  private static final int IPV6_GROUPS = 8;

  private IpLiteral() {}

  /** The address, or nothing when the text is not exactly one. */
  public static Optional<InetAddress> parse(String text) {
    return bytes(text).map(IpLiteral::address);
  }

  /** 4 or 16 bytes; IPv4-mapped addresses are still 16. */
  static Optional<byte[]> bytes(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return text.indexOf(':') < 0 ? ipv4(text) : ipv6(text);
  }

  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of %d bytes".formatted(bytes.length), e);
    }
  }

  private static Optional<byte[]> ipv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    byte[] address = new byte[4];
    for (int i = 0; i < 4; i++) {
      int part = number(parts[i], 10, 3);
      if (part < 0 || part > 255 || (parts[i].length() > 1 && parts[i].charAt(0) == '0')) {
        return Optional.empty();
      }
      address[i] = (byte) part;
    }
    return Optional.of(address);
  }

  private static Optional<byte[]> ipv6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text).filter(address -> address.length == 2 * IPV6_GROUPS);
    }
    Optional<byte[]> head = groups(text.substring(0, gap));
    Optional<byte[]> tail = groups(text.substring(gap + 2));
    if (head.isEmpty() || tail.isEmpty() || text.substring(0, gap).indexOf('.') >= 0) {
      return Optional.empty();
    }
    // The gap stands for one group at least.
    if (head.get().length + tail.get().length > 2 * (IPV6_GROUPS - 1)) {
      return Optional.empty();
    }
    byte[] address = Arrays.copyOf(head.get(), 2 * IPV6_GROUPS);
    System.arraycopy(tail.get(), 0, address, address.length - tail.get().length, tail.get().length);
    return Optional.of(address);
  }

  /** Groups of a side of the gap; the last may be an IPv4 address. */
  private static Optional<byte[]> groups(String text) {
    if (text.isEmpty()) {
      return Optional.of(new byte[0]);
    }
    String[] groups = text.split(":", -1);
    if (groups.length > IPV6_GROUPS) {
      return Optional.empty();
    }
    byte[] address = new byte[2 * IPV6_GROUPS + 4];
    int length = 0;
    for (int i = 0; i < groups.length; i++) {
      if (i == groups.length - 1 && groups[i].indexOf('.') >= 0) {
        Optional<byte[]> ipv4 = ipv4(groups[i]);
        if (ipv4.isEmpty()) {
          return Optional.empty();
        }
        System.arraycopy(ipv4.get(), 0, address, length, 4);
        length += 4;
      } else {
        int group = number(groups[i], 16, 4);
        if (group < 0) {
          return Optional.empty();
        }
        address[length++] = (byte) (group >> 8);
        address[length++] = (byte) group;
      }
    }
    return length > 2 * IPV6_GROUPS
        ? Optional.empty()
        : Optional.of(Arrays.copyOf(address, length));
  }

  /** A number of ASCII digits only, or -1. */
  static int number(String text, int radix, int maxDigits) {
    if (text.isEmpty() || text.length() > maxDigits) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number * radix + digit;
    }
    return number;
  }
}
