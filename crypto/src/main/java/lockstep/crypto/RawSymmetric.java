package lockstep.crypto;

import java.util.Arrays;

/**
 * Authenticated encryption under a 32-byte key: ciphertext, then tag (16 bytes), then nonce (24
 * bytes). The algorithm is XChaCha20-Poly1305 without associated data.
 */
public final class RawSymmetric {

  static final int KEY_BYTES = 32;
  static final int NONCE_BYTES = 24;

  /** What sealing adds to the length of the plaintext. */
  static final int OVERHEAD_BYTES = 16 + NONCE_BYTES;

  private RawSymmetric() {}

  /**
   * Encrypts under a fresh random nonce.
   *
   * @throws FormatException unless the key is 32 bytes
   */
  public static byte[] seal(byte[] plaintext, byte[] key) {
    return seal(plaintext, key, Entropy.SYSTEM);
  }

  static byte[] seal(byte[] plaintext, byte[] key, Entropy entropy) {
    Bytes.requireLength(KEY_BYTES, key, "key");
    byte[] nonce = entropy.bytes(NONCE_BYTES);
    return Bytes.concat(Backend.PRIMITIVES.seal(plaintext, key, nonce), nonce);
  }

  /**
   * Decrypts, all or nothing.
   *
   * @throws FormatException if the input is shorter than 40 bytes or the key is not 32 bytes
   * @throws DecryptionException if the key is wrong or the input was changed
   */
  public static byte[] open(byte[] sealed, byte[] key) {
    Bytes.requireLength(KEY_BYTES, key, "key");
    if (sealed.length < OVERHEAD_BYTES) {
      throw new FormatException("ciphertext shorter than its tag and nonce");
    }
    int nonceAt = sealed.length - NONCE_BYTES;
    byte[] nonce = Arrays.copyOfRange(sealed, nonceAt, sealed.length);
    return Backend.PRIMITIVES.open(Arrays.copyOf(sealed, nonceAt), key, nonce);
  }
}
