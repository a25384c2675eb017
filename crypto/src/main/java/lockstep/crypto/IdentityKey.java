package lockstep.crypto;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * The identity of a member or a service account: an Ed25519 public key, 32 bytes, that is a point
 * of the prime-order subgroup in its canonical form.
 */
public final class IdentityKey {

  static final int BYTES = 32;

  private static final BigInteger FIELD_PRIME =
      BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  private final byte[] bytes;

  private IdentityKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a key.
   *
   * @throws FormatException unless this is 64 hexadecimal digits and such a point
   */
  public static IdentityKey parse(String hex) {
    return of(Hex.decode(hex, BYTES, "identity key"));
  }

  /**
   * Copies a key.
   *
   * @throws FormatException unless this is 32 bytes and such a point
   */
  public static IdentityKey of(byte[] bytes) {
    byte[] copy = Bytes.copyOfLength(BYTES, bytes, "identity key");
    if (!Backend.PRIMITIVES.isEd25519PublicKey(copy)) {
      throw new FormatException("identity key is not a usable Ed25519 public key");
    }
    return new IdentityKey(copy);
  }

  /**
   * Converts to the key that is encrypted to: the same point on the birationally equivalent curve,
   * u = (1 + y) / (1 - y).
   */
  public X25519PublicKey toX25519() {
    // Big integers take a time that depends on the value, which is public here.
    BigInteger y = fromLittleEndian(bytes).clearBit(255);
    BigInteger u =
        BigInteger.ONE
            .add(y)
            .multiply(BigInteger.ONE.subtract(y).modInverse(FIELD_PRIME))
            .mod(FIELD_PRIME);
    return X25519PublicKey.of(toLittleEndian(u));
  }

  private static BigInteger fromLittleEndian(byte[] bytes) {
    return new BigInteger(1, reversed(bytes));
  }

  private static byte[] toLittleEndian(BigInteger value) {
    return Arrays.copyOf(reversed(value.toByteArray()), BYTES);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  boolean signed(byte[] message, byte[] signature) {
    return Backend.PRIMITIVES.isEd25519Signature(bytes, message, signature);
  }

  /** Returns 64 lower-case hexadecimal digits. */
  public String hex() {
    return Hex.encode(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdentityKey key && Arrays.equals(bytes, key.bytes);
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
