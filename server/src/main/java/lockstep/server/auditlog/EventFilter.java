package lockstep.server.auditlog;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditedResource;

/**
 * Which events are asked for: those that everything given here is true of.
 *
 * @param account who did it
 * @param resource what it was done to
 * @param from the first time
 * @param to the time before which it happened
 */
record EventFilter(
    Optional<UUID> account,
    Optional<AuditAction> action,
    Optional<AuditedResource> resourceType,
    Optional<UUID> resource,
    Optional<UUID> environment,
    Optional<Instant> from,
    Optional<Instant> to) {

  /** What is given, for the record of who asked. */
  Map<String, Object> details() {
    Map<String, Object> given = new LinkedHashMap<>();
    account.ifPresent(id -> given.put("accountId", id));
    action.ifPresent(value -> given.put("action", value.storedName()));
    resourceType.ifPresent(value -> given.put("resourceType", value.storedName()));
    resource.ifPresent(id -> given.put("resourceId", id));
    environment.ifPresent(id -> given.put("environmentId", id));
    from.ifPresent(time -> given.put("from", time));
    to.ifPresent(time -> given.put("to", time));
    return given;
  }
}
