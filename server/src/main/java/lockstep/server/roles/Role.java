package lockstep.server.roles;

import java.time.Instant;
import java.util.UUID;
import lockstep.server.access.PermissionSet;
import org.jspecify.annotations.Nullable;

/**
 * A role, as it is stored.
 *
 * @param description null for default roles, which need none
 * @param color text for user interfaces, in whatever form they agree on; possibly empty
 * @param globalAccess whether holders reach every app and environment of the organisation
 */
public record Role(
    UUID id,
    String name,
    @Nullable String description,
    String color,
    boolean isDefault,
    boolean globalAccess,
    PermissionSet permissions,
    Instant createdAt) {}
