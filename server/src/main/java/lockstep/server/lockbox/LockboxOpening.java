package lockstep.server.lockbox;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Origin;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.RefusedStrangers;
import lockstep.server.ids.LockboxId;
import lockstep.server.lockbox.LockboxStore.Found;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Shared texts for whoever has the link. A box whose time is over, or whose creator is no member
 * any more, is unknown; the first who asks for it makes it go.
 */
public final class LockboxOpening {

  /** Who opens a box is not known; its creator is the account that the event is filed under. */
  private static final String WHOEVER = "somebody with the link";

  /** What there is behind a link. */
  sealed interface Outcome {
    record Unknown() implements Outcome {}

    record UsedUp() implements Outcome {}

    record Known(Lockbox box) implements Outcome {}

    record Opened(OpenedLockbox box) implements Outcome {}
  }

  private static final Outcome UNKNOWN = new Outcome.Unknown();
  private static final Outcome USED_UP = new Outcome.UsedUp();

  private final Database database;
  private final Audit audit;
  private final RefusedStrangers refusals;
  private final Clock clock;

  /** Opens the shared texts in this database. */
  public LockboxOpening(Database database, Audit audit, RefusedStrangers refusals, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.refusals = refusals;
    this.clock = clock;
  }

  /** Looks at a box without taking a view. */
  Outcome look(Optional<LockboxId> id, Origin origin) {
    Optional<Found> found =
        id.flatMap(box -> database.read(db -> LockboxStore.find(db, box, clock.instant())));
    if (found.isEmpty()) {
      return UNKNOWN;
    }
    if (!found.get().isLive()) {
      refused(found.get(), origin, "The time of the text is over, or its creator is gone");
      database.write(db -> discardIfDead(id.orElseThrow(), db));
      return UNKNOWN;
    }
    if (isUsedUp(found.get().box())) {
      refused(found.get(), origin, "No views are left");
      return USED_UP;
    }
    return new Outcome.Known(found.get().box());
  }

  private void refused(Found box, Origin origin, String reason) {
    refusals.record(
        new RefusedStrangers.Thing(
            AuditedResource.LOCKBOX,
            box.box().id(),
            box.organisation(),
            AccountKind.MEMBER,
            box.creator(),
            WHOEVER,
            null),
        origin,
        reason);
  }

  private Outcome discardIfDead(LockboxId id, DSLContext db) {
    if (LockboxStore.find(db, id, clock.instant()).filter(box -> !box.isLive()).isPresent()) {
      LockboxStore.delete(db, id);
    }
    return UNKNOWN;
  }

  /** Takes one view and hands out what was shared. */
  Outcome open(Optional<LockboxId> id, Origin origin) {
    // Strangers who guess ids shall not make work for the one writer.
    Outcome seen = look(id, origin);
    if (!(seen instanceof Outcome.Known)) {
      return seen;
    }
    LockboxId box = id.orElseThrow();
    return database.write(
        db -> {
          boolean counted = LockboxStore.countView(db, box);
          Optional<Found> found = LockboxStore.find(db, box, clock.instant());
          if (found.isEmpty()) {
            return UNKNOWN;
          }
          if (!found.get().isLive()) {
            LockboxStore.delete(db, box);
            return UNKNOWN;
          }
          @Nullable String ciphertext = found.get().ciphertext();
          if (!counted || ciphertext == null) {
            return USED_UP;
          }
          LockboxStore.eraseIfUsedUp(db, box);
          audit.recordWithoutToken(
              db,
              found.get().organisation(),
              found.get().creator(),
              WHOEVER,
              origin,
              AuditEvent.of(
                  AuditAction.READ,
                  AuditedResource.LOCKBOX,
                  box.value(),
                  "Lockbox opened",
                  Map.of("views", found.get().box().views())));
          return new Outcome.Opened(OpenedLockbox.of(found.get().box(), ciphertext));
        });
  }

  private static boolean isUsedUp(Lockbox box) {
    @Nullable Long allowed = box.allowedViews();
    return allowed != null && box.views() >= allowed;
  }
}
