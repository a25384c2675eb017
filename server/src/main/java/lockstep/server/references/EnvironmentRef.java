package lockstep.server.references;

import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;

/**
 * An environment that secrets are read in.
 *
 * @param name for people, as in messages about references that lead nowhere
 */
public record EnvironmentRef(AppId app, EnvironmentId id, String name) {}
