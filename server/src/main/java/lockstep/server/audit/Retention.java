package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongBiFunction;
import lockstep.server.access.AccessRevision;
import lockstep.server.audit.AuditFindings.Chain;
import lockstep.server.audit.AuditFindings.Problem;
import lockstep.server.audit.VerificationStore.StoredRecord;
import lockstep.server.audit.VerificationStore.StoredRetention;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes audit events that are old enough, the oldest of each chain first.
 *
 * <p>Some at a time, in one transaction that signs where the chain begins now and adds an event
 * that says what was removed: so the chain can be verified after each step, wherever the process
 * ends. Before it signs, it computes again what it removes, up to a checkpoint at or after the last
 * of it, because its signature vouches for that from then on: of a chain that was changed nothing
 * is removed, nor what no checkpoint covers yet, which anybody could have put there. The newest
 * event of a chain always stays, and so does everything from the first event on that was not
 * delivered to the sink.
 *
 * <p>Of several servers one does this at a time.
 */
public final class Retention implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private static final Duration FIRST_AFTER = Duration.ofMinutes(1);
  private static final Duration INTERVAL = Duration.ofHours(1);

  /** On SQLite, other writes wait meanwhile. More than share a row, none of which is divided. */
  private static final int EVENTS_AT_ONCE = 500;

  // Places in the encoding of a record.
  private static final int CREATED_AT = RecordEncoding.COLUMNS.indexOf(AUDIT_EVENT.CREATED_AT);
  private static final int ACTION = RecordEncoding.COLUMNS.indexOf(AUDIT_EVENT.ACTION);
  private static final int RESOURCE_TYPE =
      RecordEncoding.COLUMNS.indexOf(AUDIT_EVENT.RESOURCE_TYPE);

  private final Database database;
  private final Audit audit;
  private final Checkpoints checkpoints;
  private final Duration age;
  private final ToLongBiFunction<DSLContext, UUID> removable;
  private final Claim claim;
  private final Clock clock;
  private final int eventsAtOnce;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private Optional<Thread> thread = Optional.empty();

  /**
   * Removes nothing until it is told to.
   *
   * @param age events that are younger stay
   * @param removable the number of the newest event of a chain that need not stay for another
   *     reason
   * @param alone whether no other process can use the database
   */
  public Retention(
      Database database,
      Audit audit,
      Checkpoints checkpoints,
      Duration age,
      ToLongBiFunction<DSLContext, UUID> removable,
      boolean alone,
      Clock clock) {
    this(database, audit, checkpoints, age, removable, alone, clock, EVENTS_AT_ONCE);
  }

  Retention(
      Database database,
      Audit audit,
      Checkpoints checkpoints,
      Duration age,
      ToLongBiFunction<DSLContext, UUID> removable,
      boolean alone,
      Clock clock,
      int eventsAtOnce) {
    this.database = database;
    this.audit = audit;
    this.checkpoints = checkpoints;
    this.age = age;
    this.removable = removable;
    this.claim = new Claim(database, "retention", alone, clock);
    this.clock = clock;
    this.eventsAtOnce = eventsAtOnce;
  }

  /** Removes what is old enough now and then, until this is closed. */
  public Retention start() {
    thread = Optional.of(Thread.ofVirtual().name("audit-retention").start(this::run));
    return this;
  }

  private void run() {
    try {
      Duration pause = FIRST_AFTER;
      while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = INTERVAL;
        try {
          long removed = removeAll();
          if (removed > 0) {
            LOG.info("{} audit events were removed, older than {} days", removed, age.toDays());
          }
        } catch (RuntimeException e) { // It goes on next time where it was.
          LOG.warn("old audit events were not removed: {}", e.toString());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes from all chains, unless another server does; returns how many events went. */
  long removeAll() {
    if (!claim.hold()) {
      return 0;
    }
    long removed = 0;
    // Some of a batch that is as large as can be may stay, because no row is divided.
    int fullBatch = Math.max(1, eventsAtOnce - EventRun.MAXIMUM_EVENTS + 1);
    try {
      Instant before = clock.instant().minus(age);
      List<UUID> organisations = database.read(db -> RetentionStore.withEventsBefore(db, before));
      for (UUID organisation : organisations) {
        long some;
        do {
          some = stopping.getCount() > 0 && claim.hold() ? removeSome(organisation, before) : 0;
          removed += some;
        } while (some >= fullBatch);
      }
    } finally {
      claim.release();
    }
    return removed;
  }

  /** Removes a few of the oldest of one chain; returns how many. */
  private long removeSome(UUID organisation, Instant before) {
    return database.writeLong(
        db -> claim.isHeld(db) ? removeSome(db, organisation, before) : Integer.valueOf(0));
  }

  /** As the other one, of what is old enough now. */
  int removeSome(DSLContext db, UUID organisation) {
    return removeSome(db, organisation, clock.instant().minus(age));
  }

  /** Removes a few of the oldest from before this time; returns how many. */
  int removeSome(DSLContext db, UUID organisation, Instant before) {
    Instant now = clock.instant();
    List<StoredRecord> oldest = VerificationStore.oldest(db, organisation, eventsAtOnce + 1L);
    int old = count(oldest, before, removable.applyAsLong(db, organisation));
    if (old == 0) {
      return 0;
    }
    Optional<Long> checkpoint =
        RetentionStore.checkpointNear(db, organisation, oldest.get(old - 1).sequence());
    int count =
        checkpoint
            .map(until -> wholeRows(oldest, covered(oldest.subList(0, old), until)))
            .orElse(0);
    if (count == 0 || oldest.subList(0, count).stream().allMatch(Retention::isRemoval)) {
      return 0;
    }
    StoredRecord last = oldest.get(count - 1);
    if (!isIntact(db, organisation, count, last.sequence(), checkpoint.orElseThrow())) {
      LOG.error(
          "nothing is removed from the audit chain of organisation {}, because it is not as it was"
              + " recorded. Run lockstep audit verify.",
          organisation);
      return 0;
    }
    // Who brings another server key into use holds this of all organisations: that has happened
    // before this signs, or happens afterwards and signs anew what this stores.
    AccessRevision.increment(db, new OrganisationId(organisation));
    long firstKept = last.sequence() + 1;
    RetentionStore.remove(
        db,
        organisation,
        new StoredRetention(
            firstKept,
            last.hash(),
            count,
            now,
            checkpoints.signRetention(
                db, organisation.toString(), firstKept, last.hash(), count, now)));
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("first", oldest.getFirst().sequence());
    details.put("last", last.sequence());
    details.put("count", count);
    details.put("days", age.toDays());
    audit.recordByServer(
        db,
        new OrganisationId(organisation),
        AuditEvent.of(
            AuditAction.DELETE,
            AuditedResource.AUDIT_LOG,
            organisation,
            "Old audit events removed",
            details));
    return count;
  }

  /** How many may go; there is one more record than may. */
  private int count(List<StoredRecord> oldest, Instant before, long lastRemovable) {
    int count = 0;
    while (count < oldest.size() - 1
        && count < eventsAtOnce
        && oldest.get(count).sequence() <= lastRemovable
        && createdAt(oldest.get(count)).isBefore(before)) {
      count++;
    }
    return count;
  }

  /** How many are not after the checkpoint. */
  private static int covered(List<StoredRecord> records, long checkpoint) {
    return (int) records.stream().filter(record -> record.sequence() <= checkpoint).count();
  }

  /** How many of the first so many records do not share a row with one that stays. */
  private static int wholeRows(List<StoredRecord> records, int limit) {
    int count = limit;
    while (count > 0 && !records.get(count - 1).endsRow()) {
      count--;
    }
    return count;
  }

  /** A time that cannot be read is none of ours: the check of the chain tells. */
  private static Instant createdAt(StoredRecord record) {
    byte[] micros = record.columns()[CREATED_AT];
    try {
      return micros == null
          ? Instant.EPOCH
          : Instant.EPOCH.plus(
              Long.parseLong(new String(micros, StandardCharsets.UTF_8)), ChronoUnit.MICROS);
    } catch (NumberFormatException e) {
      return Instant.EPOCH;
    }
  }

  /** Else a chain in which nothing happens would get an event for the removal of the one before. */
  private static boolean isRemoval(StoredRecord record) {
    return Arrays.equals(record.columns()[ACTION], bytes(AuditAction.DELETE.storedName()))
        && Arrays.equals(
            record.columns()[RESOURCE_TYPE], bytes(AuditedResource.AUDIT_LOG.storedName()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether the chain is the one that was signed at the checkpoint, and nothing on the way bad. */
  private boolean isIntact(
      DSLContext db, UUID organisation, int count, long last, long checkpoint) {
    // There is one at each interval, so a chain in which the next is farther away was changed.
    long further = Math.min(Math.max(checkpoint - last, 0), Checkpoints.INTERVAL);
    List<StoredRecord> records = VerificationStore.oldest(db, organisation, count + further);
    String id = organisation.toString();
    Signed findings = new Signed();
    try (VerificationStore.Checkpointing upcoming = VerificationStore.checkpoints(db, id)) {
      ChainChecker checker =
          new ChainChecker(
              id, checkpoints.keys(db), upcoming, new ExpectedRecords(List.of()), findings);
      VerificationStore.retention(db, id).ifPresent(checker::removed);
      records.forEach(checker::record);
      checker.end();
    }
    return findings.intact && findings.signed >= last;
  }

  /** How far a chain was signed, and whether nothing was found. */
  private static final class Signed implements AuditFindings {
    private boolean intact = true;
    private long signed;

    @Override
    public void problem(Problem problem) {
      intact = false;
    }

    @Override
    public void chain(Chain chain) {
      signed = chain.signedSequence();
    }
  }

  /** Ends with what it is at. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      if (thread.isPresent()) {
        thread.get().join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
