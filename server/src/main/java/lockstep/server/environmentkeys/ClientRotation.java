package lockstep.server.environmentkeys;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.access.Access;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.environmentkeys.ClientRotationStore.Begun;
import lockstep.server.environmentkeys.EncryptedRowStore.Page;
import lockstep.server.environmentkeys.EncryptedRowStore.Stored;
import lockstep.server.environmentkeys.EnvironmentKeysStore.Locked;
import lockstep.server.environmentkeys.RotationPage.Cursor;
import lockstep.server.environmentkeys.StoredTexts.Row;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.KeyRecipient;
import lockstep.server.store.Database;
import lockstep.server.store.GrowingTime;
import org.jooq.DSLContext;

/**
 * Gives an environment that the server cannot open another seed and salt, which a client makes: it
 * begins, reads all that is encrypted, sends it encrypted anew, with the new keys wrapped for
 * everybody who holds the present ones, and has all of it take the place of what there is.
 *
 * <p>What is sent is kept aside, so the client may take its time, and nothing has happened until
 * the last step, which is one transaction. A rotation is for one revision of the environment: each
 * step is refused once anything in it was changed. So what a row was compared with when it was sent
 * is what it replaces, and that every row was sent is a matter of counting.
 *
 * <p>That texts are what they were, encrypted with the keys that were wrapped, the server cannot
 * see. It sees that each has the length that it had, which encryption does not change.
 */
public final class ClientRotation {

  /** A client that has sent nothing for so long is not going to. */
  private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

  private static final int MAXIMUM_ROWS = 1_000;

  /** Sent back, with ids and names, it fits into the usual limit of a body. */
  private static final long MAXIMUM_CHARACTERS = 512L << 10;

  private final Database database;
  private final Access access;
  private final EnvironmentKeyring keyring;
  private final Audit audit;
  private final Clock clock;

