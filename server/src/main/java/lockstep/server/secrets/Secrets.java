package lockstep.server.secrets;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldSealer;
import lockstep.references.SecretPath;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.SecretsAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditEvent;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.SecretPresenter.Presented;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * The rules of secrets. Batches are atomic. Encryption happens before a writing transaction begins.
 * Decryption happens in a reading one, because references are resolved in its snapshot. So no
 * writer waits for either. Whatever leaves is on record first, what references bring included.
 */
public final class Secrets {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final SecretPresenter presenter;
  private final Audit audit;
  private final Clock clock;

  /** Keeps secrets in this database. */
  public Secrets(
      Database database, EnvironmentKeyring keyring, Access access, Audit audit, Clock clock) {
    this.database = database;
    this.keyring = keyring;
    this.presenter = new SecretPresenter(keyring, access);
    this.audit = audit;
    this.clock = clock;
  }

  /** Those that match, with references resolved. The read is on record before this returns. */
  List<SecretObject> list(SecretsAccess access, SecretFilter filter) {
    access.require(Action.READ);
    Presented found =
        database.read(
            db -> {
              try (EnvironmentKeys keys = open(db, access)) {
                Optional<String> digest = filter.key().map(keys::keyDigest);
                List<StoredSecret> stored = SecretStore.list(db, access, filter, digest);
                return presenter.read(db, access, keys, stored, filter.matchesAll());
              }
            });
    List<AuditEvent> events = new ArrayList<>();
    events.add(SecretEvents.read(access, found.secrets()));
    events.addAll(SecretEvents.throughReferences(found));
    audit.recordDurably(access.caller(), events);
    return found.secrets();
  }

  /** Creates all, or none. */
  List<SecretObject> create(SecretsAccess access, List<NewSecret> wanted) {
    access.require(Action.CREATE);
    try (EnvironmentKeys keys = database.read(db -> open(db, access))) {
      List<SealedFields> sealed = seal(keys, wanted, SealedFields::of);
      requireDistinctNames(wanted, sealed);
      return answer(
          access,
          keys,
          database.write(
              db -> {
                SecretWriter writer = SecretWriter.begin(db, access, clock);
                List<StoredSecret> secrets = newSecrets(writer, wanted, sealed);
                writer.insert(secrets);
                List<StoredSecret> written = new ArrayList<>(secrets.size());
                for (int i = 0; i < secrets.size(); i++) {
                  Optional<PersonalValue> own = wanted.get(i).override();
                  written.add(withOverride(writer, access, secrets.get(i), own, sealed.get(i)));
                }
                audit.record(db, access.caller(), SecretEvents.created(access, written));
                return written;
              }));
    }
  }

  /** Changes all, or none. */
  List<SecretObject> update(SecretsAccess access, List<SecretChange> changes) {
    access.require(Action.UPDATE);
    requireDistinctIds(changes);
    try (EnvironmentKeys keys = database.read(db -> open(db, access))) {
      List<SealedFields> sealed = seal(keys, changes, SealedFields::of);
      return answer(
          access,
          keys,
          database.write(
              db -> {
                SecretWriter writer = SecretWriter.begin(db, access, clock);
                List<StoredSecret> before = find(db, access, changes);
                SecretRules.requireChangeable(before, changes);
                List<StoredSecret> after = new ArrayList<>(before.size());
                for (int i = 0; i < before.size(); i++) {
                  after.add(changed(writer, before.get(i), changes.get(i), sealed.get(i)));
                }
                SecretRules.requireDistinctNames(after);
                writer.update(before, after);
                List<StoredSecret> written = new ArrayList<>(after.size());
                for (int i = 0; i < after.size(); i++) {
                  Optional<PersonalValue> own = changes.get(i).override();
                  written.add(withOverride(writer, access, after.get(i), own, sealed.get(i)));
                }
                audit.record(db, access.caller(), SecretEvents.updated(access, written));
                return written;
              }));
    }
  }

  /** Deletes all, or none; returns how many. */
  int delete(SecretsAccess access, Set<String> writtenIds) {
    access.require(Action.DELETE);
    return database.write(
        db -> {
          SecretWriter writer = SecretWriter.begin(db, access, clock);
          Map<UUID, StoredSecret> known = findAll(db, access, writtenIds);
          Map<UUID, StoredSecret> doomed = new LinkedHashMap<>();
          List<String> missing = new ArrayList<>();
          for (String written : writtenIds) {
            Optional<StoredSecret> secret = Uuids.parse(written).map(known::get);
            secret.ifPresentOrElse(
                found -> doomed.put(found.id(), found), () -> missing.add(Echo.shorten(written)));
          }
          if (!missing.isEmpty()) {
            throw ApiException.notFound(
                "Secret(s) not found in this environment: " + String.join(", ", missing));
          }
          List<StoredSecret> secrets = List.copyOf(doomed.values()); // in the order of the request
          SecretRules.requireDeletable(secrets);
          writer.delete(secrets);
          audit.record(db, access.caller(), SecretEvents.deleted(access, secrets));
          return secrets.size();
        });
  }

