package lockstep.server.audit;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.http.Json;
import lockstep.server.ids.EnvironmentId;

/**
 * What happened. Holds no secret value, key name, comment or token, in no field.
 *
 * @param resource the thing it happened to; empty for reads of many
 * @param environment the environment the thing belongs to, if any
 * @param description one English phrase for people
 * @param details a JSON object of what else is worth keeping, such as old and new values
 */
public record AuditEvent(
    AuditAction action,
    AuditedResource resourceType,
    Optional<UUID> resource,
    Optional<EnvironmentId> environment,
    String description,
    Json.Written details) {

  /** As the other one, with a JSON object of these members as details. */
  public AuditEvent(
      AuditAction action,
      AuditedResource resourceType,
      Optional<UUID> resource,
      Optional<EnvironmentId> environment,
      String description,
      Map<String, ?> details) {
    this(action, resourceType, resource, environment, description, Json.Written.of(details));
  }

  /** An event about one thing outside any environment. */
  public static AuditEvent of(
      AuditAction action,
      AuditedResource type,
      UUID resource,
      String description,
      Map<String, ?> details) {
    return new AuditEvent(
        action, type, Optional.of(resource), Optional.empty(), description, details);
  }
}
