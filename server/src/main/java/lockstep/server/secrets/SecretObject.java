package lockstep.server.secrets;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.access.CiphertextAccess;
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
        secret.override().map(SecretObject::encrypted).orElse(null),
        secret.createdAt(),
        secret.updatedAt());
  }

  private static PersonalOverride encrypted(StoredOverride own) {
    return new PersonalOverride(
        own.id(), own.value(), own.isActive(), own.createdAt(), own.updatedAt());
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
