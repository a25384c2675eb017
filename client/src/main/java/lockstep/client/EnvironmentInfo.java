package lockstep.client;

import java.time.Instant;

/**
 * An environment that the token opens.
 *
 * @param id id
 * @param name name, unique in its app without regard to case
 * @param type what it is for
 * @param index its place among the environments of the app
 * @param updatedAt when something in it last changed
 */
public record EnvironmentInfo(
    String id, String name, EnvironmentType type, int index, Instant updatedAt) {}
