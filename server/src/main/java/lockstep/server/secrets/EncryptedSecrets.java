package lockstep.server.secrets;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import lockstep.references.SecretPath;
import lockstep.server.access.Action;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.audit.Audit;
import lockstep.server.http.Fields;
import lockstep.server.store.Database;

/**
 * Secrets for clients that hold the keys of their environments. Only ciphertexts go in and out;
 * nothing here could open one. What is read is on record first, batches are atomic.
 */
public final class EncryptedSecrets {

  private final Database database;
  private final SecretTransactions transactions;
  private final Audit audit;

  /** Keeps secrets in this database. */
  public EncryptedSecrets(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.transactions = new SecretTransactions(database, audit, clock);
    this.audit = audit;
  }

  /**
   * Those that match, the oldest first, ready to be written as JSON. What is empty matches all.
   *
   * @param keyDigest exactly as it was stored
   * @param tags names of which a secret has at least one, separated by commas
   */
  public List<SecretObject> list(
      CiphertextAccess access,
      Optional<String> path,
      Optional<String> keyDigest,
      Optional<String> tags) {
    access.require(Action.READ);
    SecretFilter filter =
        new SecretFilter(
            path.map(SecretPath::of), Optional.empty(), tags.map(SecretFilter::tagNames));
    List<SecretObject> found =
        database
            .read(db -> SecretStore.list(db, access, filter, keyDigest, SecretStore.BY_AGE))
            .stream()
            .map(secret -> SecretObject.encrypted(access, secret))
            .toList();
    audit.recordDurably(access.caller(), List.of(SecretEvents.read(access, found)));
    return found;
  }

  /** Creates the secrets in a request body: all, or none. */
  public void create(CiphertextAccess access, Fields body) {
    List<SealedSecret> wanted = SealedBodies.newSecrets(body, access.caller().isMember());
    if (!wanted.isEmpty()) {
      transactions.create(access, wanted);
    }
  }

  /** Changes the secrets in a request body: all, or none. */
  public void update(CiphertextAccess access, Fields body) {
    List<SealedChange> changes = SealedBodies.changes(body, access.caller().isMember());
    if (!changes.isEmpty()) {
      transactions.update(access, changes);
    }
  }

  /** Deletes the secrets in a request body, as far as there are such: all, or none. */
  public void delete(CiphertextAccess access, Fields body) {
    transactions.deleteExisting(access, SealedBodies.ids(body));
  }
}
