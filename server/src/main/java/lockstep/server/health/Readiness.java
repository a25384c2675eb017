package lockstep.server.health;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
  private static final Optional<String> NO_DATABASE =
      Optional.of("The database cannot be read and written right now.");
  private static final Optional<String> NO_KEY =
      Optional.of("This server does not have the server key that is in use.");

  private final Database database;
  private final Predicate<DSLContext> hasKey;
  private final Clock clock;
  private final Supplier<Optional<String>> obstacle;
  private final ReentrantLock probing = new ReentrantLock();
  private volatile Answer last = new Answer(Instant.EPOCH, NO_DATABASE);

  private record Answer(Instant at, Optional<String> obstacle) {

    boolean isValid(Instant now) {
      return !at.plus(VALIDITY).isBefore(now) && !now.isBefore(at);
    }
  }

  /**
   * Probes this database.
   *
   * @param hasKey whether this server has the key that the database says is in use
   * @param obstacle what else stands in the way of requests, as a sentence; knows it without asking
   */
  public Readiness(
      Database database,
      Predicate<DSLContext> hasKey,
      Clock clock,
      Supplier<Optional<String>> obstacle) {
    this.database = database;
    this.hasKey = hasKey;
    this.clock = clock;
    this.obstacle = obstacle;
  }

  /** Why requests cannot be served, as a sentence; empty if they can. */
  Optional<String> obstacle() {
    return probed().or(obstacle);
  }

  /** One caller probes at a time; meanwhile, others get the last answer. */
  private Optional<String> probed() {
    if (!last.isValid(clock.instant()) && probing.tryLock()) {
      try {
        Optional<String> found = probe(clock.instant());
        last = new Answer(clock.instant(), found);
      } finally {
        probing.unlock();
      }
    }
    return last.obstacle();
  }

  private Optional<String> probe(Instant now) {
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
          db -> {
            if (!db.fetchExists(SERVER_SETTING, SERVER_SETTING.NAME.eq(PROBE))) {
              return NO_DATABASE;
            }
            return hasKey.test(db) ? Optional.empty() : NO_KEY;
          });
    } catch (StoreUnavailableException | DataAccessException e) {
      LOG.warn("not ready: {}", e.getMessage());
      return NO_DATABASE;
    }
  }
}
