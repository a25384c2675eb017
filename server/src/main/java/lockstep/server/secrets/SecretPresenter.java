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
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns stored secrets into answers: decrypted, with the references that the caller may follow.
 *
 * <p>Clients that encrypt for themselves can store what nobody can decrypt. Such a secret is left
 * out and logged, because otherwise it would take all others of its environment with it.
 */
final class SecretPresenter {

  private static final Logger LOG = LoggerFactory.getLogger(SecretPresenter.class);
  private static final int MAXIMUM_LOGGED = 20;

  private final EnvironmentKeyring keyring;
  private final Access access;

  SecretPresenter(EnvironmentKeyring keyring, Access access) {
    this.keyring = keyring;
    this.access = access;
  }

  /**
   * Presents secrets that were asked for.
   *
   * @param secrets read from the snapshot that {@code db} sees, as are all that they refer to
   * @param isWholeEnvironment whether the environment has no others
   */
  Presented read(
      DSLContext db,
      SecretsAccess granted,
      EnvironmentKeys keys,
      List<StoredSecret> secrets,
      boolean isWholeEnvironment) {
    Optional<List<StoredSecret>> all = isWholeEnvironment ? Optional.of(secrets) : Optional.empty();
    return present(db, granted, keys, secrets, all);
  }

  /**
   * Presents secrets that were written. Their references stay as written if the caller may not read
   * secrets: or it could write itself a way to any.
   */
  Presented written(
      DSLContext db, SecretsAccess granted, EnvironmentKeys keys, List<StoredSecret> secrets) {
    if (access.mayRead(db, granted)) {
      return present(db, granted, keys, secrets, Optional.empty());
    }
    try (FieldOpener opener = keys.opener()) {
      return new Presented(presentEach(granted, secrets, opener, (_, value) -> value), Map.of());
    }
  }

  private Presented present(
      DSLContext db,
      SecretsAccess granted,
      EnvironmentKeys keys,
      List<StoredSecret> secrets,
      Optional<List<StoredSecret>> allAtHome) {
    try (FieldOpener opener = keys.opener();
        SecretReferences references =
            new SecretReferences(db, granted, keys, opener, allAtHome, keyring, access)) {
      List<SecretObject> presented = presentEach(granted, secrets, opener, references::resolve);
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
    if (!unreadable.isEmpty()) {
      LOG.warn(
          "{} secrets of environment {} cannot be decrypted and were left out, among them {}",
          unreadable.size(),
          granted.environment(),
          unreadable.subList(0, Math.min(unreadable.size(), MAXIMUM_LOGGED)));
    }
    return presented;
  }

  private static SecretObject present(
      SecretsAccess granted, StoredSecret secret, FieldOpener opener, Resolving references) {
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
      StoredSecret secret, FieldOpener opener, Resolving references) {
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
