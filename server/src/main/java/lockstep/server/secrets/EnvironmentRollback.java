package lockstep.server.secrets;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.access.HistoryAccess;
import lockstep.server.audit.Audit;
import lockstep.server.http.ApiException;
import lockstep.server.secrets.RolledBack.Kept;
import lockstep.server.secrets.RolledBack.Version;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Brings an environment, of any app, back to what it held at a time: one batch of new versions,
 * with the environment locked, all or nothing. Histories only grow, so a rollback can be rolled
 * back.
 *
 * <p>Two things it does not do. It breaks no seal: what was sealed since keeps seal and value, and
 * gets back the rest. And rotating secrets are left to their engine. Both are reported. Personal
 * values of members are not part of what an environment holds, and stay as they are.
 */
public final class EnvironmentRollback {

  /** As many as any other request may change: others wait as long as a rollback takes. */
  private static final int MAXIMUM_CHANGES = 10_000;

  private final Database database;
  private final Audit audit;
  private final Clock clock;

  /** Changes what is kept in this database. */
  public EnvironmentRollback(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
  }

  /** Access to change everything in it. */
  private static CiphertextAccess granted(HistoryAccess access) {
    CiphertextAccess granted = access.to(Action.UPDATE);
    access.to(Action.CREATE);
    access.to(Action.DELETE);
    return granted;
  }

  /**
   * Refuses whom {@link #perform} would refuse.
   *
   * @throws lockstep.server.http.ApiException 403 if the caller may not create, change and delete
   *     secrets
   */
  void requirePermitted(HistoryAccess access) {
    granted(access);
  }

  /** Does it. */
  RolledBack perform(HistoryAccess access, Instant time) {
    CiphertextAccess granted = granted(access);
    return database.writeLong(
        db -> {
          SecretWriter writer = SecretWriter.begin(db, granted, clock);
          Plan plan = new Plan();
          plan.make(db, granted, writer, time);
          plan.requireBounded();
          if (!plan.doomed.isEmpty()) {
            writer.delete(plan.doomed);
          }
          if (!plan.after.isEmpty()) {
            writer.restore(plan.before, plan.after, plan.deleted);
          }
          RolledBack result = plan.result(granted, time, writer.now());
          audit.record(db, access.caller(), SecretEvents.rolledBack(granted, result));
          return result;
        });
  }

  /** What is to be done, found out while the environment is locked. */
  private static final class Plan {

    private final List<StoredSecret> doomed = new ArrayList<>();
    private final List<StoredSecret> before = new ArrayList<>();
    private final List<StoredSecret> after = new ArrayList<>();
    private final Set<UUID> deleted = new HashSet<>();
    private final List<Kept> kept = new ArrayList<>();

    void make(DSLContext db, CiphertextAccess granted, SecretWriter writer, Instant time) {
      Map<UUID, StoredVersion> then = VersionStore.at(db, granted, time);
      Map<UUID, KnownSecret> known = SecretStore.findEver(db, granted, then.keySet());
      then.values().stream()
          .sorted(Comparator.comparing(version -> version.secret().toString()))
          .forEach(
              version ->
                  bringBack(
                      writer,
                      Objects.requireNonNull(known.get(version.secret())),
                      version.content()));
      for (StoredSecret live : SecretStore.listForAll(db, granted, SecretStore.BY_AGE)) {
        if (then.containsKey(live.id())) {
          continue;
        }
        if (live.isRotating()) {
          kept.add(new Kept(live.id(), "rotating"));
        } else {
          doomed.add(live);
        }
      }
    }

    private void bringBack(SecretWriter writer, KnownSecret known, SecretContent then) {
      StoredSecret now = known.secret();
      SecretContent wanted = then;
      if (now.isSealed() && !then.isSealed()) {
        wanted = then.sealedWith(now.value());
        kept.add(new Kept(now.id(), "sealed"));
      }
      if (!known.deleted() && wanted.equals(now.content())) {
        return;
      }
      if (now.isRotating()) {
        kept.add(new Kept(now.id(), "rotating"));
        return;
      }
      before.add(now);
      after.add(writer.restored(now, wanted));
      if (known.deleted()) {
        deleted.add(now.id());
      }
    }

    void requireBounded() {
      int changes = doomed.size() + after.size();
      if (changes > MAXIMUM_CHANGES) {
        throw ApiException.conflict(
            "Going back to that time would change "
                + changes
                + " secrets, and one rollback changes at most "
                + MAXIMUM_CHANGES
                + ". Choose a later time, or delete or restore some of them first.");
      }
    }

    RolledBack result(CiphertextAccess granted, Instant time, Instant now) {
      return new RolledBack(
          granted.environment().value(),
          time,
          after.stream().filter(one -> deleted.contains(one.id())).map(Version::of).toList(),
          after.stream().filter(one -> !deleted.contains(one.id())).map(Version::of).toList(),
          doomed.stream().map(Version::of).toList(),
          List.copyOf(kept),
          now);
    }
  }
}
