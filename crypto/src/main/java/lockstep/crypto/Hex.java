package lockstep.crypto;

import java.util.HexFormat;

/** Hexadecimal text, two digits per byte, without separators. */
public final class Hex {

  private static final HexFormat LOWER_CASE = HexFormat.of();

  private Hex() {}

  /** Writes lower case. */
  public static String encode(byte[] bytes) {
    return LOWER_CASE.formatHex(bytes);
  }

  /**
   * Reads either case.
   *
   * @throws FormatException on an odd number of digits or any other character
   */
  public static byte[] decode(String text) {
    try {
      return LOWER_CASE.parseHex(text);
    } catch (IllegalArgumentException _) {
      throw new FormatException("not hexadecimal text");
    }
  }

  /** Reads exactly {@code length} bytes; {@code what} names the value in the error message. */
  static byte[] decode(String text, int length, String what) {
    if (text.length() != 2 * length || !isHex(text)) {
      throw new FormatException(what + " must be " + 2 * length + " hexadecimal digits");
    }
    return LOWER_CASE.parseHex(text);
  }

  static boolean isHex(String text) {
    return text.chars().allMatch(HexFormat::isHexDigit);
  }
}