  private static <T> List<SealedFields> seal(
      EnvironmentKeys keys, List<T> sent, Sealing<T> sealing) {
    try (FieldSealer sealer = keys.sealer()) {
      return sent.stream().map(one -> sealing.seal(one, keys, sealer)).toList();
    }
  }

  /** What was written, even if it has gone since, with what its references lead to by now. */
  private List<SecretObject> answer(
      SecretsAccess access, EnvironmentKeys keys, List<StoredSecret> written) {
    Presented answer = database.read(db -> presenter.written(db, access, keys, written));
    List<AuditEvent> events = SecretEvents.throughReferences(answer);
    if (!events.isEmpty()) {
      audit.recordDurably(access.caller(), events);
    }
    return answer.secrets();
  }

  private EnvironmentKeys open(DSLContext db, SecretsAccess access) {
    return keyring
        .open(db, access.organisation(), access.environment())
        .orElseThrow(() -> ApiException.notFound("Environment not found"));
  }

  private static void requireDistinctNames(List<NewSecret> wanted, List<SealedFields> sealed) {
    Set<List<String>> names = new HashSet<>();
    for (int i = 0; i < wanted.size(); i++) {
      if (!names.add(
          List.of(wanted.get(i).path().text(), sealed.get(i).keyDigest().orElseThrow()))) {
        throw SecretWriter.duplicate();
      }
    }
  }

  private static void requireDistinctIds(List<SecretChange> changes) {
    Set<Object> seen = new HashSet<>();
    for (SecretChange change : changes) {
      Object identity = change.id().<Object>map(id -> id).orElse(change.writtenId());
      if (!seen.add(identity)) {
        throw ApiException.badRequest(
            "Duplicate secret ID in request: " + Echo.shorten(change.writtenId()));
      }
    }
  }

  private static List<StoredSecret> newSecrets(
      SecretWriter writer, List<NewSecret> wanted, List<SealedFields> sealed) {
    Instant now = writer.now();
    // Secrets of one batch have one time of creation; ascending ids keep them in its order.
    List<UUID> ids = Stream.generate(() -> Uuids.v7(now)).limit(wanted.size()).sorted().toList();
    List<StoredSecret> secrets = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      NewSecret one = wanted.get(i);
      SealedFields fields = sealed.get(i);
      secrets.add(
          new StoredSecret(
              ids.get(i),
              writer.folder(one.path()),
              one.path().text(),
              fields.key().orElseThrow(),
              fields.keyDigest().orElseThrow(),
              fields.value().orElseThrow(),
              fields.comment().orElseThrow(),
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
      SecretWriter writer, StoredSecret before, SecretChange change, SealedFields sealed) {
    SecretPath path = change.path().orElseGet(() -> SecretPath.of(before.path()));
    String value = before.isSealed() ? before.value() : sealed.value().orElse(before.value());
    return new StoredSecret(
        before.id(),
        change.path().isPresent() ? writer.folder(path) : before.folder(),
        path.text(),
        sealed.key().orElse(before.key()),
        sealed.keyDigest().orElse(before.keyDigest()),
        value,
        sealed.comment().orElse(before.comment()),
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
      SecretsAccess access,
      StoredSecret secret,
      Optional<PersonalValue> own,
      SealedFields sealed) {
    if (own.isEmpty() || !access.caller().isMember()) {
      return secret;
    }
    StoredOverride stored =
        writer.putOverride(secret.id(), sealed.override().orElseThrow(), own.get().isActive());
    return secret.withOverride(Optional.of(stored));
  }

  private static List<StoredSecret> find(
      DSLContext db, SecretsAccess access, List<SecretChange> changes) {
    Map<UUID, StoredSecret> known =
        findAll(db, access, changes.stream().map(SecretChange::writtenId).toList());
    List<StoredSecret> found = new ArrayList<>(changes.size());
    for (SecretChange change : changes) {
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

  private static Map<UUID, StoredSecret> findAll(
      DSLContext db, SecretsAccess access, java.util.Collection<String> writtenIds) {
    Set<UUID> ids = new HashSet<>();
    writtenIds.forEach(written -> Uuids.parse(written).ifPresent(ids::add));
    Map<UUID, StoredSecret> known = new HashMap<>();
    SecretStore.findAll(db, access, ids).forEach(secret -> known.put(secret.id(), secret));
    return known;
  }

  /** Encrypts what was sent for one secret. */
  private interface Sealing<T> {
    SealedFields seal(T sent, EnvironmentKeys keys, FieldSealer sealer);
  }
}
