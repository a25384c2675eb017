package lockstep.server.secrets;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import lockstep.references.SecretPath;
import lockstep.server.access.Action;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.audit.Audit;
import lockstep.server.http.Fields;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.SecretFilter.Sought;
import lockstep.server.secrets.SnapshotAnswers.Answer;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Secrets for clients that hold the keys of their environments. Only ciphertexts go in and out.
 * What is read is on record first, batches are atomic.
 */
public final class EncryptedSecrets {

  private final Database database;
  private final SecretSnapshots snapshots;
  private final SecretTransactions transactions;
  private final StaleCiphertexts stale;
  private final Audit audit;

  /** Keeps secrets in this database. */
  public EncryptedSecrets(
      Database database,
      EnvironmentKeyring keyring,
      SecretSnapshots snapshots,
      Audit audit,
      Clock clock) {
    this.database = database;
    this.snapshots = snapshots;
    this.stale = new StaleCiphertexts(database, keyring);
    this.transactions = new SecretTransactions(database, audit, clock);
    this.audit = audit;
  }

  /**
   * Those that match, the oldest first, as a JSON array. What is empty matches all.
   *
   * @param keyDigest exactly as it was stored
   * @param tags names of which a secret has at least one, separated by commas
   * @param camelCase whether members of objects are named like {@code keyDigest}, or like {@code
   *     key_digest}
   * @param known tells the entity tags of what the client has already
   */
  public Listed list(
      CiphertextAccess access,
      Optional<String> path,
      Optional<String> keyDigest,
      Optional<String> tags,
      boolean camelCase,
      Predicate<String> known) {
    access.require(Action.READ);
    Sought sought =
        new Sought(
            path.map(SecretPath::of).map(SecretPath::text),
            keyDigest,
            tags.map(SecretFilter::tagNames));
    AnswerForm form = camelCase ? AnswerForm.CAMEL_CASE : AnswerForm.SNAKE_CASE;
    Answer answer =
        snapshots
            .ciphertexts(database, access, form)
            .filter(snapshot -> !snapshot.hasOverridesOf(access.caller().account().value()))
            .map(snapshot -> common(access, snapshot, sought, form))
            .orElseGet(() -> database.read(db -> find(db, access, sought, form)));
    return answer
        .to(known)
        .after(
            listed ->
                audit.beginRecording(
                    access.caller(), List.of(SecretEvents.read(access, answer.read(), listed))));
  }

  private Answer find(DSLContext db, CiphertextAccess access, Sought sought, AnswerForm form) {
    SecretSnapshot snapshot = snapshots.ciphertexts(db, access, form);
    Answer common = common(access, snapshot, sought, form);
    if (!snapshot.hasOverridesOf(access.caller().account().value())) {
      return common;
    }
    Map<UUID, byte[]> overrides = new HashMap<>();
    SecretStore.overrides(db, access)
        .forEach(
            (secret, own) ->
                overrides.put(secret, form.write(SecretObject.override(own, own.value()))));
    return common.withOverrides(access.caller(), overrides);
  }

  private static Answer common(
      CiphertextAccess access, SecretSnapshot snapshot, Sought sought, AnswerForm form) {
    return Answer.common(
        snapshot,
        snapshot.select(sought),
        SnapshotAnswers.tag(access.environment(), snapshot, form, sought));
  }

  /**
   * Creates the secrets in a request body: all, or none.
   *
   * @param identityKey the public key of the environment that the client encrypted to, if it says
   */
  public void create(CiphertextAccess access, Fields body, Optional<String> identityKey) {
    List<SealedSecret> wanted = SealedBodies.newSecrets(body, access.caller().isMember());
    if (!wanted.isEmpty()) {
      KeysReplacedException.retrying(
          () -> {
            String checked =
                stale.refuse(
                    access,
                    wanted.stream().flatMap(SealedSecret::ciphertexts).toList(),
                    identityKey);
            return transactions.create(access, checked, wanted);
          });
    }
  }

  /**
   * Changes the secrets in a request body: all, or none.
   *
   * @param identityKey the public key of the environment that the client encrypted to, if it says
   */
  public void update(CiphertextAccess access, Fields body, Optional<String> identityKey) {
    List<SealedChange> changes = SealedBodies.changes(body, access.caller().isMember());
    if (!changes.isEmpty()) {
      KeysReplacedException.retrying(
          () -> {
            String checked =
                stale.refuse(
                    access,
                    changes.stream().flatMap(SealedChange::ciphertexts).toList(),
                    identityKey);
            return transactions.update(access, checked, changes);
          });
    }
  }

  /** Deletes the secrets in a request body, as far as there are such: all, or none. */
  public void delete(CiphertextAccess access, Fields body) {
    transactions.deleteExisting(access, SealedBodies.ids(body));
  }
}
