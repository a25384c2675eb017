package lockstep.server.health;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import lockstep.server.store.Database;
import lockstep.server.store.StoreUnavailableException;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether requests can be served: the database is migrated, readable and takes durable writes. A
 * probe writes, and anybody may ask, so an answer is good for a moment.
 */
public final class Readiness {

  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
  private static final Duration VALIDITY = Duration.ofSeconds(2);
  private static final String PROBE = "readiness_probe";

  private final Database database;
  private final Clock clock;
  private Instant probedAt = Instant.EPOCH;
  private boolean ready;

  /** Probes this database. */
  public Readiness(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  synchronized boolean isReady() {
    Instant now = clock.instant();
    if (probedAt.plus(VALIDITY).isBefore(now) || now.isBefore(probedAt)) {
      ready = probe(now);
      probedAt = now;
    }
    return ready;
  }

  private boolean probe(Instant now) {
    try {
      database.write(
          db ->
              db.insertInto(SERVER_SETTING, SERVER_SETTING.NAME, SERVER_SETTING.SETTING)
                  .values(PROBE, now.toString())
                  .onConflict(SERVER_SETTING.NAME)
                  .doUpdate()
                  .set(SERVER_SETTING.SETTING, now.toString())
                  .execute());
      return database.read(db -> db.fetchExists(SERVER_SETTING, SERVER_SETTING.NAME.eq(PROBE)));
    } catch (StoreUnavailableException | DataAccessException e) {
      LOG.warn("not ready: {}", e.getMessage());
      return false;
    }
  }
}
