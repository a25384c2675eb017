package lockstep.crypto;

/**
 * Makes the first decryption of a process faster. The libraries below take longer to be loaded, and
 * to be compiled as far as they are, than to decrypt what a short command asks for; while it waits
 * for a server, that can be done.
 */
public final class Preparation {

  private Preparation() {}

  /** Goes once through what opening a secret takes, with keys that are none. Takes milliseconds. */
  public static void prepare() {
    byte[] nothing = new byte[32];
    byte[] nonce = new byte[RawSymmetric.NONCE_BYTES];
    try (X25519KeyPair pair = X25519KeyPair.fromSeed(nothing)) {
      Bytes.erase(pair.agree(pair.publicKey()));
    }
    byte[] sealed = Backend.PRIMITIVES.seal(nothing, nothing, nonce);
    Bytes.erase(Backend.PRIMITIVES.open(sealed, nothing, nonce));
  }
}
