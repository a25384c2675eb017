package lockstep.crypto;

/** An Ed25519 key that signs what a server vouches for. Safe for use by several threads. */
public final class SigningKey {

  private static final int SEED_BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;

  private final byte[] seed;
  private final IdentityKey publicKey;

  private SigningKey(byte[] seed) {
    this.seed = seed;
    this.publicKey = IdentityKey.of(Backend.PRIMITIVES.ed25519PublicKey(seed));
  }

  /**
   * The key of a server for one purpose, which says nothing about its other keys.
   *
   * @param context what is signed with it; the same text gives the same key
   */
  public static SigningKey derive(ServerKey serverKey, String context) {
    return new SigningKey(serverKey.subkey(context));
  }

  static SigningKey fromSeed(byte[] seed) {
    return new SigningKey(Bytes.copyOfLength(SEED_BYTES, seed, "seed"));
  }

  /** What signatures are verified with; not secret. */
  public IdentityKey publicKey() {
    return publicKey;
  }

  /** Signs a message: 64 bytes, the same for the same message. */
  public byte[] sign(byte[] message) {
    return Backend.PRIMITIVES.ed25519Sign(seed, message);
  }

  /** Whether the signature is that of the holder of this key's private half. */
  public static boolean verify(IdentityKey publicKey, byte[] message, byte[] signature) {
    return signature.length == SIGNATURE_BYTES && publicKey.signed(message, signature);
  }

  @Override
  public String toString() {
    return "SigningKey[hidden]";
  }
}
