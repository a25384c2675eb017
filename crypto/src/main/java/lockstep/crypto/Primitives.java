package lockstep.crypto;

/**
 * The algorithms that the formats are made of. Callers have checked every length.
 *
 * <p>The formats know nothing else of the libraries below, so that another implementation can take
 * the place of this one.
 */
interface Primitives {

  /** Returns the shared secret, which is all zero if the peer's key is of small order. */
  byte[] x25519(byte[] privateKey, byte[] publicKey);

  byte[] x25519PublicKey(byte[] privateKey);

  byte[] ed25519PublicKey(byte[] seed);

  byte[] ed25519Sign(byte[] seed, byte[] message);

  boolean ed25519Verify(byte[] publicKey, byte[] message, byte[] signature);

  /** Whether these 32 bytes are the canonical form of a point of the prime-order subgroup. */
  boolean isEd25519PublicKey(byte[] bytes);

  /** BLAKE2b; an empty key means unkeyed, salt and personalisation are 16 bytes each. */
  byte[] blake2b(int length, byte[] key, byte[] salt, byte[] personalisation, byte[] input);

  /** BLAKE2b without salt and personalisation. */
  default byte[] blake2b(int length, byte[] key, byte[] input) {
    return blake2b(length, key, new byte[16], new byte[16], input);
  }

  /** Argon2id version 0x13 with one lane. */
  byte[] argon2id(byte[] password, byte[] salt, int passes, int memoryKib, int length);

  /** XChaCha20-Poly1305 without associated data; returns ciphertext and tag. */
  byte[] seal(byte[] plaintext, byte[] key, byte[] nonce);

  /**
   * Reverses {@link #seal}.
   *
   * @throws DecryptionException if the tag does not match; nothing of the plaintext remains then
   */
  byte[] open(byte[] ciphertextAndTag, byte[] key, byte[] nonce);
}
