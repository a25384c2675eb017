package lockstep.server.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Work on audit events that one server of a database does at a time. Who does it says so again and
 * again; when nothing came for {@link #LEASE}, another takes over. Used by one thread.
 */
public final class Claim {

  /** For so long nobody takes over the work of a server that is gone. */
  public static final Duration LEASE = Duration.ofSeconds(15);

  private static final Duration RENEWAL = Duration.ofSeconds(5);

  private final Database database;
  private final String name;
  private final boolean alone;
  private final Clock clock;
  private final UUID holder = UUID.randomUUID();
  private Optional<Instant> renewedAt = Optional.empty();
  private boolean failing;

  /**
   * A claim that this process does not have yet.
   *
   * @param alone whether no other process can use the database, so that who had the claim is gone
   */
  public Claim(Database database, String name, boolean alone, Clock clock) {
    this.database = database;
    this.name = name;
    this.alone = alone;
    this.clock = clock;
  }

  /** Takes the claim if it is free, and keeps it if it is this process's. Returns whether it is. */
  public boolean hold() {
    Instant now = clock.instant();
    boolean fresh =
        renewedAt.filter(at -> !now.isBefore(at) && now.isBefore(at.plus(RENEWAL))).isPresent();
    if (fresh) {
      return true;
    }
    boolean first = renewedAt.isEmpty();
    // Asked first, so that servers that wait for their turn write nothing.
    boolean free = !first || alone || database.read(db -> ClaimStore.isFree(db, name, holder, now));
    boolean held = free && database.write(db -> take(db, now));
    renewedAt = held ? Optional.of(now) : Optional.empty();
    return held;
  }

  private boolean take(DSLContext db, Instant now) {
    return ClaimStore.take(db, name, holder, failing, now, now.plus(LEASE), alone);
  }

  /** Whether the claim is this process's, in the transaction that does the work. */
  public boolean isHeld(DSLContext db) {
    return ClaimStore.isHeldBy(db, name, holder);
  }

  /** Lets other servers know whether the work fails. */
  public void failing(boolean nowFailing) {
    if (failing != nowFailing) {
      failing = nowFailing;
      database.write(db -> ClaimStore.setFailing(db, name, holder, nowFailing));
    }
  }

  /** Whether the server that has the claim says that its work fails. */
  public boolean isFailingElsewhere(DSLContext db) {
    return ClaimStore.isFailing(db, name);
  }

  /** Gives it up, if it is this process's, so that another server need not wait. */
  public void release() {
    if (renewedAt.isPresent()) {
      renewedAt = Optional.empty();
      database.write(db -> ClaimStore.release(db, name, holder));
    }
  }
}
