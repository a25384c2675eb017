package lockstep.server.audit;

import java.time.Instant;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.SigningKey;
import lockstep.server.audit.VerificationStore.StoredRetention;

/**
 * Signs how far a chain has come. Whoever can write to the database but does not have the server
 * key cannot make another history up to a checkpoint that is still there. They can remove
 * checkpoints and the end of the chain with them, back to any number; that shows only to who noted
 * down a later number and hash ({@link ExpectedRecord}).
 *
 * <p>Each process remembers what it appended itself ({@link OwnHeads}). It does not go on with a
 * chain that has become shorter than that or has another record there, and when it stops it signs
 * nothing but what it appended last. What remains is what it cannot know: whether the chain on
 * which it appends for the first time was changed while it did not run; and, since other servers
 * may append too, whether records beyond its own last one are theirs. Who writes such records with
 * right hashes has them signed with the next checkpoint, as a part of what came before it.
 */
public final class Checkpoints {

  /** Every record with a number that this divides has a checkpoint. */
  static final long INTERVAL = 1_000;

  private static final String CONTEXT = "lockstep audit checkpoints";

  private final SigningKey key;
  private final OwnHeads own = new OwnHeads();

  /** Signs with a key derived from that of the server. */
  public Checkpoints(ServerKey serverKey) {
    this.key = SigningKey.derive(serverKey, CONTEXT);
  }

  /** What checkpoints are verified with; not secret. */
  public IdentityKey publicKey() {
    return key.publicKey();
  }

  OwnHeads own() {
    return own;
  }

  byte[] sign(String organisation, long sequence, byte[] hash, Instant at) {
    return key.sign(RecordEncoding.checkpoint(organisation, sequence, hash, at));
  }

  byte[] signRetention(
      String organisation, long firstKept, byte[] hashBefore, long removed, Instant at) {
    return key.sign(RecordEncoding.retention(organisation, firstKept, hashBefore, removed, at));
  }

  static boolean isGenuine(IdentityKey publicKey, String organisation, StoredRetention record) {
    return SigningKey.verify(
        publicKey,
        RecordEncoding.retention(
            organisation, record.firstKept(), record.hashBefore(), record.removed(), record.at()),
        record.signature());
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
