package lockstep.crypto;

import java.util.Arrays;

final class Bytes {

  private Bytes() {}

  static byte[] concat(byte[]... parts) {
    byte[] whole = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int offset = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, offset, part.length);
      offset += part.length;
    }
    return whole;
  }

  static void erase(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /** Returns a copy of its own, so that nobody else can change a checked value. */
  static byte[] copyOfLength(int length, byte[] bytes, String what) {
    requireLength(length, bytes, what);
    return bytes.clone();
  }

  static void requireLength(int length, byte[] bytes, String what) {
    if (bytes.length != length) {
      throw new FormatException(what + " must be " + length + " bytes");
    }
  }
}
