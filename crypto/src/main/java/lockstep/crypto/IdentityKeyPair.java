package lockstep.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * An Ed25519 key pair. In the formats it only stands for the X25519 pair that it converts to;
 * nothing is signed with it but a {@link RecoveryProof}.
 */
final class IdentityKeyPair implements AutoCloseable {

  private static final int SEED_BYTES = 32;

  private final byte[] seed;
  private final IdentityKey publicKey;
  private volatile boolean closed;

  private IdentityKeyPair(byte[] seed, IdentityKey publicKey) {
    this.seed = seed;
    this.publicKey = publicKey;
  }

  static IdentityKeyPair generate(Entropy entropy) {
    return owning(entropy.bytes(SEED_BYTES));
  }

  static IdentityKeyPair fromSeed(byte[] seed) {
    return owning(Bytes.copyOfLength(SEED_BYTES, seed, "signing seed"));
  }

  /**
   * Reads both halves.
   *
   * @param privateKeyHex seed and public key, 64 bytes
   * @throws FormatException if the halves do not belong together
   */
  static IdentityKeyPair parse(String privateKeyHex, String publicKeyHex) {
    byte[] privateKey =
        Hex.decode(privateKeyHex, SEED_BYTES + IdentityKey.BYTES, "Ed25519 private key");
    try {
      IdentityKeyPair pair = owning(Arrays.copyOf(privateKey, SEED_BYTES));
      if (pair.privateKeyHex().equals(Hex.encode(privateKey))
          && pair.publicKey.equals(IdentityKey.parse(publicKeyHex))) {
        return pair;
      }
      throw new FormatException("private and public key do not belong together");
    } finally {
      Bytes.erase(privateKey);
    }
  }

  private static IdentityKeyPair owning(byte[] seed) {
    return new IdentityKeyPair(seed, IdentityKey.of(Backend.PRIMITIVES.ed25519PublicKey(seed)));
  }

  IdentityKey publicKey() {
    return publicKey;
  }

  String privateKeyHex() {
    requireOpen();
    return Hex.encode(seed) + publicKey.hex();
  }

  byte[] sign(byte[] message) {
    requireOpen();
    return Backend.PRIMITIVES.ed25519Sign(seed, message);
  }

  /** Returns a new pair, which the caller closes. */
  X25519KeyPair toX25519() {
    requireOpen();
    byte[] hash = sha512(seed);
    byte[] scalar = Arrays.copyOf(hash, 32);
    scalar[0] &= (byte) 248;
    scalar[31] &= 127;
    scalar[31] |= 64;
    try {
      return X25519KeyPair.fromPrivateKey(scalar);
    } finally {
      Bytes.erase(hash, scalar);
    }
  }

  private static byte[] sha512(byte[] input) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-512", e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("identity key pair is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    Bytes.erase(seed);
  }

  @Override
  public String toString() {
    return "IdentityKeyPair[private key hidden]";
  }
}
