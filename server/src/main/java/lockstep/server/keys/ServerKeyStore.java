package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.SERVER_KEY;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jooq.DSLContext;

/** Queries about which server keys the database knows. */
final class ServerKeyStore {

  private ServerKeyStore() {}

  /** The name of the key in use; empty on a database that no server of this version started on. */
  static Optional<String> inUse(DSLContext db) {
    return db.select(SERVER_KEY.PUBLIC_KEY)
        .from(SERVER_KEY)
        .orderBy(SERVER_KEY.SEQUENCE.desc())
        .limit(1)
        .fetchOptional(SERVER_KEY.PUBLIC_KEY);
  }

  /** The names of all keys that something is wrapped to. */
  static Set<String> needed(DSLContext db) {
    Set<String> names = new TreeSet<>();
    names.addAll(
        db.selectDistinct(ENVIRONMENT_SERVER_KEY.SERVER_KEY)
            .from(ENVIRONMENT_SERVER_KEY)
            .where(ENVIRONMENT_SERVER_KEY.SERVER_KEY.isNotNull())
            .fetchSet(ENVIRONMENT_SERVER_KEY.SERVER_KEY));
    names.addAll(
        db.selectDistinct(SERVICE_ACCOUNT.SERVER_KEY)
            .from(SERVICE_ACCOUNT)
            .where(SERVICE_ACCOUNT.SERVER_KEY.isNotNull())
            .fetchSet(SERVICE_ACCOUNT.SERVER_KEY));
    names.remove(ServerCopy.UNUSABLE);
    return names;
  }
}
