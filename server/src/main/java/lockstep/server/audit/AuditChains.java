package lockstep.server.audit;

import java.time.Clock;
import java.util.List;
import lockstep.server.store.Database;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done about all chains of a database when a server starts and stops. */
public final class AuditChains implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditChains.class);
  private static final int EVENTS_AT_ONCE = 1_000;
  private static final int CHAINS_AT_ONCE = 200;

  private final Database database;
  private final Checkpoints checkpoints;
  private final Clock clock;

  /** The chains of this database. */
  public AuditChains(Database database, Checkpoints checkpoints, Clock clock) {
    this.database = database;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  /**
   * Gives the events from before there were chains their places, the oldest first, and signs the
   * outcome. Goes on where an earlier start was interrupted.
   */
  public void chainOlderEvents() {
    if (!database.read(ChainStore::anyUnchained)) {
      return;
    }
    LOG.info("chaining the audit events of an earlier version; this happens once");
    long moved = 0;
    int batch;
    do {
      batch = database.writeLong(this::chainSome);
      moved += batch;
    } while (batch > 0);
    sign();
    LOG.info("{} audit events were chained", moved);
  }

  private int chainSome(org.jooq.DSLContext db) {
    List<AuditEventRecord> events = ChainStore.takeUnchained(db, EVENTS_AT_ONCE);
    PendingEvents pending = PendingEvents.of(db, checkpoints, clock);
    events.forEach(pending::add);
    return events.size();
  }

  /** Signs the newest record of every chain. */
  void sign() {
    int signed;
    do {
      signed =
          database.write(
              db -> ChainStore.signHeads(db, CHAINS_AT_ONCE, checkpoints, clock.instant()));
    } while (signed == CHAINS_AT_ONCE);
  }

  /** Signs what has been recorded since the last checkpoints. */
  @Override
  public void close() {
    try {
      sign();
    } catch (RuntimeException e) { // The next stop does it, and nothing waits for it.
      LOG.warn("the newest audit records were not signed: {}", e.toString());
    }
  }
}
