package lockstep.server.audit;

import java.time.Instant;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.SigningKey;

/**
 * Signs how far a chain has come. Whoever can write to the database but does not have the server
 * key cannot make another history up to a checkpoint, nor a shorter one.
 */
public final class Checkpoints {

  /** Every record with a number that this divides has a checkpoint. */
  static final long INTERVAL = 1_000;

  private static final String CONTEXT = "lockstep audit checkpoints";

  private final SigningKey key;

  /** Signs with a key derived from that of the server. */
  public Checkpoints(ServerKey serverKey) {
    this.key = SigningKey.derive(serverKey, CONTEXT);
  }

  /** What checkpoints are verified with; not secret. */
  public IdentityKey publicKey() {
    return key.publicKey();
  }

  byte[] sign(String organisation, long sequence, byte[] hash, Instant at) {
    return key.sign(RecordEncoding.checkpoint(organisation, sequence, hash, at));
  }

  static boolean isGenuine(
      IdentityKey publicKey,
      String organisation,
      long sequence,
      byte[] hash,
      Instant at,
      byte[] signature) {
    return SigningKey.verify(
        publicKey, RecordEncoding.checkpoint(organisation, sequence, hash, at), signature);
  }
}
