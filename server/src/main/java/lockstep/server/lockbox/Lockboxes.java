package lockstep.server.lockbox;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.ids.LockboxId;
import lockstep.server.store.Database;
import org.jspecify.annotations.Nullable;

/** The rules of members about the texts that they share. */
public final class Lockboxes {

  private static final int MAXIMUM_PER_MEMBER = 1_000;

  private final Database database;
  private final Audit audit;
  private final Clock clock;

  /** Keeps shared texts in this database. */
  public Lockboxes(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
  }

  List<Lockbox> list(OwnAccountAccess access) {
    return database.read(db -> LockboxStore.list(db, access, clock.instant()));
  }

  /** Shares a text. What the member shared before and has expired goes on this occasion. */
  Lockbox create(OwnAccountAccess access, Fields body) {
    NewLockbox wanted = NewLockbox.read(body, clock.instant());
    // Whoever has the id can take a view, so it tells nothing, its time included.
    UUID id = UUID.randomUUID();
    return database.write(
        db -> {
          Instant now = clock.instant();
          LockboxStore.deleteExpired(db, access, now);
          if (LockboxStore.count(db, access) >= MAXIMUM_PER_MEMBER) {
            throw ApiException.conflict(
                "You cannot share more than "
                    + MAXIMUM_PER_MEMBER
                    + " texts at a time. Delete some of them first.");
          }
          Lockbox box = new Lockbox(id, 0, wanted.allowedViews(), wanted.expiresAt(), now);
          LockboxStore.insert(db, access, box, wanted.ciphertext());
          audit.record(
              db,
              access.caller(),
              AuditEvent.of(
                  AuditAction.CREATE,
                  AuditedResource.LOCKBOX,
                  id,
                  "Lockbox created",
                  limits(wanted)));
          return box;
        });
  }

  private static Map<String, Object> limits(NewLockbox wanted) {
    Map<String, Object> limits = new HashMap<>();
    @Nullable Long views = wanted.allowedViews();
    if (views != null) {
      limits.put("allowedViews", views);
    }
    @Nullable Instant expiresAt = wanted.expiresAt();
    if (expiresAt != null) {
      limits.put("expiresAt", expiresAt);
    }
    return limits;
  }

  /** Takes back what the caller shared. */
  void delete(OwnAccountAccess access, String id) {
    LockboxId box = LockboxId.parse(id).orElseThrow(Lockboxes::unknown);
    database.write(
        db -> {
          if (!LockboxStore.delete(db, access, box, clock.instant())) {
            throw unknown();
          }
          audit.record(
              db,
              access.caller(),
              AuditEvent.of(
                  AuditAction.DELETE,
                  AuditedResource.LOCKBOX,
                  box.value(),
                  "Lockbox deleted",
                  Map.of()));
          return box;
        });
  }

  private static ApiException unknown() {
    return ApiException.notFound("Lockbox not found.");
  }
}
