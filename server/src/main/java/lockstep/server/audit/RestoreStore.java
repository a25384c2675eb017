package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.SERVER_SETTING;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/** Queries about a restore that is not on record yet. */
final class RestoreStore {

  private static final String NOTE = "restored";

  private RestoreStore() {}

  static void note(DSLContext db, String times) {
    db.insertInto(SERVER_SETTING)
        .set(SERVER_SETTING.NAME, NOTE)
        .set(SERVER_SETTING.SETTING, times)
        .onConflict(SERVER_SETTING.NAME)
        .doUpdate()
        .set(SERVER_SETTING.SETTING, times)
        .execute();
  }

  static boolean isNoted(DSLContext db) {
    return db.fetchExists(SERVER_SETTING, SERVER_SETTING.NAME.eq(NOTE));
  }

  /** Of several servers that start at once, one gets it. */
  static Optional<String> take(DSLContext db) {
    return db.deleteFrom(SERVER_SETTING)
        .where(SERVER_SETTING.NAME.eq(NOTE))
        .returning(SERVER_SETTING.SETTING)
        .fetchOptional(SERVER_SETTING.SETTING);
  }

  static List<UUID> organisations(DSLContext db) {
    return db.select(ORGANISATION.ID).from(ORGANISATION).fetch(ORGANISATION.ID);
  }
}
