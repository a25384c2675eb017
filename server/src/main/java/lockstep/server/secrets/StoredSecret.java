package lockstep.server.secrets;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.crypto.Sha256;
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

  /**
   * Digest of all that the database has of it, except for overrides: what has the same one is
   * decrypted to the same, and answered alike.
   */
  String state() {
    StringBuilder text = new StringBuilder(1_024);
    Stream.concat(
            Stream.of(
                id, folder, path, key, keyDigest, value, comment, type, lifecycle, version,
                createdAt, updatedAt),
            tags.stream())
        .map(String::valueOf)
        // With lengths, or names could be chosen so that others look the same.
        .forEach(part -> text.append(part.length()).append(':').append(part));
    return HexFormat.of().formatHex(Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)));
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
