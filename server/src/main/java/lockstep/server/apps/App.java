package lockstep.server.apps;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An app, in the form in which it is stored and answered. */
record App(
    UUID id,
    String name,
    @Nullable String description,
    boolean sseEnabled,
    Instant createdAt,
    Instant updatedAt) {}
