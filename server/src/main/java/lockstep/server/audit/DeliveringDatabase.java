package lockstep.server.audit;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import lockstep.server.store.BeforeCommit;
import lockstep.server.store.Database;
import lockstep.server.store.PlainSql;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A database for what is done on request: a write begins only while audit events can be delivered,
 * and returns when those of its transaction are, as far as the delivery asks for that. So no
 * feature can answer before, whichever way it records.
 *
 * <p>If {@link #write} throws {@link AuditUnavailableException}, the outcome may be committed, as
 * its {@link AuditUnavailableException#isCommitted} tells.
 */
public final class DeliveringDatabase implements Database {

  private final Database database;
  private final Delivery delivery;

  /** Writes to this database, which stays its owner's to close. */
  public DeliveringDatabase(Database database, Delivery delivery) {
    this.database = database;
    this.delivery = delivery;
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    return database.read(work);
  }

  @Override
  public <T> Optional<T> readOne(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    return database.readOne(sql, reader, parameters);
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    return deliver(work, database::write);
  }

  @Override
  public <T extends @Nullable Object> T append(Function<DSLContext, T> work) {
    return deliver(work, database::append);
  }

  @Override
  public int appendsAtOnce() {
    return database.appendsAtOnce();
  }

  @Override
  public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
    return deliver(work, database::writeLong);
  }

  private <T extends @Nullable Object> T deliver(
      Function<DSLContext, T> work, Function<Function<DSLContext, T>, T> writing) {
    delivery.requireWorking();
    Seen<T> seen = new Seen<>(work);
    T result = writing.apply(seen);
    seen.events().ifPresent(delivery::committed);
    return result;
  }

  @Override
  public void close() {
    // Whoever opened the database closes it.
  }

  /** Work that may run several times; the last one is the one that was committed. */
  private static final class Seen<T extends @Nullable Object> implements Function<DSLContext, T> {

    private final Function<DSLContext, T> work;
    private final AtomicReference<@Nullable PendingEvents> pending = new AtomicReference<>();

    Seen(Function<DSLContext, T> work) {
      this.work = work;
    }

    @Override
    public T apply(DSLContext db) {
      pending.set(null);
      T result = work.apply(db);
      pending.set(BeforeCommit.existing(db, PendingEvents.class).orElse(null));
      return result;
    }

    Optional<Map<UUID, Long>> events() {
      PendingEvents events = pending.get();
      return events == null ? Optional.empty() : Optional.of(events.newest());
    }
  }
}
