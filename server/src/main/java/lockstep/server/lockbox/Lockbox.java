package lockstep.server.lockbox;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A shared text, without the text.
 *
 * @param views how often it was opened
 * @param allowedViews how often it may be opened; null if as often as anybody likes
 * @param expiresAt null if never
 */
record Lockbox(
    UUID id,
    long views,
    @Nullable Long allowedViews,
    @Nullable Instant expiresAt,
    Instant createdAt) {}