  /** Rotates keys in this database. */
  public ClientRotation(
      Database database, Access access, EnvironmentKeyring keyring, Audit audit, Clock clock) {
    this.database = database;
    this.access = access;
    this.keyring = keyring;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A rotation that was begun.
   *
   * @param holders of the present keys, to wrap the new ones for
   */
  record Beginning(UUID id, List<KeyRecipient> holders) {}

  /**
   * Begins one. What the caller began earlier in the environment is removed, and so is what others
   * of the organisation have abandoned.
   *
   * @throws ApiException 400 if the keys are the same, 409 if the environment has others than the
   *     caller knows
   */
  Beginning begin(EnvironmentAccess granted, X25519PublicKey present, X25519PublicKey next) {
    if (present.equals(next)) {
      throw ApiException.badRequest("'newIdentityKey' must be another key than 'identityKey'.");
    }
    Instant now = clock.instant();
    UUID id = Uuids.v7(now);
    return database.write(
        db -> {
          // So that a caller who begins two at once has one of them, as otherwise.
          EnvironmentKeysStore.keep(db, granted);
          ClientRotationStore.removeAbandoned(db, granted, now.minus(ABANDONED_AFTER));
          if (!ClientRotationStore.begin(db, granted, id, present.hex(), next.hex(), now)) {
            throw ApiException.conflict(
                "These are not the keys that the environment has. Fetch the keys again.");
          }
          return new Beginning(
              id, keyring.holders(db, granted.organisation(), granted.environment()));
        });
  }

  /** A part of what is encrypted in the environment; on record before it is returned. */
  RotationPage read(EnvironmentAccess granted, String id, Cursor cursor) {
    Page page =
        database.read(
            db -> {
              requireCurrent(db, granted, id);
              return EncryptedRowStore.page(db, granted, cursor, MAXIMUM_ROWS, MAXIMUM_CHARACTERS);
            });
    if (!page.rows().isEmpty()) {
      audit.recordDurably(
          granted.caller(), List.of(readEvent(granted, cursor.kind(), page.rows())));
    }
    return RotationPage.of(
        cursor.kind(),
        page.rows().stream().map(Stored::row).toList(),
        page.next(cursor.kind()).map(Cursor::text).orElse(null));
  }

  private static AuditEvent readEvent(
      EnvironmentAccess granted, EncryptedKind kind, List<Stored> read) {
    return new AuditEvent(
        AuditAction.READ,
        AuditedResource.SECRET,
        Optional.empty(),
        Optional.of(granted.environment()),
        kind == EncryptedKind.OVERRIDE
            ? "Personal values of all members read to rotate keys"
            : "Secrets read to rotate keys",
        Map.of(
            "secrets", read.stream().map(Stored::version).distinct().toList(), "via", "rotation"));
  }

  /**
   * Refuses if the caller has begun no such rotation in the environment.
   *
   * @throws ApiException 404
   */
  void requireBegun(EnvironmentAccess granted, String id) {
    database.read(db -> find(db, granted, id));
  }

  /**
   * Keeps a part of what was encrypted anew, in place of what was sent of it before.
   *
   * @throws ApiException 409 if the environment was changed, or keys are for somebody who holds
   *     none; 400 if a row is none of the environment, or cannot be what it was, encrypted anew
   */
  void add(EnvironmentAccess granted, String id, RotationPart part) {
    UUID rotation = Uuids.parse(id).orElseThrow(ClientRotation::unknown);
    Map<EncryptedKind, Set<UUID>> kept =
        database.read(
            db -> {
              requireCurrent(db, granted, id);
              requireHolders(db, granted, part.keys().keySet());
              Map<EncryptedKind, Set<UUID>> found = new EnumMap<>(EncryptedKind.class);
              for (EncryptedKind kind : EncryptedKind.values()) {
                Map<UUID, Row> rows = part.rows(kind);
                found.put(
                    kind, kept(EncryptedRowStore.stored(db, granted, kind, rows.keySet()), rows));
              }
              return found;
            });
    database.write(
        db -> {
          // First, so that nobody removes it meanwhile.
          if (!ClientRotationStore.touch(db, granted, rotation, clock.instant())) {
            throw unknown();
          }
          requireCurrent(db, granted, id);
          kept.forEach(
              (kind, ids) ->
                  ClientRotationStore.stage(
                      db, granted, rotation, kind, part.rows(kind).values(), ids));
          ClientRotationStore.stageKeys(db, granted, rotation, part.keys());
          return rotation;
        });
  }

  /** The ids of rows of which something stays as it is. */
  private static Set<UUID> kept(Map<UUID, Stored> stored, Map<UUID, Row> rows) {
    Set<UUID> kept = new HashSet<>();
    rows.forEach(
        (id, row) -> {
          Stored present = stored.get(id);
          if (present == null) {
            throw ApiException.badRequest("Row " + id + " is none of this environment.");
          }
          if (!RotationPart.isReplacement(present.row(), row)) {
            throw ApiException.badRequest(
                "Row "
                    + id
                    + " is not what it was, encrypted anew: each text must be a ciphertext of the"
                    + " same length, and 'keyDigest' 64 hexadecimal digits.");
          }
          if (RotationPart.keepsSomething(present.row(), row)) {
            kept.add(id);
          }
        });
    return kept;
  }

  private void requireHolders(DSLContext db, EnvironmentAccess granted, Set<AccountId> supplied) {
    if (supplied.isEmpty()) {
      return;
    }
    Set<AccountId> holders =
        keyring.holders(db, granted.organisation(), granted.environment()).stream()
            .map(holder -> new AccountId(holder.accountId()))
            .collect(Collectors.toSet());
    List<String> unexpected =
        supplied.stream()
            .filter(account -> !holders.contains(account))
            .map(AccountId::toString)
            .sorted()
            .toList();
    if (!unexpected.isEmpty()) {
      throw ApiException.conflict(
              "Keys are wrapped for accounts that do not hold the present ones.")
          .member("unexpected", unexpected);
    }
  }

  /**
   * Puts all that was sent in the place of what there is.
   *
   * @throws ApiException 409 if the environment was changed since the rotation was begun, a row is
   *     missing, or the keys are not wrapped for exactly those who hold the present ones; 400 if
   *     two secrets of a folder would have one digest
   */
  RotatedKeys complete(EnvironmentAccess granted, String id) {
    return database.writeLong(
        db -> {
          AccessRevision.increment(db, granted.organisation());
          Begun begun = find(db, granted, id);
          Locked locked = EnvironmentKeysStore.lock(db, granted).orElseThrow(ClientRotation::gone);
          // So that nobody removes it, or adds to it, between the statements that follow.
          if (!ClientRotationStore.touch(db, granted, begun.id(), clock.instant())) {
            throw unknown();
          }
          if (locked.revision() != begun.revision() + 1
              || !locked.identityKey().equals(begun.identityKey())) {
            throw changed();
          }
          access.requireClientRotation(db, granted);
          requireComplete(db, granted, begun.id());
          int unreadable = ClientRotationStore.unreadable(db, granted, begun.id());
          Map<EncryptedKind, Integer> counts = ClientRotationStore.apply(db, granted, begun.id());
          if (!counts.equals(ClientRotationStore.staged(db, granted, begun.id()))) {
            // An account that is deleted takes its personal values along, without a lock.
            throw changed();
          }
          Instant now = GrowingTime.after(locked.updatedAt(), clock);
          int accounts =
              keyring.replaceSupplied(
                  db,
                  granted.organisation(),
                  granted.environment(),
                  begun.newIdentityKey(),
                  ClientRotationStore.keys(db, granted, begun.id()),
                  now);
          EnvironmentKeysStore.setChanged(db, granted, now);
          ClientRotationStore.removeAll(db, granted);
          RotatedKeys result =
              new RotatedKeys(
                  granted.environment().value(),
                  begun.newIdentityKey(),
                  counts.getOrDefault(EncryptedKind.SECRET, 0),
                  counts.getOrDefault(EncryptedKind.VERSION, 0),
                  counts.getOrDefault(EncryptedKind.OVERRIDE, 0),
                  accounts,
                  unreadable,
                  now);
          audit.record(db, granted.caller(), result.event(granted, begun.identityKey()));
          return result;
        });
  }

  private static void requireComplete(DSLContext db, EnvironmentAccess granted, UUID rotation) {
    Map<EncryptedKind, Integer> present = EncryptedRowStore.present(db, granted);
    Map<EncryptedKind, Integer> staged = ClientRotationStore.staged(db, granted, rotation);
    if (!present.equals(staged)) {
      throw ApiException.conflict(
          "Not everything that is encrypted in the environment was sent: %s."
              .formatted(
                  present.entrySet().stream()
                      .map(
                          one ->
                              "%d of %d rows of kind %s"
                                  .formatted(
                                      staged.getOrDefault(one.getKey(), 0),
                                      one.getValue(),
                                      one.getKey().storedName()))
                      .collect(Collectors.joining(", "))));
    }
    if (ClientRotationStore.hasClashingDigests(db, granted, rotation)) {
      throw ApiException.badRequest("Two secrets cannot be found by the same 'keyDigest'.");
    }
  }

  /** Removes one, with all that was sent. */
  void abandon(EnvironmentAccess granted, String id) {
    UUID rotation = Uuids.parse(id).orElseThrow(ClientRotation::unknown);
    database.write(
        db -> {
          if (!ClientRotationStore.remove(db, granted, rotation)) {
            throw unknown();
          }
          return rotation;
        });
  }

  private static void requireCurrent(DSLContext db, EnvironmentAccess granted, String id) {
    if (!find(db, granted, id).isCurrent()) {
      throw changed();
    }
  }

  private static Begun find(DSLContext db, EnvironmentAccess granted, String id) {
    return Uuids.parse(id)
        .flatMap(rotation -> ClientRotationStore.find(db, granted, rotation))
        .orElseThrow(ClientRotation::unknown);
  }

  private static ApiException unknown() {
    return ApiException.notFound("Rotation not found");
  }

  private static ApiException gone() {
    return ApiException.notFound("Environment not found");
  }

  private static ApiException changed() {
    return ApiException.conflict(
        "The environment was changed since this rotation was begun. Begin again.");
  }
}
