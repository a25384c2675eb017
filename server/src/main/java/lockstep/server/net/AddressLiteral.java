package lockstep.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes IPv4 and IPv6 addresses in their textual form.
 *
 * <p>Strict on purpose, because other readers of such text disagree on everything else: no leading
 * zeros in IPv4 numbers, no fewer than four of them, no zone, no brackets, no surrounding space. An
 * IPv4-mapped IPv6 address is the IPv4 address inside it.
 */
public final class AddressLiteral {

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_GROUPS = 8;
  private static final int IPV6_BYTES = 16;

  private AddressLiteral() {}

  /** The address that the text is a literal of, if it is one. */
  public static Optional<InetAddress> parse(String text) {
    byte[] bytes = parseBytes(text);
    return bytes == null ? Optional.empty() : Optional.of(ofBytes(withoutMapping(bytes)));
  }

  /**
   * The address as text: dotted for IPv4 and IPv4-mapped ones, else the recommended IPv6 form
   * (lower case, longest run of zero groups shortened). {@link #parse} reads it back.
   */
  public static String format(InetAddress address) {
    return format(bytesOf(address));
  }

  static String format(byte[] bytes) {
    return bytes.length == IPV4_BYTES ? formatIpv4(bytes) : formatIpv6(bytes);
  }

  /** The address in 4 or 16 bytes; mapped addresses in 4. */
  static byte[] bytesOf(InetAddress address) {
    return withoutMapping(address.getAddress());
  }

  /** The literal's bytes, 4 or 16 as written, or null if the text is no address. */
  static byte @Nullable [] parseBytes(String text) {
    return text.indexOf(':') < 0 ? parseIpv4(text) : parseIpv6(text);
  }

  static boolean isMapped(byte[] bytes) {
    if (bytes.length != IPV6_BYTES || bytes[10] != -1 || bytes[11] != -1) {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  static byte[] withoutMapping(byte[] bytes) {
    return isMapped(bytes) ? new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]} : bytes;
  }

  private static byte @Nullable [] parseIpv4(String text) {
    String[] numbers = text.split("\\.", -1);
    if (numbers.length != IPV4_BYTES) {
      return null;
    }
    byte[] bytes = new byte[IPV4_BYTES];
    for (int i = 0; i < IPV4_BYTES; i++) {
      int number = DecimalNumber.parse(numbers[i], 255);
      if (number < 0) {
        return null;
      }
      bytes[i] = (byte) number;
    }
    return bytes;
  }

  private static byte @Nullable [] parseIpv6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      byte[] bytes = parseGroups(text, true);
      return bytes != null && bytes.length == IPV6_BYTES ? bytes : null;
    }
    byte[] left = parseGroups(text.substring(0, gap), false);
    byte[] right = parseGroups(text.substring(gap + 2), true);
    // A gap stands for at least one group of zeros.
    if (left == null || right == null || left.length + right.length > IPV6_BYTES - 2) {
      return null;
    }
    byte[] bytes = new byte[IPV6_BYTES];
    System.arraycopy(left, 0, bytes, 0, left.length);
    System.arraycopy(right, 0, bytes, IPV6_BYTES - right.length, right.length);
    return bytes;
  }

  /** Groups separated by single colons, the last one perhaps a dotted IPv4 address. */
  private static byte @Nullable [] parseGroups(String text, boolean mayEndInIpv4) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] groups = text.split(":", -1);
    String last = groups[groups.length - 1];
    byte[] ipv4 = mayEndInIpv4 && last.indexOf('.') >= 0 ? parseIpv4(last) : null;
    int hexGroups = ipv4 == null ? groups.length : groups.length - 1;
    byte[] bytes = new byte[2 * hexGroups + (ipv4 == null ? 0 : IPV4_BYTES)];
    for (int i = 0; i < hexGroups; i++) {
      int group = parseHexGroup(groups[i]);
      if (group < 0) {
        return null;
      }
      bytes[2 * i] = (byte) (group >> 8);
      bytes[2 * i + 1] = (byte) group;
    }
    if (ipv4 != null) {
      System.arraycopy(ipv4, 0, bytes, 2 * hexGroups, IPV4_BYTES);
    }
    return bytes;
  }

  private static int parseHexGroup(String text) {
    if (text.isEmpty() || text.length() > 4) {
      return -1;
    }
    int group = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      group = group << 4 | digit;
    }
    return group;
  }

  private static String formatIpv4(byte[] bytes) {
    return (bytes[0] & 255)
        + "."
        + (bytes[1] & 255)
        + "."
        + (bytes[2] & 255)
        + "."
        + (bytes[3] & 255);
  }

  private static String formatIpv6(byte[] bytes) {
    int[] groups = new int[IPV6_GROUPS];
    for (int i = 0; i < IPV6_GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 255) << 8 | (bytes[2 * i + 1] & 255);
    }
    int gapStart = 0;
    int gapLength = 1;
    for (int i = 0; i < IPV6_GROUPS; i++) {
      int length = zeroGroups(groups, i);
      if (length > gapLength) {
        gapStart = i;
        gapLength = length;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < IPV6_GROUPS; i++) {
      if (gapLength > 1 && i == gapStart) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }

  private static int zeroGroups(int[] groups, int from) {
    int to = from;
    while (to < groups.length && groups[to] == 0) {
      to++;
    }
    return to - from;
  }

  private static InetAddress ofBytes(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }
}
