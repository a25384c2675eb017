package lockstep.server.audit;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.SigningKey;
import lockstep.server.audit.VerificationStore.StoredRetention;
import lockstep.server.keys.ServerKeys;
import org.jooq.DSLContext;

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

  private final ServerKeys serverKeys;
  private final Map<ServerKey, SigningKey> signing = new HashMap<>();
  private final OwnHeads own = new OwnHeads();

  /** Signs with keys derived from those of the server. */
  public Checkpoints(ServerKeys serverKeys) {
    this.serverKeys = serverKeys;
    serverKeys.all().forEach(key -> signing.put(key, derive(key)));
  }

  private static SigningKey derive(ServerKey serverKey) {
    return SigningKey.derive(serverKey, CONTEXT);
  }

  /** What the checkpoints of a server with this key are verified with; not secret. */
  public static IdentityKey publicKey(ServerKey serverKey) {
    return derive(serverKey).publicKey();
  }

  /**
   * What one server key and the one that takes its place say of each other, with signatures of
   * both.
   *
   * @param at when the next one comes into use
   */
  public Succession succession(ServerKey previous, ServerKey next, Instant at) {
    byte[] statement =
        RecordEncoding.succession(
            ServerKeys.name(previous),
            publicKey(previous).hex(),
            ServerKeys.name(next),
            publicKey(next).hex(),
            at);
    return new Succession(derive(previous).sign(statement), derive(next).sign(statement));
  }

  /**
   * Signatures of the statement that one server key follows another.
   *
   * @param byPrevious of the key that was in use
   * @param byItself of the key that comes into use
   */
  @SuppressWarnings("ArrayRecordComponent") // stored, and compared by nobody
  public record Succession(byte[] byPrevious, byte[] byItself) {}

  OwnHeads own() {
    return own;
  }

  /** Signs with the key in use. */
  byte[] sign(DSLContext db, String organisation, long sequence, byte[] hash, Instant at) {
    return signing(db).sign(RecordEncoding.checkpoint(organisation, sequence, hash, at));
  }

  private SigningKey signing(DSLContext db) {
    return Objects.requireNonNull(signing.get(serverKeys.inUse(db)));
  }

  /** Signs with the key in use that a chain begins here from now on. */
  byte[] signRetention(
      DSLContext db,
      String organisation,
      long firstKept,
      byte[] hashBefore,
      long removed,
      Instant at) {
    return signing(db)
        .sign(RecordEncoding.retention(organisation, firstKept, hashBefore, removed, at));
  }

  /**
   * Signs with a key that comes into use where the chains begin that the key before it signed:
   * unlike a checkpoint, which the next ones vouch for, such a record has no place in a chain that
   * would say when it was made. What the key before it did not sign stays as it is. Who calls this
   * holds the access revisions of all organisations, so nobody signs a removal meanwhile.
   */
  public void takeOverRetention(DSLContext db, ServerKey previous, ServerKey next) {
    IdentityKey known = publicKey(previous);
    SigningKey key = derive(next);
    RetentionStore.all(db)
        .forEach(
            (organisation, record) -> {
              String id = organisation.toString();
              if (isGenuine(known, id, record)) {
                RetentionStore.sign(
                    db,
                    organisation,
                    key.sign(
                        RecordEncoding.retention(
                            id,
                            record.firstKept(),
                            record.hashBefore(),
                            record.removed(),
                            record.at())));
              }
            });
  }

  /** What has to have signed the chains of this database, as far as this process knows. */
  CheckpointKeys keys(DSLContext db) {
    return CheckpointKeys.of(publicKey(serverKeys.inUse(db)), VerificationStore.serverKeys(db));
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
