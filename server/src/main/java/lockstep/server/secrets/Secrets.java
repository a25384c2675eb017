package lockstep.server.secrets;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldSealer;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.access.SecretsAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditEvent;
import lockstep.server.http.ApiException;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.SecretPresenter.Presented;
import lockstep.server.secrets.SnapshotAnswers.Answer;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Secrets in plain text, of environments that the server can open. Batches are atomic. Encryption
 * happens before a writing transaction begins. What is read comes from snapshots, which a reading
 * transaction proves to be true. So no writer waits for either. Whatever leaves is on record first,
 * what references bring included.
 */
public final class Secrets {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final SecretPresenter presenter;
  private final SnapshotAnswers answers;
  private final SecretTransactions transactions;
  private final Audit audit;

  /** Keeps secrets in this database. */
  public Secrets(
      Database database,
      EnvironmentKeyring keyring,
      SecretSnapshots snapshots,
      Access access,
      Audit audit,
      Clock clock) {
    this.database = database;
    this.keyring = keyring;
    this.presenter = new SecretPresenter(snapshots, access);
    this.answers = new SnapshotAnswers(keyring, snapshots, access);
    this.transactions = new SecretTransactions(database, audit, clock);
    this.audit = audit;
  }

  /**
   * Those that match, with references resolved; to be given once the read is on record.
   *
   * @param known tells the entity tags of what the client has already
   */
  Listed list(SecretsAccess access, SecretFilter filter, Predicate<String> known) {
    access.require(Action.READ);
    Answer answer =
        answers
            .ready(database, access, filter)
            .orElseGet(() -> database.read(db -> answers.find(db, access, filter)));
    return answer
        .to(known)
        .after(
            listed -> {
              List<AuditEvent> events = new ArrayList<>();
              events.add(SecretEvents.read(access.ciphertexts(), answer.read(), listed));
              events.addAll(answer.eventsThroughReferences());
              return audit.beginRecording(access.caller(), events);
            });
  }

  /** Creates all, or none. */
  List<SecretObject> create(SecretsAccess access, List<NewSecret> wanted) {
    access.require(Action.CREATE);
    return write(access, wanted, NewSecret::seal, transactions::create);
  }

  /** Changes all, or none. */
  List<SecretObject> update(SecretsAccess access, List<SecretChange> changes) {
    access.require(Action.UPDATE);
    return write(access, changes, SecretChange::seal, transactions::update);
  }

  private <P, E> List<SecretObject> write(
      SecretsAccess access, List<P> plain, Sealing<P, E> sealing, Storing<E> storing) {
    return KeysReplacedException.retrying(
        () -> {
          try (EnvironmentKeys keys = database.read(db -> open(db, access))) {
            List<E> encrypted = new ArrayList<>(plain.size());
            try (FieldSealer sealer = keys.sealer()) {
              plain.forEach(one -> encrypted.add(sealing.seal(one, keys, sealer)));
            }
            return answer(
                access, keys, storing.store(access.ciphertexts(), keys.identityKey(), encrypted));
          }
        });
  }

  private interface Sealing<P, E> {
    E seal(P plain, EnvironmentKeys keys, FieldSealer sealer);
  }

  private interface Storing<E> {
    List<StoredSecret> store(CiphertextAccess access, String encryptedFor, List<E> encrypted);
  }

  /** Deletes all, or none; returns how many. */
  int delete(SecretsAccess access, Set<String> writtenIds) {
    return transactions.delete(access.ciphertexts(), writtenIds);
  }

  /** What was written, even if it has gone since, with what its references lead to by now. */
  private List<SecretObject> answer(
      SecretsAccess access, EnvironmentKeys keys, List<StoredSecret> written) {
    Presented answer = database.read(db -> presenter.written(db, access, keys, written));
    List<AuditEvent> events =
        SecretEvents.throughReferences(
            () -> answer.secrets().stream().map(SecretObject::idAndVersion),
            answer.throughReferences());
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
}
