package lockstep.crypto;

/**
 * A 32-byte secret split in two shares, one random and the other its exclusive or with the secret.
 * Either alone says nothing.
 */
final class SecretSplit implements AutoCloseable {

  private static final int BYTES = 32;

  private final byte[] share0;
  private final byte[] share1;

  private SecretSplit(byte[] share0, byte[] share1) {
    this.share0 = share0;
    this.share1 = share1;
  }

  static SecretSplit of(byte[] secret, Entropy entropy) {
    byte[] share0 = entropy.bytes(BYTES);
    return new SecretSplit(share0, combine(share0, secret));
  }

  /** Returns the secret, or the other share if one of the arguments is the secret. */
  static byte[] combine(byte[] one, byte[] other) {
    Bytes.requireLength(BYTES, one, "share");
    Bytes.requireLength(BYTES, other, "share");
    byte[] combined = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      combined[i] = (byte) (one[i] ^ other[i]);
    }
    return combined;
  }

  byte[] share0() {
    return share0;
  }

  byte[] share1() {
    return share1;
  }

  @Override
  public void close() {
    Bytes.erase(share0, share1);
  }

  @Override
  public String toString() {
    return "SecretSplit[hidden]";
  }
}
