package lockstep.server.secrets;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.Sha256;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.SecretsAccess;
import lockstep.server.audit.AuditEvent;
import lockstep.server.http.ApiException;
import lockstep.server.http.Json;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.SecretFilter.Sought;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Answers from snapshots what callers may see: with their own overrides, and with the references
 * that they may follow. Most answers have neither, and then the snapshot has them ready.
 */
final class SnapshotAnswers {

  private static final int TAG_BYTES = 16;

  /** Changes with the form of answers, which clients would not notice otherwise. */
  private static final int FORM_VERSION = 2;

  private final EnvironmentKeyring keyring;
  private final SecretSnapshots snapshots;
  private final Access access;
  private final ResolvedAnswers resolved = new ResolvedAnswers();

  SnapshotAnswers(EnvironmentKeyring keyring, SecretSnapshots snapshots, Access access) {
    this.keyring = keyring;
    this.snapshots = snapshots;
    this.access = access;
  }

  /** Finds what matches without a transaction, if it is known. */
  Optional<Answer> ready(Database database, SecretsAccess granted, SecretFilter filter) {
    Optional<Answer> common =
        snapshots.plain(database, granted).map(snapshot -> common(granted, snapshot, filter));
    if (common.isEmpty() || !isPersonal(granted, common.get())) {
      return common;
    }
    return filter.matchesAll() ? resolved.find(database, granted) : Optional.empty();
  }

  private static boolean isPersonal(SecretsAccess granted, Answer common) {
    return hasOverrides(granted, common.snapshot()) || common.refers();
  }

  private static boolean hasOverrides(SecretsAccess granted, SecretSnapshot snapshot) {
    return snapshot.hasOverridesOf(granted.caller().account().value());
  }

  private static Answer common(
      SecretsAccess granted, SecretSnapshot snapshot, SecretFilter filter) {
    Sought sought = filter.sought(snapshot::keyDigest);
    return snapshot.named(
        sought,
        () ->
            Answer.common(
                snapshot,
                snapshot.select(sought),
                tag(granted.environment(), snapshot, AnswerForm.PLAIN, sought)));
  }

  /** What is the same for the same content for everybody: a digest of all that it depends on. */
  static String tag(
      EnvironmentId environment, SecretSnapshot snapshot, AnswerForm form, Sought sought) {
    String ofAll =
        snapshot.tagOfAll(() -> tag(FORM_VERSION, environment, snapshot.revision(), form));
    return sought.matchesAll()
        ? ofAll
        : tag(ofAll, sought.path(), sought.keyDigest(), sought.tags());
  }

  private static String tag(Object... parts) {
    byte[] digest = Sha256.of(Arrays.toString(parts).getBytes(StandardCharsets.UTF_8));
    return "\"" + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + "\"";
  }

  /**
   * Finds what matches, and whatever the answer needs from the transaction.
   *
   * @throws ApiException 404 if the environment is gone
   */
  Answer find(DSLContext db, SecretsAccess granted, SecretFilter filter) {
    SecretSnapshot snapshot =
        snapshots
            .plain(db, granted)
            .orElseThrow(() -> ApiException.notFound("Environment not found"));
    Answer common = common(granted, snapshot, filter);
    return isPersonal(granted, common)
        ? personal(db, granted, common, filter.matchesAll())
        : common;
  }

  private Answer personal(DSLContext db, SecretsAccess granted, Answer common, boolean isWhole) {
    SecretSnapshot snapshot = common.snapshot();
    List<SnapshotEntry> selected = common.secrets();
    Map<UUID, byte[]> values = new HashMap<>();
    Map<UUID, byte[]> overrides = new HashMap<>();
    try (SecretReferences references =
        new SecretReferences(db, granted, Optional.of(snapshot), snapshots, access)) {
      List<SnapshotEntry> readable =
          hasOverrides(granted, snapshot)
              ? withOverrides(db, granted, selected, references, overrides)
              : selected;
      for (SnapshotEntry entry : readable) {
        if (entry.refers()) {
          String value = references.resolve(entry.id(), references.valueAtHome(entry));
          values.put(entry.id(), Json.write(value));
        }
      }
      Caller caller = granted.caller();
      String tag =
          tag(common.tag(), caller.account(), caller.accessRevision(), references.revisions());
      Answer answer =
          new Answer(
              snapshot, readable, values, overrides, references.substituted(), tag, null, null);
      if (isWhole) {
        Answer kept = answer.kept();
        resolved.keep(db, granted, references.revisions(), kept);
        return kept;
      }
      return answer;
    }
  }

