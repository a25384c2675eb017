package lockstep.server.secrets;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.Access;
import lockstep.server.access.SecretsAccess;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Turns stored secrets into answers: decrypted, with the references that the caller may follow. */
final class SecretPresenter {

  private final EnvironmentKeyring keyring;
  private final Access access;

  SecretPresenter(EnvironmentKeyring keyring, Access access) {
    this.keyring = keyring;
    this.access = access;
  }

  /** All references are resolved against the snapshot that {@code db} sees. */
  List<SecretObject> present(
      DSLContext db, SecretsAccess granted, EnvironmentKeys keys, List<StoredSecret> secrets) {
    List<SecretObject> presented = new ArrayList<>(secrets.size());
    try (FieldOpener opener = keys.opener();
        SecretReferences references =
            new SecretReferences(db, granted, keys, opener, keyring, access)) {
      for (StoredSecret secret : secrets) {
        presented.add(present(granted, secret, opener, references));
      }
    }
    return presented;
  }

  private static SecretObject present(
      SecretsAccess granted, StoredSecret secret, FieldOpener opener, SecretReferences references) {
    return new SecretObject(
        secret.id(),
        granted.environment().value(),
        secret.folder(),
        secret.path(),
        opener.open(secret.key()),
        secret.keyDigest(),
        references.resolve(secret.id(), opener.open(secret.value())),
        secret.comment().isEmpty() ? "" : opener.open(secret.comment()),
        secret.tags(),
        secret.type(),
        secret.lifecycle(),
        secret.version(),
        override(secret, opener, references),
        secret.createdAt(),
        secret.updatedAt());
  }

  private static SecretObject.@Nullable PersonalOverride override(
      StoredSecret secret, FieldOpener opener, SecretReferences references) {
    Optional<StoredOverride> stored = secret.override();
    if (stored.isEmpty()) {
      return null;
    }
    StoredOverride own = stored.get();
    return new SecretObject.PersonalOverride(
        own.id(),
        references.resolve(secret.id(), opener.open(own.value())),
        own.isActive(),
        own.createdAt(),
        own.updatedAt());
  }
}
