package lockstep.server.teams;

import java.time.Instant;
import java.util.UUID;
import lockstep.server.accounts.RoleName;
import org.jspecify.annotations.Nullable;

/** A team, in the form in which lists answer it. */
record Team(
    UUID id,
    String name,
    String description,
    boolean isScimManaged,
    @Nullable RoleName memberRole,
    @Nullable RoleName serviceAccountRole,
    @Nullable Owner owner,
    Instant createdAt,
    Instant updatedAt) {

  /** The member who owns a team. */
  record Owner(UUID id, String email) {}
}
