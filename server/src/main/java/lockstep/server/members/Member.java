package lockstep.server.members;

import java.time.Instant;
import java.util.UUID;
import lockstep.server.accounts.RoleName;
import org.jspecify.annotations.Nullable;

/**
 * A member, in the form in which it is answered.
 *
 * @param id of the membership, not of the person
 */
record Member(
    UUID id,
    String username,
    @Nullable String fullName,
    String email,
    @Nullable RoleName role,
    Instant createdAt,
    Instant updatedAt) {}
