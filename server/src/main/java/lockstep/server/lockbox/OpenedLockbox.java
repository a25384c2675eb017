package lockstep.server.lockbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A shared text as it is handed out: what only the link decrypts, and the count of views. */
record OpenedLockbox(
    UUID id,
    Map<String, String> data,
    long views,
    @Nullable Long allowedViews,
    @Nullable Instant expiresAt,
    Instant createdAt) {

  static OpenedLockbox of(Lockbox box, String ciphertext) {
    return new OpenedLockbox(
        box.id(),
        Map.of("data", ciphertext),
        box.views(),
        box.allowedViews(),
        box.expiresAt(),
        box.createdAt());
  }
}
