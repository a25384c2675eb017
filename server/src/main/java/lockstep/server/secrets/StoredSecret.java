package lockstep.server.secrets;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A secret as it is stored: key, value and comment are {@code ph:v1} ciphertexts, an absent comment
 * is empty.
 *
 * @param override the value of the caller for whom the secret was read
 */
record StoredSecret(
    UUID id,
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
    Optional<StoredOverride> override,
    Instant createdAt,
    Instant updatedAt) {

  boolean isSealed() {
    return type.equals(SecretType.SEALED.wireName());
  }

  boolean isRotating() {
    return lifecycle.equals("rotating");
  }

  /** How audit events name what was read or written. */
  String idAndVersion() {
    return id + ":" + version;
  }

  /** What a version keeps of it. */
  SecretContent content() {
    return new SecretContent(path, key, keyDigest, value, comment, tags, type);
  }

  StoredSecret withOverride(Optional<StoredOverride> changed) {
    return new StoredSecret(
        id, folder, path, key, keyDigest, value, comment, tags, type, lifecycle, version, changed,
        createdAt, updatedAt);
  }

  /** A member's own value of a secret. */
  record StoredOverride(
      UUID id, String value, boolean isActive, Instant createdAt, Instant updatedAt) {}
}
