package lockstep.server.secrets;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.access.SecretsAccess;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import org.jspecify.annotations.Nullable;

/**
 * A secret as it is answered: in plain text, or, to clients that hold the keys of the environment,
 * encrypted.
 */
record SecretObject(
    UUID id,
    UUID environment,
    @Nullable UUID folder,
    String path,
    String key,
    String keyDigest,
    String value,
    String comment,
    List<String> tags,
    String type,
    String lifecycle,
    int version,
    @Nullable PersonalOverride override,
    Instant createdAt,
    Instant updatedAt) {

  /** A secret as it is stored, with the value of the caller. */
  static SecretObject encrypted(CiphertextAccess access, StoredSecret secret) {
    return new SecretObject(
        secret.id(),
        access.environment().value(),
        secret.folder(),
        secret.path(),
        secret.key(),
        secret.keyDigest(),
        secret.value(),
        secret.comment(),
        secret.tags(),
        secret.type(),
        secret.lifecycle(),
        secret.version(),
        secret.override().map(own -> override(own, own.value())).orElse(null),
        secret.createdAt(),
        secret.updatedAt());
  }

  /** A secret in plain text as it is written, without the value of the caller. */
  static SecretObject decrypted(SecretsAccess access, StoredSecret secret, FieldOpener opener) {
    return new SecretObject(
        secret.id(),
        access.environment().value(),
        secret.folder(),
        secret.path(),
        opener.open(secret.key()),
        secret.keyDigest(),
        opener.open(secret.value()),
        secret.comment().isEmpty() ? "" : opener.open(secret.comment()),
        secret.tags(),
        secret.type(),
        secret.lifecycle(),
        secret.version(),
        null,
        secret.createdAt(),
        secret.updatedAt());
  }

  /** The same, shown with other values. */
  SecretObject showing(String otherValue, @Nullable PersonalOverride otherOverride) {
    return new SecretObject(
        id,
        environment,
        folder,
        path,
        key,
        keyDigest,
        otherValue,
        comment,
        tags,
        type,
        lifecycle,
        version,
        otherOverride,
        createdAt,
        updatedAt);
  }

  /** The caller's own value of a secret, shown with this text. */
  static PersonalOverride override(StoredOverride own, String value) {
    return new PersonalOverride(own.id(), value, own.isActive(), own.createdAt(), own.updatedAt());
  }

  /** How audit events name what was read or written. */
  String idAndVersion() {
    return id + ":" + version;
  }

  @Override
  public String toString() {
    return "SecretObject[" + id + ", content not shown]";
  }

  /** The caller's own value. */
  record PersonalOverride(
      UUID id, String value, boolean isActive, Instant createdAt, Instant updatedAt) {

    @Override
    public String toString() {
      return "PersonalOverride[" + id + ", content not shown]";
    }
  }
}
