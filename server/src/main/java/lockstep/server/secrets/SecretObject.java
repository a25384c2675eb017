package lockstep.server.secrets;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A secret as it is answered, in plain text. */
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