  /** Those whose overrides can be decrypted. */
  private List<SnapshotEntry> withOverrides(
      DSLContext db,
      SecretsAccess granted,
      List<SnapshotEntry> selected,
      SecretReferences references,
      Map<UUID, byte[]> overrides) {
    Map<UUID, StoredOverride> stored = SecretStore.overrides(db, granted.ciphertexts());
    List<SnapshotEntry> readable = new ArrayList<>(selected.size());
    List<UUID> unreadable = new ArrayList<>();
    try (EnvironmentKeys keys =
            keyring
                .open(db, granted.organisation(), granted.environment())
                .orElseThrow(() -> ApiException.notFound("Environment not found"));
        FieldOpener opener = keys.opener()) {
      for (SnapshotEntry entry : selected) {
        StoredOverride own = stored.get(entry.id());
        try {
          if (own != null) {
            String value = references.resolve(entry.id(), opener.open(own.value()));
            overrides.put(entry.id(), Json.write(SecretObject.override(own, value)));
          }
          readable.add(entry);
        } catch (CryptoException e) {
          unreadable.add(entry.id());
        }
      }
    }
    SecretSnapshots.logUnreadable(granted.environment(), unreadable);
    return readable;
  }

  /**
   * What is answered.
   *
   * @param values of secrets whose values are shown otherwise than they are written, as JSON
   * @param overrides of secrets that have one of the caller's, as JSON
   * @param throughReferences what references brought into it: ids and versions of secrets by their
   *     environment
   * @param tag the same for the same content
   * @param details what an audit event says of it, if it was made already
   * @param array if it was made already
   */
  record Answer(
      SecretSnapshot snapshot,
      List<SnapshotEntry> secrets,
      Map<UUID, byte[]> values,
      Map<UUID, byte[]> overrides,
      Map<EnvironmentId, List<String>> throughReferences,
      String tag,
      @Nullable ReadDetails details,
      @Nullable SharedOpening array) {

    /** What everybody is shown alike. */
    static Answer common(SecretSnapshot snapshot, List<SnapshotEntry> secrets, String tag) {
      return new Answer(snapshot, secrets, Map.of(), Map.of(), Map.of(), tag, null, null);
    }

    /** The same for a caller who has overrides. */
    Answer withOverrides(Caller caller, Map<UUID, byte[]> own) {
      return new Answer(
          snapshot,
          secrets,
          values,
          own,
          throughReferences,
          SnapshotAnswers.tag(tag, caller.account()),
          details,
          null);
    }

    /** The same in a form that may be kept in memory: nothing of it is in clear. */
    Answer kept() {
      try (Opened json = json()) {
        return new Answer(
            snapshot,
            secrets,
            Map.of(),
            Map.of(),
            throughReferences,
            tag,
            read(),
            SharedOpening.sealing(json.bytes()));
      }
    }

    /** The same, for many requests: those that overlap share its content. */
    Answer shared() {
      return new Answer(
          snapshot,
          secrets,
          values,
          overrides,
          throughReferences,
          tag,
          read(),
          new SharedOpening(this::newArray, 0));
    }

    /** An estimate of the bytes that it occupies. */
    int weight() {
      return snapshot.weight() + (array == null ? 0 : array.weight());
    }

    /** To a client that may have the content already. */
    Listed to(Predicate<String> known) {
      return new Listed(known.test(tag) ? Optional.empty() : Optional.of(json()), tag);
    }

    /** Whether some value has references. */
    boolean refers() {
      return snapshot.anyRefers() && secrets.stream().anyMatch(SnapshotEntry::refers);
    }

    /** What an audit event says of it. */
    ReadDetails read() {
      if (details != null) {
        return details;
      }
      return isWhole() ? snapshot.read() : ReadDetails.of(secrets);
    }

    private boolean isWhole() {
      return secrets.size() == snapshot.entries().size();
    }

    /** The events of what references brought into it that it does not list itself. */
    List<AuditEvent> eventsThroughReferences() {
      return SecretEvents.throughReferences(
          () -> secrets.stream().map(SnapshotEntry::idAndVersion), throughReferences);
    }

    /** The secrets as a JSON array. */
    private Opened json() {
      if (array != null) {
        return array.open();
      }
      if (isWhole() && values.isEmpty() && overrides.isEmpty()) {
        return snapshot.whole();
      }
      return Opened.own(newArray());
    }

    private byte[] newArray() {
      try (SnapshotReader reader = new SnapshotReader(snapshot)) {
        return reader.array(secrets, values, overrides);
      }
    }

    @Override
    public String toString() {
      return "Answer[" + secrets.size() + " secrets, content not shown]";
    }
  }
}
