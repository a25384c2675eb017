package lockstep.crypto;

import java.nio.charset.StandardCharsets;

/**
 * The share of a private key that the server keeps, encrypted under a key in the token string. What
 * is encrypted is the share's hexadecimal text, and the result is hexadecimal text again: 208
 * digits.
 */
public final class WrappedKeyShare {

  private static final int SHARE_BYTES = 32;
  private static final int WRAPPED_BYTES = 2 * SHARE_BYTES + RawSymmetric.OVERHEAD_BYTES;

  private WrappedKeyShare() {}

  /** Whether this is 208 hexadecimal digits, which is all that can be seen without the key. */
  public static boolean isWellFormed(String text) {
    return text.length() == 2 * WRAPPED_BYTES && Hex.isHex(text);
  }

  static String wrap(byte[] share, byte[] wrapKey, Entropy entropy) {
    byte[] plaintext = Hex.encode(share).getBytes(StandardCharsets.US_ASCII);
    try {
      return Hex.encode(RawSymmetric.seal(plaintext, wrapKey, entropy));
    } finally {
      Bytes.erase(plaintext);
    }
  }

  /** Returns the share, which the caller erases. */
  static byte[] unwrap(String wrapped, byte[] wrapKey) {
    byte[] sealed = Hex.decode(wrapped, WRAPPED_BYTES, "wrapped key share");
    byte[] plaintext = RawSymmetric.open(sealed, wrapKey);
    try {
      String share = Utf8.decodePlaintext(plaintext);
      return DecryptionException.ifMalformed(
          "key share", () -> Hex.decode(share, SHARE_BYTES, "share"));
    } finally {
      Bytes.erase(plaintext);
    }
  }
}
