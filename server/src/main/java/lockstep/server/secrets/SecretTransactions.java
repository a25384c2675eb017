package lockstep.server.secrets;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.references.SecretPath;
import lockstep.server.access.Action;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.audit.Audit;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.ids.Uuids;
import lockstep.server.secrets.SealedSecret.SealedName;
import lockstep.server.secrets.SealedSecret.SealedOverride;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * The transactions that write secrets, whoever encrypted them: each checks, writes secrets, tags
 * and versions, and records the event, all or nothing.
 */
final class SecretTransactions {

  private final Database database;
  private final Audit audit;
  private final Clock clock;

  SecretTransactions(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Creates all, or none.
   *
   * @param encryptedFor the identity key of the environment when this was encrypted
   * @throws KeysReplacedException if it has another one by now
   */
  List<StoredSecret> create(
      CiphertextAccess access, String encryptedFor, List<SealedSecret> wanted) {
    access.require(Action.CREATE);
    requireDistinctNames(wanted);
    return database.write(
        db -> {
          SecretWriter writer = SecretWriter.begin(db, access, clock);
          writer.requireKeys(encryptedFor);
          List<StoredSecret> secrets = newSecrets(writer, wanted);
          writer.insert(secrets);
          List<StoredSecret> written = new ArrayList<>(secrets.size());
          for (int i = 0; i < secrets.size(); i++) {
            written.add(withOverride(writer, access, secrets.get(i), wanted.get(i).override()));
          }
          audit.record(db, access.caller(), SecretEvents.created(access, written));
          return written;
        });
  }

  /**
   * Changes all, or none.
   *
   * @param encryptedFor the identity key of the environment when this was encrypted
   * @throws KeysReplacedException if it has another one by now
   */
  List<StoredSecret> update(
      CiphertextAccess access, String encryptedFor, List<SealedChange> changes) {
    access.require(Action.UPDATE);
    requireDistinctIds(changes);
    return database.write(
        db -> {
          SecretWriter writer = SecretWriter.begin(db, access, clock);
          writer.requireKeys(encryptedFor);
          List<StoredSecret> before = find(db, access, changes);
          SecretRules.requireChangeable(before, changes);
          List<StoredSecret> after = new ArrayList<>(before.size());
          for (int i = 0; i < before.size(); i++) {
            after.add(changed(writer, before.get(i), changes.get(i)));
          }
          SecretRules.requireDistinctNames(after);
          writer.update(before, after);
          List<StoredSecret> written = new ArrayList<>(after.size());
          for (int i = 0; i < after.size(); i++) {
            written.add(withOverride(writer, access, after.get(i), changes.get(i).override()));
          }
          audit.record(db, access.caller(), SecretEvents.updated(access, written));
          return written;
        });
  }

  /**
   * Deletes all, or none; returns how many.
   *
   * @throws ApiException 404 if one of them does not exist
   */
  int delete(CiphertextAccess access, Set<String> writtenIds) {
    access.require(Action.DELETE);
    return database.write(
        db -> {
          SecretWriter writer = SecretWriter.begin(db, access, clock);
          List<String> missing = new ArrayList<>();
          List<StoredSecret> doomed = existing(db, access, writtenIds, missing);
          if (!missing.isEmpty()) {
            throw ApiException.notFound(
                "Secret(s) not found in this environment: " + String.join(", ", missing));
          }
          delete(db, access, writer, doomed);
          return doomed.size();
        });
  }

  /** Deletes those that exist, if any; all of them, or none. */
  void deleteExisting(CiphertextAccess access, Set<String> writtenIds) {
    access.require(Action.DELETE);
    database.write(
        db -> {
          // Looked for before the environment is locked, which changes it, and again afterwards.
          if (existing(db, access, writtenIds, new ArrayList<>()).isEmpty()) {
            return 0;
          }
          SecretWriter writer = SecretWriter.begin(db, access, clock);
          List<StoredSecret> doomed = existing(db, access, writtenIds, new ArrayList<>());
          delete(db, access, writer, doomed);
          return doomed.size();
        });
  }

  private void delete(
      DSLContext db, CiphertextAccess access, SecretWriter writer, List<StoredSecret> doomed) {
    SecretRules.requireDeletable(doomed);
    writer.delete(doomed);
    audit.record(db, access.caller(), SecretEvents.deleted(access, doomed));
  }

  private static void requireDistinctNames(List<SealedSecret> wanted) {
    Set<List<String>> names = new HashSet<>();
    for (SealedSecret one : wanted) {
      if (!names.add(List.of(one.path().text(), one.name().digest()))) {
        throw SecretWriter.duplicate();
      }
    }
  }

  private static void requireDistinctIds(List<SealedChange> changes) {
    Set<Object> seen = new HashSet<>();
    for (SealedChange change : changes) {
      Object identity = change.id().<Object>map(id -> id).orElse(change.writtenId());
      if (!seen.add(identity)) {
        throw ApiException.badRequest(
            "Duplicate secret ID in request: " + Echo.shorten(change.writtenId()));
      }
    }
  }

  private static List<StoredSecret> newSecrets(SecretWriter writer, List<SealedSecret> wanted) {
    Instant now = writer.now();
    // Secrets of one batch have one time of creation; ascending ids keep them in its order.
    List<UUID> ids = Stream.generate(() -> Uuids.v7(now)).limit(wanted.size()).sorted().toList();
    List<StoredSecret> secrets = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      SealedSecret one = wanted.get(i);
      secrets.add(
          new StoredSecret(
              ids.get(i),
              writer.folder(one.path()),
              one.path().text(),
              one.name().key(),
              one.name().digest(),
              one.value(),
              one.comment(),
              one.tags(),
              one.type().wireName(),
              "static",
              1,
              Optional.empty(),
              now,
              now));
    }
    return secrets;
  }

