package lockstep.server.secrets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.Json;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.secrets.RolledBack.Version;

/** The audit events of secrets, one per request and environment, with ids and versions. */
final class SecretEvents {

  private SecretEvents() {}

  static AuditEvent read(CiphertextAccess access, ReadDetails read, Listed listed) {
    return new AuditEvent(
        AuditAction.READ,
        AuditedResource.SECRET,
        Optional.empty(),
        Optional.of(access.environment()),
        "Secrets read",
        listed.json().isPresent() ? read.shown() : read.notModified());
  }

  static AuditEvent created(CiphertextAccess access, List<StoredSecret> secrets) {
    return change(AuditAction.CREATE, access, "Secrets created", secrets);
  }

  static AuditEvent updated(CiphertextAccess access, List<StoredSecret> secrets) {
    return change(AuditAction.UPDATE, access, "Secrets updated", secrets);
  }

  static AuditEvent deleted(CiphertextAccess access, List<StoredSecret> secrets) {
    return change(AuditAction.DELETE, access, "Secrets deleted", secrets);
  }

  /** A read of what secrets were; all their versions, whether with values or without. */
  static AuditEvent versionsRead(CiphertextAccess access, List<StoredVersion> read) {
    List<String> versions = read.stream().map(StoredVersion::idAndVersion).distinct().toList();
    return event(
        AuditAction.READ,
        access.environment(),
        "Secret versions read",
        Map.of("secrets", versions, "via", "history"));
  }

  static AuditEvent restored(
      CiphertextAccess access, StoredSecret secret, long from, boolean wasDeleted) {
    return event(
        wasDeleted ? AuditAction.CREATE : AuditAction.UPDATE,
        access.environment(),
        "Secret restored",
        Map.of("secrets", List.of(secret.idAndVersion()), "restoredVersion", from));
  }

  static AuditEvent rolledBack(CiphertextAccess access, RolledBack done) {
    return event(
        AuditAction.UPDATE,
        access.environment(),
        "Environment rolled back",
        Map.of(
            "at", Json.text(done.at()),
            "restored", done.restored().stream().map(Version::toString).toList(),
            "secrets", done.changed().stream().map(Version::toString).toList(),
            "deleted", done.deleted().stream().map(Version::toString).toList(),
            "kept", done.kept().stream().map(one -> one.id() + " " + one.reason()).toList()));
  }

  /**
   * Reads of what references brought into an answer that does not list it itself.
   *
   * @param listed ids and versions of what it lists
   */
  static List<AuditEvent> throughReferences(
      Supplier<Stream<String>> listed, Map<EnvironmentId, List<String>> throughReferences) {
    if (throughReferences.isEmpty()) {
      return List.of();
    }
    Set<String> shown = listed.get().collect(Collectors.toSet());
    List<AuditEvent> events = new ArrayList<>();
    throughReferences.forEach(
        (environment, all) -> {
          List<String> versions = all.stream().filter(version -> !shown.contains(version)).toList();
          if (!versions.isEmpty()) {
            events.add(
                event(
                    AuditAction.READ,
                    environment,
                    "Secrets read through references",
                    Map.of("secrets", versions, "via", "references")));
          }
        });
    return events;
  }

  private static AuditEvent change(
      AuditAction action, CiphertextAccess access, String description, List<StoredSecret> secrets) {
    List<String> versions = secrets.stream().map(StoredSecret::idAndVersion).toList();
    return event(action, access.environment(), description, Map.of("secrets", versions));
  }

  private static AuditEvent event(
      AuditAction action, EnvironmentId environment, String description, Map<String, ?> details) {
    return new AuditEvent(
        action,
        AuditedResource.SECRET,
        Optional.empty(),
        Optional.of(environment),
        description,
        details);
  }
}
