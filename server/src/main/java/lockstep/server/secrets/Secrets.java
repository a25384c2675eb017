package lockstep.server.secrets;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldSealer;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.SecretsAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditEvent;
import lockstep.server.http.ApiException;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.SecretPresenter.Presented;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Secrets in plain text, of environments that the server can open. Batches are atomic. Encryption
 * happens before a writing transaction begins. Decryption happens in a reading one, because
 * references are resolved in its snapshot. So no writer waits for either. Whatever leaves is on
 * record first, what references bring included.
 */
public final class Secrets {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final SecretPresenter presenter;
  private final SecretTransactions transactions;
  private final Audit audit;

  /** Keeps secrets in this database. */
  public Secrets(
      Database database, EnvironmentKeyring keyring, Access access, Audit audit, Clock clock) {
    this.database = database;
    this.keyring = keyring;
    this.presenter = new SecretPresenter(keyring, access);
    this.transactions = new SecretTransactions(database, audit, clock);
    this.audit = audit;
  }

  /** Those that match, with references resolved. The read is on record before this returns. */
  List<SecretObject> list(SecretsAccess access, SecretFilter filter) {
    access.require(Action.READ);
    Presented found =
        database.read(
            db -> {
              try (EnvironmentKeys keys = open(db, access)) {
                Optional<String> digest = filter.key().map(keys::keyDigest);
                List<StoredSecret> stored =
                    SecretStore.list(db, access.ciphertexts(), filter, digest, SecretStore.BY_PATH);
                return presenter.read(db, access, keys, stored, filter.matchesAll());
              }
            });
    List<AuditEvent> events = new ArrayList<>();
    events.add(SecretEvents.read(access.ciphertexts(), found.secrets()));
    events.addAll(SecretEvents.throughReferences(found));
    audit.recordDurably(access.caller(), events);
    return found.secrets();
  }

  /** Creates all, or none. */
  List<SecretObject> create(SecretsAccess access, List<NewSecret> wanted) {
    access.require(Action.CREATE);
    try (EnvironmentKeys keys = database.read(db -> open(db, access))) {
      List<SealedSecret> encrypted = new ArrayList<>(wanted.size());
      try (FieldSealer sealer = keys.sealer()) {
        wanted.forEach(one -> encrypted.add(one.seal(keys, sealer)));
      }
      return answer(access, keys, transactions.create(access.ciphertexts(), encrypted));
    }
  }

  /** Changes all, or none. */
  List<SecretObject> update(SecretsAccess access, List<SecretChange> changes) {
    access.require(Action.UPDATE);
    try (EnvironmentKeys keys = database.read(db -> open(db, access))) {
      List<SealedChange> encrypted = new ArrayList<>(changes.size());
      try (FieldSealer sealer = keys.sealer()) {
        changes.forEach(one -> encrypted.add(one.seal(keys, sealer)));
      }
      return answer(access, keys, transactions.update(access.ciphertexts(), encrypted));
    }
  }

  /** Deletes all, or none; returns how many. */
  int delete(SecretsAccess access, Set<String> writtenIds) {
    return transactions.delete(access.ciphertexts(), writtenIds);
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
}
