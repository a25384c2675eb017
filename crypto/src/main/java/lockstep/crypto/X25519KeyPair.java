package lockstep.crypto;

import java.util.Arrays;

/**
 * An X25519 key pair.
 *
 * <p>Safe for use by several threads until it is closed; afterwards every use of the private key
 * fails with {@link IllegalStateException}.
 */
public final class X25519KeyPair implements AutoCloseable {

  private static final byte[] ALL_ZERO = new byte[32];

  private final byte[] privateKey;
  private final X25519PublicKey publicKey;
  private volatile boolean closed;

  private X25519KeyPair(byte[] privateKey, X25519PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** Makes a random pair. */
  public static X25519KeyPair generate() {
    return generate(Entropy.SYSTEM);
  }

  static X25519KeyPair generate(Entropy entropy) {
    return owning(entropy.bytes(32));
  }

  /**
   * Derives the pair that belongs to a seed.
   *
   * @throws FormatException unless the seed is 32 bytes
   */
  public static X25519KeyPair fromSeed(byte[] seed) {
    Bytes.requireLength(32, seed, "seed");
    return owning(Backend.PRIMITIVES.blake2b(32, new byte[0], seed));
  }

  /**
   * Computes the public half.
   *
   * @throws FormatException unless the key is 32 bytes
   */
  public static X25519KeyPair fromPrivateKey(byte[] privateKey) {
    return owning(Bytes.copyOfLength(32, privateKey, "X25519 private key"));
  }

  /** Believes that the halves belong together. */
  static X25519KeyPair of(byte[] privateKey, X25519PublicKey publicKey) {
    return new X25519KeyPair(Bytes.copyOfLength(32, privateKey, "X25519 private key"), publicKey);
  }

  private static X25519KeyPair owning(byte[] privateKey) {
    byte[] publicKey = Backend.PRIMITIVES.x25519PublicKey(privateKey);
    return new X25519KeyPair(privateKey, X25519PublicKey.unchecked(publicKey));
  }

  /** Returns the public half, also after closing. */
  public X25519PublicKey publicKey() {
    return publicKey;
  }

  /** Returns a copy that the caller erases. */
  byte[] privateKey() {
    requireOpen();
    return privateKey.clone();
  }

  /**
   * Returns the secret shared with a peer; the caller erases it.
   *
   * @throws DecryptionException if the peer's key is of small order
   */
  byte[] agree(X25519PublicKey peer) {
    requireOpen();
    byte[] secret = Backend.PRIMITIVES.x25519(privateKey, peer.bytes());
    if (Arrays.equals(secret, ALL_ZERO)) {
      throw new DecryptionException("key agreement with a public key of small order");
    }
    return secret;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("key pair is closed");
    }
  }

  /** Erases the private key. */
  @Override
  public void close() {
    closed = true;
    Bytes.erase(privateKey);
  }

  @Override
  public String toString() {
    return "X25519KeyPair[private key hidden]";
  }
}
