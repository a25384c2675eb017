package lockstep.references;

import java.util.UUID;

/**
 * An environment that secrets are read in.
 *
 * @param name for people, as in messages about references that lead nowhere
 */
public record EnvironmentRef(UUID app, UUID id, String name) {}
