package lockstep.crypto;

/**
 * The secret of a server and the key pair derived from it, to which browsers wrap what the server
 * may read. Another secret makes everything wrapped before unreadable.
 */
public final class ServerKey {

  private static final int BYTES = 32;

  private final X25519KeyPair keyPair;

  private ServerKey(X25519KeyPair keyPair) {
    this.keyPair = keyPair;
  }

  /**
   * Derives the pair from a secret.
   *
   * @throws FormatException unless this is 64 hexadecimal digits that are not all zero; nothing is
   *     trimmed
   */
  public static ServerKey parse(String hex) {
    byte[] secret = Hex.decode(hex, BYTES, "server secret");
    if (hex.chars().allMatch(digit -> digit == '0')) {
      throw new FormatException("server secret must not be zero");
    }
    try {
      return new ServerKey(X25519KeyPair.fromSeed(secret));
    } finally {
      Bytes.erase(secret);
    }
  }

  /** Makes a secret that {@link #parse} accepts. */
  public static String generateHex() {
    return Hex.encode(Entropy.SYSTEM.bytes(BYTES));
  }

  /** Returns the pair, which lives as long as the server and must not be closed by users. */
  public X25519KeyPair keyPair() {
    return keyPair;
  }

  public X25519PublicKey publicKey() {
    return keyPair.publicKey();
  }

  /**
   * Returns a key of 32 bytes for one purpose, which says nothing about this key or those of other
   * purposes. The caller erases it.
   *
   * @param context what the key is for; the same text gives the same key
   */
  public byte[] subkey(String context) {
    byte[] privateKey = keyPair.privateKey();
    try {
      return Backend.PRIMITIVES.blake2b(BYTES, privateKey, Utf8.encode(context));
    } finally {
      Bytes.erase(privateKey);
    }
  }

  @Override
  public String toString() {
    return "ServerKey[hidden]";
  }
}
