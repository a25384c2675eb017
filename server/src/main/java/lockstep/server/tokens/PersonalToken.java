package lockstep.server.tokens;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be shown of a personal access token. */
public record PersonalToken(
    UUID id,
    String name,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt) {}
