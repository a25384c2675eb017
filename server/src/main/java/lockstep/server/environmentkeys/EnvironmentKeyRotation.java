package lockstep.server.environmentkeys;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.audit.Audit;
import lockstep.server.environmentkeys.EnvironmentKeysStore.Locked;
import lockstep.server.environmentkeys.StoredTexts.Stamp;
import lockstep.server.http.ApiException;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.ReplacementKeys;
import lockstep.server.store.Database;
import lockstep.server.store.GrowingTime;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives an environment that the server can open a new seed and salt, encrypts all that is stored of
 * it anew, and wraps the new keys for everybody who holds the old ones: in one transaction, so that
 * a death at any place leaves the old state or the new one.
 *
 * <p>Encryption is slow, and whoever writes in the environment waits for the transaction, on the
 * embedded database everybody who writes. So most of it happens before, while others write on:
 *
 * <ol>
 *   <li>{@link Prepared#catchUp} encrypts secret by secret with the new keys, each with a stamp
 *       that grows with every change of it, and goes over those that changed meanwhile again.
 *   <li>The transaction locks organisation and environment, and stores what is prepared of every
 *       secret whose stamp is still the same. The few others it encrypts itself, and also the rest
 *       of an environment that is too large to be kept in memory.
 * </ol>
 *
 * <p>A stamp says nothing about other keys: the transaction also proves that the environment has
 * the keys that all this was decrypted with.
 */
public final class EnvironmentKeyRotation {

  private static final Logger LOG = LoggerFactory.getLogger(EnvironmentKeyRotation.class);

  /** So many rows are read, encrypted and stored at once. */
  private static final int ROWS_AT_ONCE = 500;

  /** After so many passes, a busy writer has changed as much again as was caught up with. */
  private static final int PASSES = 3;

  /** Of the memory that Java may use, for ciphertexts that wait to be stored. */
  private static final int SHARE = 8;

  private static final int MAXIMUM_LOGGED = 20;

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final Audit audit;
  private final Clock clock;
  private final long maximumPrepared;

  /** Rotates keys in this database. */
  public EnvironmentKeyRotation(
      Database database, EnvironmentKeyring keyring, Audit audit, Clock clock) {
    this(database, keyring, audit, clock, Runtime.getRuntime().maxMemory() / SHARE);
  }

  /**
   * The same.
   *
   * @param maximumPrepared how many characters of ciphertext may wait in memory
   */
  EnvironmentKeyRotation(
      Database database,
      EnvironmentKeyring keyring,
      Audit audit,
      Clock clock,
      long maximumPrepared) {
    this.database = database;
    this.keyring = keyring;
    this.audit = audit;
    this.clock = clock;
    this.maximumPrepared = maximumPrepared;
  }

  /**
   * Does it.
   *
   * @throws ApiException 409 if the server cannot open the environment, or another rotation of it
   *     was quicker
   */
  RotatedKeys perform(EnvironmentAccess access) {
    try (EnvironmentKeys before = database.read(db -> open(db, access));
        ReplacementKeys after = ReplacementKeys.generate();
        Reencryption encryption = new Reencryption(before, after.keys())) {
      database.read(
          db -> {
            keyring.prepare(db, access.organisation(), access.environment(), after);
            return after;
          });
      Prepared prepared = new Prepared(access, encryption);
      for (int pass = 0; pass < PASSES && prepared.catchUp(); pass++) {}
      if (encryption.provesWrongSalt()) {
        throw ApiException.conflict(
            "The server's copy of the keys has another salt than the one under which the names of"
                + " secrets were stored. Let a client replace the copy first, as for switching"
                + " server-side encryption on.");
      }
      RotatedKeys done =
          database.writeLong(db -> replace(db, access, before.identityKey(), after, prepared));
      prepared.logUnreadable();
      return done;
    }
  }

  private EnvironmentKeys open(DSLContext db, EnvironmentAccess access) {
    Optional<EnvironmentKeys> keys;
    try {
      keys = keyring.open(db, access.organisation(), access.environment());
    } catch (CryptoException e) {
      throw ApiException.conflict(
          "The server's copy of the keys is of no use. Let a client replace it first, as for"
              + " switching server-side encryption on.");
    }
    return keys.orElseThrow(EnvironmentKeyRotation::gone);
  }

  private RotatedKeys replace(
      DSLContext db,
      EnvironmentAccess access,
      String identityKey,
      ReplacementKeys after,
      Prepared prepared) {
    AccessRevision.increment(db, access.organisation());
    Locked locked = EnvironmentKeysStore.lock(db, access).orElseThrow(EnvironmentKeyRotation::gone);
    // What was granted is older than this transaction, and the app may have been switched since.
    if (!EnvironmentKeysStore.isServerEncrypted(db, access)) {
      throw ApiException.conflict("The app was switched to end-to-end encryption meanwhile.");
    }
    if (!locked.identityKey().equals(identityKey)) {
      throw ApiException.conflict("The keys of this environment were rotated by somebody else.");
    }
    Counts counts = prepared.store(db);
    Instant now = GrowingTime.after(locked.updatedAt(), clock);
    int accounts = keyring.replace(db, access.organisation(), access.environment(), after, now);
    EnvironmentKeysStore.setChanged(db, access, now);
    ClientRotationStore.removeAll(db, access);
    RotatedKeys result =
        new RotatedKeys(
            access.environment().value(),
            after.keys().identityKey(),
            counts.secrets,
            counts.versions,
            counts.overrides,
            accounts,
            counts.unreadable,
            now);
    audit.record(db, access.caller(), result.event(access, identityKey));
    return result;
  }

  private static ApiException gone() {
    return ApiException.notFound("Environment not found");
  }

  /** What was stored in one run of the transaction. */
  private static final class Counts {
    private int secrets;
    private int versions;
    private int overrides;
    private int unreadable;

    private void add(StoredTexts stored) {
      secrets += stored.secrets().size();
      versions += stored.versions().size();
      overrides += stored.overrides().size();
      unreadable += stored.unreadable() ? 1 : 0;
    }
  }

  /** Secrets that are encrypted anew, and wait for the transaction. */
  private final class Prepared {

    private record Ready(Stamp stamp, StoredTexts texts) {}

    private final EnvironmentAccess access;
    private final Reencryption encryption;
    private final Map<UUID, Ready> ready = new HashMap<>();
    private long characters;

    private Prepared(EnvironmentAccess access, Reencryption encryption) {
      this.access = access;
      this.encryption = encryption;
    }

    /**
     * Encrypts what is not ready yet, as far as there is room for it. Returns whether it is worth
     * asking again.
     */
    private boolean catchUp() {
      // Stamps first: what is read later can only be newer than they say, and is then read again.
      Map<UUID, Stamp> stamps = database.read(db -> EnvironmentKeysStore.stamps(db, access));
      boolean caughtUp = false;
      for (List<UUID> piece : pieces(stamps, lacking(stamps))) {
        if (characters > maximumPrepared) {
          return false;
        }
        Map<UUID, StoredTexts> texts =
            database.read(db -> EnvironmentKeysStore.texts(db, access, piece));
        encrypted(piece, texts)
            .forEach(
                (id, done) -> put(id, new Ready(Objects.requireNonNull(stamps.get(id)), done)));
        caughtUp = true;
      }
      return caughtUp;
    }

    private void put(UUID id, Ready one) {
      Ready earlier = ready.put(id, one);
      characters += one.texts().characters() - (earlier == null ? 0 : earlier.texts().characters());
    }

    private List<UUID> lacking(Map<UUID, Stamp> stamps) {
      return stamps.keySet().stream().filter(id -> !isReady(id, stamps)).toList();
    }

    private boolean isReady(UUID id, Map<UUID, Stamp> stamps) {
      Ready known = ready.get(id);
      return known != null && known.stamp().equals(stamps.get(id));
    }

    /** Secrets in lists that stand for a bounded number of rows, unless one has more of its own. */
    private static List<List<UUID>> pieces(Map<UUID, Stamp> stamps, List<UUID> ids) {
      List<List<UUID>> pieces = new ArrayList<>();
      List<UUID> piece = new ArrayList<>();
      int rows = 0;
      for (UUID id : ids) {
        int more = stamps.getOrDefault(id, Stamp.NONE).rows();
        if (rows + more > ROWS_AT_ONCE && !piece.isEmpty()) {
          pieces.add(piece);
          piece = new ArrayList<>();
          rows = 0;
        }
        piece.add(id);
        rows += more;
      }
      if (!piece.isEmpty()) {
        pieces.add(piece);
      }
      return pieces;
    }

    private Map<UUID, StoredTexts> encrypted(List<UUID> ids, Map<UUID, StoredTexts> texts) {
      List<UUID> found = ids.stream().filter(texts::containsKey).toList();
      List<StoredTexts> done =
          encryption.of(found.stream().map(id -> Objects.requireNonNull(texts.get(id))).toList());
      Map<UUID, StoredTexts> result = new HashMap<>();
      for (int i = 0; i < found.size(); i++) {
        result.put(found.get(i), done.get(i));
      }
      return result;
    }

    /** Stores all secrets of the locked environment. May run more than once. */
    private Counts store(DSLContext db) {
      Map<UUID, Stamp> stamps = EnvironmentKeysStore.stamps(db, access);
      Counts counts = new Counts();
      List<UUID> known = stamps.keySet().stream().filter(id -> isReady(id, stamps)).toList();
      for (List<UUID> piece : pieces(stamps, known)) {
        store(
            db,
            counts,
            piece.stream().map(id -> Objects.requireNonNull(ready.get(id)).texts()).toList());
      }
      for (List<UUID> piece : pieces(stamps, lacking(stamps))) {
        store(
            db,
            counts,
            List.copyOf(encrypted(piece, EnvironmentKeysStore.texts(db, access, piece)).values()));
      }
      return counts;
    }

    private void store(DSLContext db, Counts counts, List<StoredTexts> piece) {
      EnvironmentKeysStore.replace(db, access, piece);
      piece.forEach(counts::add);
    }

    private void logUnreadable() {
      List<UUID> unreadable = new ArrayList<>();
      ready.forEach(
          (id, one) -> {
            if (one.texts().unreadable()) {
              unreadable.add(id);
            }
          });
      if (!unreadable.isEmpty()) {
        LOG.warn(
            "{} secrets of environment {} have something that could not be decrypted and stays as"
                + " it was, among them {}",
            unreadable.size(),
            access.environment(),
            unreadable.subList(0, Math.min(unreadable.size(), MAXIMUM_LOGGED)));
      }
    }
  }
}