  private static StoredSecret changed(
      SecretWriter writer, StoredSecret before, SealedChange change) {
    SecretPath path = change.path().orElseGet(() -> SecretPath.of(before.path()));
    String value = before.isSealed() ? before.value() : change.value().orElse(before.value());
    return new StoredSecret(
        before.id(),
        change.path().isPresent() ? writer.folder(path) : before.folder(),
        path.text(),
        change.name().map(SealedName::key).orElse(before.key()),
        change.name().map(SealedName::digest).orElse(before.keyDigest()),
        value,
        change.comment().orElse(before.comment()),
        change.tags().orElse(before.tags()),
        change.type().map(SecretType::wireName).orElse(before.type()),
        before.lifecycle(),
        before.version() + 1,
        before.override(),
        before.createdAt(),
        writer.now());
  }

  private static StoredSecret withOverride(
      SecretWriter writer,
      CiphertextAccess access,
      StoredSecret secret,
      Optional<SealedOverride> own) {
    if (own.isEmpty() || !access.caller().isMember()) {
      return secret;
    }
    StoredOverride stored =
        writer.putOverride(secret.id(), own.get().value(), own.get().isActive());
    return secret.withOverride(Optional.of(stored));
  }

  private static List<StoredSecret> find(
      DSLContext db, CiphertextAccess access, List<SealedChange> changes) {
    Map<UUID, StoredSecret> known =
        findAll(db, access, changes.stream().map(SealedChange::writtenId).toList());
    List<StoredSecret> found = new ArrayList<>(changes.size());
    for (SealedChange change : changes) {
      found.add(
          change
              .id()
              .map(known::get)
              .orElseThrow(
                  () ->
                      ApiException.notFound(
                          "Secret not found: " + Echo.shorten(change.writtenId()))));
    }
    return found;
  }

  /** Those that exist, each once, in the order of the request; collects what is missing. */
  private static List<StoredSecret> existing(
      DSLContext db, CiphertextAccess access, Set<String> writtenIds, List<String> missing) {
    Map<UUID, StoredSecret> known = findAll(db, access, writtenIds);
    Map<UUID, StoredSecret> found = new LinkedHashMap<>();
    for (String written : writtenIds) {
      Uuids.parse(written)
          .map(known::get)
          .ifPresentOrElse(
              secret -> found.put(secret.id(), secret), () -> missing.add(Echo.shorten(written)));
    }
    return List.copyOf(found.values());
  }

  private static Map<UUID, StoredSecret> findAll(
      DSLContext db, CiphertextAccess access, Collection<String> writtenIds) {
    Set<UUID> ids = new HashSet<>();
    writtenIds.forEach(written -> Uuids.parse(written).ifPresent(ids::add));
    Map<UUID, StoredSecret> known = new HashMap<>();
    SecretStore.findAll(db, access, ids).forEach(secret -> known.put(secret.id(), secret));
    return known;
  }
}
