package lockstep.server.audit;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.http.Json;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * That a database was restored from a backup, on record in the chain of each organisation. Who
 * restores notes it down in the database, and the next server to start records it.
 */
public final class Restores {

  private final Database database;
  private final Audit audit;

  /** Restores of this database. */
  public Restores(Database database, Audit audit) {
    this.database = database;
    this.audit = audit;
  }

  /**
   * Notes down a restore in the transaction that makes it.
   *
   * @param backupFrom when the backup was made
   * @param now when it is restored
   */
  public static void note(DSLContext db, Instant backupFrom, Instant now) {
    RestoreStore.note(db, Json.text(backupFrom) + " " + Json.text(now));
  }

  /** Records a restore that was noted down, once, whichever server is the first. */
  public void record() {
    if (database.read(RestoreStore::isNoted)) {
      database.writeLong(
          db -> {
            Optional<String> note = RestoreStore.take(db);
            note.ifPresent(times -> record(db, times));
            return note;
          });
    }
  }

  private void record(DSLContext db, String times) {
    String[] both = times.split(" ", 2);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("backupFrom", both[0]);
    details.put("restoredAt", both[both.length - 1]);
    for (UUID organisation : RestoreStore.organisations(db)) {
      audit.recordByServer(
          db,
          new OrganisationId(organisation),
          AuditEvent.of(
              AuditAction.UPDATE,
              AuditedResource.ORGANISATION,
              organisation,
              "Restored from a backup",
              details));
    }
  }
}
