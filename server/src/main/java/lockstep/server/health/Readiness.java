package lockstep.server.health;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import lockstep.server.store.Database;
import lockstep.server.store.StoreUnavailableException;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether requests can be served: the database is migrated, readable and takes durable writes, and
 * this server has the key that it uses. A probe writes, and anybody may ask, so an answer is good
 * for a moment.
 */
public final class Readiness {

  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
  private static final Duration VALIDITY = Duration.ofSeconds(2);
  private static final String PROBE = "readiness_probe";

  private final Database database;
  private final Predicate<DSLContext> condition;
  private final Clock clock;
  private final ReentrantLock probing = new ReentrantLock();
  private volatile Answer last = new Answer(Instant.EPOCH, false);

  private record Answer(Instant at, boolean ready) {

    boolean isValid(Instant now) {
      return !at.plus(VALIDITY).isBefore(now) && !now.isBefore(at);
    }
  }

  /**
   * Probes this database.
   *
   * @param condition what must hold as well, of what is in the database
   */
  public Readiness(Database database, Predicate<DSLContext> condition, Clock clock) {
    this.database = database;
    this.condition = condition;
    this.clock = clock;
  }

  /** One caller probes at a time; meanwhile, others get the last answer. */
  boolean isReady() {
    if (!last.isValid(clock.instant()) && probing.tryLock()) {
      try {
        boolean ready = probe(clock.instant());
        last = new Answer(clock.instant(), ready);
      } finally {
        probing.unlock();
      }
    }
    return last.ready();
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
      return database.read(
          db ->
              db.fetchExists(SERVER_SETTING, SERVER_SETTING.NAME.eq(PROBE)) && condition.test(db));
    } catch (StoreUnavailableException | DataAccessException e) {
      LOG.warn("not ready: {}", e.getMessage());
      return false;
    }
  }
}
