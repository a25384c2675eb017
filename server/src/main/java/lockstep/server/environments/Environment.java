package lockstep.server.environments;

import java.time.Instant;
import java.util.UUID;

/**
 * An environment, in the form in which it is answered.
 *
 * @param envType wire name of an {@link EnvironmentType}
 * @param index place among the environments of the app
 */
public record Environment(
    UUID id, String name, String envType, int index, Instant createdAt, Instant updatedAt) {}
