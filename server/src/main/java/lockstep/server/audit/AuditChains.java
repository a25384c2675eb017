package lockstep.server.audit;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
   * outcome. Goes on where an earlier start was interrupted, and shares the work with other servers
   * that start at the same time; when it returns, no event is left.
   */
  public void chainOlderEvents() {
    if (!database.read(ChainStore::anyUnchained)) {
      return;
    }
    LOG.info("chaining the audit events of an earlier version; this happens once");
    long moved = 0;
    do { // A batch is empty, too, where another server that starts took it.
      moved += database.writeLong(this::chainSome);
    } while (database.read(ChainStore::anyUnchained));
    sign();
    LOG.info("{} audit events were chained", moved);
  }

  private int chainSome(org.jooq.DSLContext db) {
    List<AuditEventRecord> events = ChainStore.takeUnchained(db, EVENTS_AT_ONCE);
    PendingEvents pending = PendingEvents.of(db, checkpoints, clock);
    events.forEach(event -> pending.add(PlacelessEvent.of(event)));
    return events.size();
  }

  /** Signs the newest record of every chain of which this process appended it. */
  void sign() {
    Map<UUID, OwnHeads.Head> some = new HashMap<>();
    for (Map.Entry<UUID, OwnHeads.Head> one : checkpoints.own().all().entrySet()) {
      some.put(one.getKey(), one.getValue());
      if (some.size() == CHAINS_AT_ONCE) {
        sign(some);
        some.clear();
      }
    }
    sign(some);
  }

  private void sign(Map<UUID, OwnHeads.Head> own) {
    database.write(
        db -> {
          ChainStore.signHeads(db, own, checkpoints, clock.instant());
          return own;
        });
  }

  /**
   * Signs what this process has recorded since the last checkpoints; where another server recorded
   * something later, that one does.
   */
  @Override
  public void close() {
    try {
      sign();
    } catch (RuntimeException e) { // The chains are whole without it, and nothing waits for it.
      LOG.warn("the newest audit records were not signed: {}", e.toString());
    }
  }
}
