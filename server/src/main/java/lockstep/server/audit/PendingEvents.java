package lockstep.server.audit;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import lockstep.server.store.BeforeCommit;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** The events of one transaction, appended to their chains as the last thing it does. */
final class PendingEvents implements BeforeCommit.Step {

  private final DSLContext db;
  private final Checkpoints checkpoints;
  private final Clock clock;

  /** Sorted, so that transactions with several organisations lock their chains in one order. */
  private final Map<UUID, List<PlacelessEvent>> events = new TreeMap<>();

  /** The chains whose end is to be signed. */
  private final Set<UUID> signed = new HashSet<>();

  /** Where this transaction has left the chains. */
  private final Map<UUID, OwnHeads.Head> appended = new HashMap<>();

  private PendingEvents(DSLContext db, Checkpoints checkpoints, Clock clock) {
    this.db = db;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  static PendingEvents of(DSLContext db, Checkpoints checkpoints, Clock clock) {
    return BeforeCommit.step(
        db, PendingEvents.class, () -> new PendingEvents(db, checkpoints, clock));
  }

  void add(PlacelessEvent event) {
    events
        .computeIfAbsent(event.content().shared().organisation(), _ -> new ArrayList<>())
        .add(event);
  }

  /** Has the end of this chain signed, with the events of this transaction. */
  void sign(UUID organisation) {
    signed.add(organisation);
  }

  @Override
  public void run() {
    events.forEach(
        (organisation, all) ->
            appended.put(
                organisation,
                ChainStore.append(db, organisation, all, checkpoints, clock.instant())));
    for (UUID organisation : signed) {
      OwnHeads.Head head = Objects.requireNonNull(appended.get(organisation), "nothing to sign");
      ChainStore.insertCheckpoint(
          db, organisation, head.sequence(), head.hash(), checkpoints, clock.instant());
    }
  }

  /** Where the transaction has left the chains, once it is committed: their newest numbers. */
  Map<UUID, Long> newest() {
    Map<UUID, Long> numbers = new HashMap<>();
    appended.forEach((organisation, head) -> numbers.put(organisation, head.sequence()));
    return numbers;
  }

  @Override
  public void committed() {
    appended.forEach(checkpoints.own()::remember);
  }

  @Override
  public RuntimeException refused(DataAccessException failure) {
    return new AuditUnavailableException(failure);
  }
}
