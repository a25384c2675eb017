package lockstep.server.secrets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.Access;
import lockstep.server.access.SecretsAccess;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import org.jooq.DSLContext;

/**
 * Turns secrets that were written into answers: decrypted, with the references that the caller may
 * follow. What cannot be decrypted, although it was just encrypted, is left out and logged.
 */
final class SecretPresenter {

  private final SecretSnapshots snapshots;
  private final Access access;

  SecretPresenter(SecretSnapshots snapshots, Access access) {
    this.snapshots = snapshots;
    this.access = access;
  }

  /**
   * Presents secrets that were written. Their references stay as written if the caller may not read
   * secrets: or it could write itself a way to any.
   */
  Presented written(
      DSLContext db, SecretsAccess granted, EnvironmentKeys keys, List<StoredSecret> secrets) {
    try (FieldOpener opener = keys.opener();
        SecretReferences references =
            new SecretReferences(db, granted, Optional.empty(), snapshots, access)) {
      Resolving resolving = access.mayRead(db, granted) ? references::resolve : (_, value) -> value;
      List<SecretObject> presented = presentEach(granted, secrets, opener, resolving);
      return new Presented(presented, references.substituted());
    }
  }

  private static List<SecretObject> presentEach(
      SecretsAccess granted, List<StoredSecret> secrets, FieldOpener opener, Resolving references) {
    List<SecretObject> presented = new ArrayList<>(secrets.size());
    List<UUID> unreadable = new ArrayList<>();
    for (StoredSecret secret : secrets) {
      try {
        presented.add(present(granted, secret, opener, references));
      } catch (CryptoException e) {
        unreadable.add(secret.id());
      }
    }
    SecretSnapshots.logUnreadable(granted.environment(), unreadable);
    return presented;
  }

  private static SecretObject present(
      SecretsAccess granted, StoredSecret secret, FieldOpener opener, Resolving references) {
    SecretObject plain = SecretObject.decrypted(granted, secret, opener);
    Optional<StoredOverride> own = secret.override();
    return plain.showing(
        references.resolve(secret.id(), plain.value()),
        own.isEmpty()
            ? null
            : SecretObject.override(
                own.get(), references.resolve(secret.id(), opener.open(own.get().value()))));
  }

  /**
   * What is answered.
   *
   * @param throughReferences what references brought into it: ids and versions of secrets by their
   *     environment
   */
  record Presented(
      List<SecretObject> secrets, Map<EnvironmentId, List<String>> throughReferences) {}

  /** Replaces the references in the value of a secret. */
  private interface Resolving {
    String resolve(UUID secret, String value);
  }
}
