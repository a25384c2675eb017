package lockstep.server.serviceaccounts;

import java.time.Instant;
import java.util.UUID;
import lockstep.server.accounts.RoleName;
import org.jspecify.annotations.Nullable;

/** A service account that was just made, with its first token. */
record NewServiceAccount(
    UUID id,
    String name,
    @Nullable RoleName role,
    Instant createdAt,
    Instant updatedAt,
    NewToken initialToken) {}
