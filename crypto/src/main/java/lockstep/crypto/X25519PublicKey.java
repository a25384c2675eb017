package lockstep.crypto;

import java.util.Arrays;
import java.util.List;

/**
 * An X25519 public key, 32 bytes. Keys of small order are refused: with one of them everybody
 * agrees on the same secret, and encrypting to it would keep nothing secret.
 */
public final class X25519PublicKey {

  static final int BYTES = 32;

  /** All encodings of the points of order 1, 2, 4 and 8 of the curve and its twist. */
  private static final List<byte[]> SMALL_ORDER =
      List.of(
          Hex.decode("0000000000000000000000000000000000000000000000000000000000000000"),
          Hex.decode("0100000000000000000000000000000000000000000000000000000000000000"),
          Hex.decode("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
          Hex.decode("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
          Hex.decode("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          Hex.decode("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          Hex.decode("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));

  private final byte[] bytes;

  private X25519PublicKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a key.
   *
   * @throws FormatException unless this is 64 hexadecimal digits and a usable key
   */
  public static X25519PublicKey parse(String hex) {
    return checked(Hex.decode(hex, BYTES, "X25519 public key"));
  }

  /**
   * Copies a key.
   *
   * @throws FormatException unless this is 32 bytes and a usable key
   */
  public static X25519PublicKey of(byte[] bytes) {
    return checked(Bytes.copyOfLength(BYTES, bytes, "X25519 public key"));
  }

  /**
   * Takes over 32 bytes without looking at them: keys made here, and the ephemeral key in a
   * ciphertext, which has to fail at decryption and not before.
   */
  static X25519PublicKey unchecked(byte[] bytes) {
    return new X25519PublicKey(bytes);
  }

  private static X25519PublicKey checked(byte[] bytes) {
    byte[] coordinate = bytes.clone();
    coordinate[BYTES - 1] &= 0x7f; // X25519 ignores the top bit.
    if (SMALL_ORDER.stream().anyMatch(point -> Arrays.equals(point, coordinate))) {
      throw new FormatException("X25519 public key of small order");
    }
    return new X25519PublicKey(bytes);
  }

  /** Returns 64 lower-case hexadecimal digits. */
  public String hex() {
    return Hex.encode(bytes);
  }

  /** Returns a copy of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof X25519PublicKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
