package lockstep.server.environmentkeys;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;

/**
 * What a rotation did.
 *
 * @param id of the environment
 * @param identityKey its new public key, 64 hexadecimal digits
 * @param secrets how many were encrypted anew, deleted ones included
 * @param versions how many rows of their histories were
 * @param overrides how many personal values were
 * @param accounts how many hold the new keys
 * @param unreadable how many secrets have something that the old keys did not open, which stays as
 *     it was
 * @param updatedAt when it was done; the new time of change of the environment
 */
record RotatedKeys(
    UUID id,
    String identityKey,
    int secrets,
    int versions,
    int overrides,
    int accounts,
    int unreadable,
    Instant updatedAt) {

  AuditEvent event(EnvironmentAccess access, String oldIdentityKey) {
    return new AuditEvent(
        AuditAction.UPDATE,
        AuditedResource.ENVIRONMENT,
        Optional.of(id),
        Optional.of(access.environment()),
        "Environment keys rotated",
        Map.of(
            "oldIdentityKey", oldIdentityKey,
            "newIdentityKey", identityKey,
            "secrets", secrets,
            "versions", versions,
            "overrides", overrides,
            "accounts", accounts,
            "unreadable", unreadable));
  }
}
