package lockstep.server.serverkeys;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import lockstep.crypto.ServerKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.Checkpoints;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.ServerCopy;
import lockstep.server.keys.ServerKeyCheck;
import lockstep.server.keys.ServerKeyMismatchException;
import lockstep.server.keys.ServerKeys;
import lockstep.server.serverkeys.RotationStore.Copy;
import lockstep.server.serverkeys.RotationStore.Keyring;
import lockstep.server.serverkeys.RotationStore.Newest;
import lockstep.server.store.Database;
import lockstep.server.store.StoreUnavailableException;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a new server key take the place of the one in use, while servers run, in three steps. Each
 * is made of transactions after any of which the process may end: whoever comes next, with both
 * keys, goes on from there, and several may work at the same time.
 *
 * <ol>
 *   <li>The new key comes into use ({@link #begin}), in one transaction. It waits for everybody who
 *       stores something that is wrapped to a server key, and from then on they wrap to the new
 *       one. Both keys sign that one follows the other, and the new one signs the end of each audit
 *       chain, so that checkpoints of the old one are good up to there and no further.
 *   <li>What is wrapped to another key is wrapped to the new one ({@link #rewrapSome}), a few rows
 *       in a transaction, each only if nobody changed it meanwhile.
 *   <li>When nothing is left, the old key is retired ({@link #finish}): no server needs it again.
 * </ol>
 *
 * <p>What no key opens stays as it is, and is marked: it was of no use before.
 */
public final class ServerKeyRotation implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerKeyRotation.class);
  private static final int ROWS_AT_ONCE = 100;
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

  private final Database database;
  private final ServerKeys keys;
  private final Checkpoints checkpoints;
  private final Audit audit;
  private final Clock clock;
  private final int rowsAtOnce;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Thread background;

  /** Changes the key of this database. */
  public ServerKeyRotation(
      Database database, ServerKeys keys, Checkpoints checkpoints, Audit audit, Clock clock) {
    this(database, keys, checkpoints, audit, clock, ROWS_AT_ONCE);
  }

  /** The same with another number of rows in a transaction. */
  ServerKeyRotation(
      Database database,
      ServerKeys keys,
      Checkpoints checkpoints,
      Audit audit,
      Clock clock,
      int rowsAtOnce) {
    this.database = database;
    this.keys = keys;
    this.checkpoints = checkpoints;
    this.audit = audit;
    this.clock = clock;
    this.rowsAtOnce = rowsAtOnce;
  }

  /** What a database knows of its keys. Needs none of them. */
  public static ServerKeyStatus status(Database database) {
    return database.read(RotationStore::status);
  }

  /**
   * Brings the wanted key into use if it is not yet, and the key in use is the previous one. On a
   * database that has no list of its keys, begins one. Returns whether the key in use is another
   * one than before.
   *
   * @throws ServerKeyMismatchException if the wanted key was in use before, and is not any more
   */
  public boolean begin() {
    if (database.read(RotationStore::newest).isEmpty()) {
      database.writeLong(this::registerFirst);
    }
    String wanted = ServerKeys.name(keys.wanted());
    Newest newest = database.read(RotationStore::newest).orElseThrow();
    if (newest.publicKey().equals(wanted) || !isPrevious(newest)) {
      database.read(keys::inUse);
      return false;
    }
    boolean changed = database.writeLong(db -> replace(db, wanted));
    database.read(keys::inUse);
    if (changed) {
      LOG.info("the server key was replaced by the one with the public half {}", wanted);
    }
    return changed;
  }

  private boolean isPrevious(Newest newest) {
    return keys.previous().map(ServerKeys::name).filter(newest.publicKey()::equals).isPresent();
  }

  /** With an empty list there was one key, and the canary says which. */
  private boolean registerFirst(DSLContext db) {
    ServerKey key = ServerKeyCheck.opening(db, keys).orElseGet(keys::wanted);
    String name = ServerKeys.name(key);
    boolean isFirst =
        RotationStore.insertFirst(db, name, Checkpoints.publicKey(key).hex(), clock.instant());
    if (isFirst) {
      RotationStore.nameAll(db, name);
    }
    return isFirst;
  }

  private boolean replace(DSLContext db, String wanted) {
    List<OrganisationId> organisations = RotationStore.lockOrganisations(db);
    Newest newest = RotationStore.newest(db).orElseThrow();
    if (!isPrevious(newest)) { // Another server was quicker.
      return false;
    }
    if (RotationStore.isKnown(db, wanted)) {
      throw ServerKeyMismatchException.replacedBefore();
    }
    Instant now = clock.instant();
    ServerKey previous = keys.previous().orElseThrow();
    Checkpoints.Succession succession = checkpoints.succession(previous, keys.wanted(), now);
    RotationStore.insertNext(
        db,
        newest.sequence() + 1,
        wanted,
        Checkpoints.publicKey(keys.wanted()).hex(),
        now,
        succession.byPrevious(),
        succession.byItself());
    checkpoints.takeOverRetention(db, previous, keys.wanted());
    record(
        db,
        organisations,
        "Server key replaced",
        Map.of("oldPublicKey", newest.publicKey(), "newPublicKey", wanted));
    return true;
  }

  private void record(
      DSLContext db,
      List<OrganisationId> organisations,
      String description,
      Map<String, String> details) {
    AuditEvent event =
        new AuditEvent(
            AuditAction.UPDATE,
            AuditedResource.SERVER_KEY,
            Optional.empty(),
            Optional.empty(),
            description,
            details);
    organisations.forEach(organisation -> audit.recordSignedByServer(db, organisation, event));
  }

  /** Wraps a few rows to the key in use. Returns how many there were; zero if none is left. */
  public int rewrapSome() {
    record Work(ServerKey inUse, List<Copy> copies, List<Keyring> keyrings) {}
    Work work =
        database.read(
            db -> {
              ServerKey inUse = keys.inUse(db);
              String name = ServerKeys.name(inUse);
              List<Copy> copies = RotationStore.otherCopies(db, name, rowsAtOnce);
              List<Keyring> keyrings =
                  copies.isEmpty() ? RotationStore.otherKeyrings(db, name, rowsAtOnce) : List.of();
              return new Work(inUse, copies, keyrings);
            });
    List<Consumer<DSLContext>> changes = new ArrayList<>();
    work.copies().forEach(copy -> changes.add(rewrap(copy, work.inUse())));
    work.keyrings().forEach(keyring -> changes.add(rewrap(keyring, work.inUse())));
    if (!changes.isEmpty()) {
      database.write(
          db -> {
            changes.forEach(change -> change.accept(db));
            return changes;
          });
    }
    return changes.size();
  }

  private Consumer<DSLContext> rewrap(Copy copy, ServerKey inUse) {
    Optional<WrappedEnvironmentKeys> wrapped =
        ServerCopy.rewrap(keys, copy.keys(), copy.name(), copy.identityKey(), inUse);
    if (wrapped.isEmpty()) {
      LOG.warn("no server key opens the keys of environment {}", copy.environment());
      return db -> RotationStore.replace(db, copy, copy.keys(), ServerCopy.UNUSABLE);
    }
    return db -> RotationStore.replace(db, copy, wrapped.get(), ServerKeys.name(inUse));
  }

  private Consumer<DSLContext> rewrap(Keyring keyring, ServerKey inUse) {
    Optional<ServerCopy.Keyring> wrapped =
        ServerCopy.rewrap(keys, keyring.keyring(), keyring.name(), inUse);
    if (wrapped.isEmpty()) {
      LOG.warn("no server key opens the keyring of service account {}", keyring.account());
      return db -> RotationStore.setUnusable(db, keyring);
    }
    return db -> RotationStore.replace(db, keyring, wrapped.get());
  }

  /**
   * Retires the keys that are not in use, if nothing is wrapped to them any more. Returns whether
   * none is needed from now on.
   */
  public boolean finish() {
    return database.writeLong(
        db -> {
          Newest newest = RotationStore.newest(db).orElseThrow();
          ServerKey inUse = keys.inUse(db);
          if (RotationStore.status(db).remaining() > 0) {
            return false;
          }
          if (RotationStore.retireAllBut(db, newest.sequence(), clock.instant())) {
            ServerKeyCheck.replaceCanary(db, inUse);
            record(
                db,
                RotationStore.organisations(db),
                "Earlier server keys retired",
                Map.of("publicKey", newest.publicKey()));
          }
          return true;
        });
  }

  /** Does all that is left to do, in this thread. Returns how many rows were wrapped anew. */
  public long run() {
    long rows = 0;
    do {
      for (int some = rewrapSome(); some > 0; some = rewrapSome()) {
        rows += some;
      }
    } while (!finish());
    return rows;
  }

  /** Does all that is left to do while the server runs, until this is closed. */
  public void runInBackground() {
    if (!database.read(ServerKeyRotation::isAnythingLeft)) {
      return;
    }
    background = Thread.ofVirtual().name("server-key-rotation").start(this::runUntilClosed);
  }

  private static boolean isAnythingLeft(DSLContext db) {
    return !RotationStore.status(db).isSettled();
  }

  private void runUntilClosed() {
    while (closing.getCount() > 0) {
      try {
        if (rewrapSome() == 0 && finish()) {
          LOG.info(
              "everything is wrapped to the server key in use; earlier keys are not needed any more");
          return;
        }
      } catch (StoreUnavailableException | DataAccessException e) {
        LOG.warn("the change of the server key waits for the database: {}", e.getMessage());
        pause();
      } catch (RuntimeException e) {
        LOG.error("the change of the server key stopped; the next start goes on with it", e);
        return;
      }
    }
  }

  private void pause() {
    try {
      boolean _ = closing.await(PAUSE_AFTER_FAILURE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing.countDown();
    }
  }

  /** Stops after the transaction that is under way. */
  @Override
  public void close() {
    closing.countDown();
    if (background != null) {
      try {
        background.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
