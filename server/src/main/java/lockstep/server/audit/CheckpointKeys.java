package lockstep.server.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.SigningKey;
import lockstep.server.audit.VerificationStore.StoredCheckpoint;
import lockstep.server.audit.VerificationStore.StoredRetention;
import org.jspecify.annotations.Nullable;

/**
 * The keys that checkpoints may be signed with, in the order in which they were in use. One of them
 * is trusted from elsewhere; the others as far as each two neighbours have signed that one follows
 * the other. Who has only one of two neighbours cannot make that up, and neither can who has none.
 */
final class CheckpointKeys {

  private final List<IdentityKey> keys;
  private final boolean broken;

  private CheckpointKeys(List<IdentityKey> keys, boolean broken) {
    this.keys = List.copyOf(keys);
    this.broken = broken;
  }

  /**
   * A server key as it is stored.
   *
   * @param publicKey its name
   * @param checkpointKey what checkpoints signed with it are verified with
   * @param signedByPrevious that it follows the one before it; null for the first
   * @param signedByItself the same
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Stored(
      String publicKey,
      String checkpointKey,
      Instant introducedAt,
      byte @Nullable [] signedByPrevious,
      byte @Nullable [] signedByItself) {

    private boolean isCheckpointKey(IdentityKey key) {
      return checkpointKey.equals(key.hex());
    }

    private boolean follows(Stored previous) {
      if (signedByPrevious == null || signedByItself == null) {
        return false;
      }
      byte[] statement =
          RecordEncoding.succession(
              previous.publicKey, previous.checkpointKey, publicKey, checkpointKey, introducedAt);
      return isSigned(previous.checkpointKey, statement, signedByPrevious)
          && isSigned(checkpointKey, statement, signedByItself);
    }

    private static boolean isSigned(String key, byte[] statement, byte[] signature) {
      return parse(key).map(known -> SigningKey.verify(known, statement, signature)).orElse(false);
    }

    private static Optional<IdentityKey> parse(String key) {
      try {
        return Optional.of(IdentityKey.parse(key));
      } catch (FormatException e) {
        return Optional.empty();
      }
    }
  }

  /** These keys, all of which are trusted. */
  static CheckpointKeys of(List<IdentityKey> trusted) {
    return new CheckpointKeys(trusted, false);
  }

  /**
   * One trusted key, and those of the stored ones that are vouched for.
   *
   * @param stored in the order in which they came into use
   */
  static CheckpointKeys of(IdentityKey trusted, List<Stored> stored) {
    int place = 0;
    while (place < stored.size() && !stored.get(place).isCheckpointKey(trusted)) {
      place++;
    }
    if (place == stored.size()) {
      return new CheckpointKeys(List.of(trusted), false);
    }
    int first = place;
    while (first > 0 && stored.get(first).follows(stored.get(first - 1))) {
      first--;
    }
    int last = place;
    while (last + 1 < stored.size() && stored.get(last + 1).follows(stored.get(last))) {
      last++;
    }
    List<IdentityKey> keys = new ArrayList<>();
    for (Stored key : stored.subList(first, last + 1)) {
      keys.add(IdentityKey.parse(key.checkpointKey));
    }
    return new CheckpointKeys(keys, first > 0 || last + 1 < stored.size());
  }

  /** Whether there are keys that nobody who is trusted vouches for. */
  boolean isBroken() {
    return broken;
  }

  /** The place of the key that signed this checkpoint, counted from zero; negative if none did. */
  int signer(String organisation, StoredCheckpoint checkpoint) {
    for (int i = keys.size() - 1; i >= 0; i--) {
      if (Checkpoints.isGenuine(
          keys.get(i),
          organisation,
          checkpoint.sequence(),
          checkpoint.hash(),
          checkpoint.at(),
          checkpoint.signature())) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether the newest of the keys signed where this chain begins. Whenever a key comes into use,
   * it signs that anew, so what is signed with an earlier one was made up since.
   */
  boolean isGenuine(String organisation, StoredRetention record) {
    return Checkpoints.isGenuine(keys.getLast(), organisation, record);
  }
}
