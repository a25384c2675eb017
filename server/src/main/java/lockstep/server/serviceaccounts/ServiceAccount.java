package lockstep.server.serviceaccounts;

import java.time.Instant;
import java.util.UUID;
import lockstep.server.accounts.RoleName;
import org.jspecify.annotations.Nullable;

/** A service account, in the form in which lists answer it. */
record ServiceAccount(
    UUID id, String name, @Nullable RoleName role, Instant createdAt, Instant updatedAt) {}
