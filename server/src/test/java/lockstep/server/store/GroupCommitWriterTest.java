package lockstep.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class GroupCommitWriterTest {

  private static final int UNLIMITED = 1_000_000;
  private static final String LARGE = "x".repeat(100_000);

  @TempDir private Path folder;
  private String url;
  private Path log;
  private final AtomicInteger closedLogs = new AtomicInteger();
  private volatile Sync syncing = () -> {};
  private volatile Sync rewriting = () -> {};
  private GroupCommitWriter writer;
  private volatile int maximumPages = UNLIMITED;
  private final AtomicReference<@Nullable Throwable> connectFailure = new AtomicReference<>();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeEach
  void open() throws SQLException {
    url = "jdbc:sqlite:" + folder.resolve("test.db");
    log = folder.resolve("test.db-wal");
    Connection connection = DriverManager.getConnection(url);
    try (var statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("pragma foreign_keys = on");
      statement.execute("create table parent (id integer primary key)");
      statement.execute(
          "create table item (id integer primary key, parent integer references parent (id)"
              + " deferrable initially deferred, filler text)");
    }
    connection.close();
    writer = new GroupCommitWriter(this::connect, this::log);
  }

  private CommitSync.Log log() throws IOException {
    CommitSync.Log real = CommitSync.Log.open(log);
    return new CommitSync.Log() {
      @Override
      public void sync() throws IOException {
        syncing.run();
        real.sync();
      }

      @Override
      public void rewrite() throws IOException {
        rewriting.run();
        real.rewrite();
      }

      @Override
      public void close() throws IOException {
        real.close();
        closedLogs.incrementAndGet();
      }
    };
  }

  /** As the writer connects, at first and after each failure. */
  private Connection connect() throws SQLException {
    Throwable failure = connectFailure.get();
    if (failure instanceof SQLException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    Connection connection = DriverManager.getConnection(url);
    try (var statement = connection.createStatement()) {
      statement.execute("pragma foreign_keys = on");
      statement.execute("pragma max_page_count = " + maximumPages);
    }
    return connection;
  }

  /** A lower limit than the size of the database means that it cannot grow. */
  private void limitDisk(int pages) {
    maximumPages = pages;
    write(db -> db.execute("pragma max_page_count = " + pages));
  }

  @AfterEach
  void close() {
    syncing = () -> {};
    rewriting = () -> {};
    callers.close();
    writer.close();
  }

  @Test
  void aUnitThatThrowsHarmsNoOtherOfItsGroup() throws Exception {
    List<Future<Integer>> outcomes =
        asOneGroup(insert(1), failing(2), insert(3), insert(1), insert(4));
    assertThat(outcomes.get(0).get()).isEqualTo(1);
    assertThatThrownBy(outcomes.get(1)::get).hasRootCauseMessage("on purpose");
    assertThat(outcomes.get(2).get()).isEqualTo(1);
    assertThatThrownBy(outcomes.get(3)::get)
        .hasCauseInstanceOf(IntegrityConstraintViolationException.class);
    assertThat(outcomes.get(4).get()).isEqualTo(1);
    assertThat(stored()).containsExactlyInAnyOrder(1, 3, 4);
  }

  @Test
  void aUnitThatEndsInAnErrorHarmsNoOtherOfItsGroup() throws Exception {
    Work error =
        db -> {
          insert(2).apply(db);
          throw new StackOverflowError("on purpose");
        };
    List<Future<Integer>> outcomes = asOneGroup(insert(1), error, insert(3));
    assertThat(outcomes.get(0).get()).isEqualTo(1);
    assertThatThrownBy(outcomes.get(1)::get).hasStackTraceContaining("on purpose");
    assertThat(outcomes.get(2).get()).isEqualTo(1);
    assertThat(stored()).containsExactlyInAnyOrder(1, 3);
  }

  @Test
  void aUnitSeesWhatEarlierUnitsOfItsGroupWrote() throws Exception {
    List<Future<Integer>> outcomes =
        asOneGroup(insert(1), db -> db.fetchSingle("select count(*) from item").get(0, int.class));
    assertThat(outcomes.get(1).get()).isEqualTo(1);
  }

  @Test
  void ifTheTransactionFailsAllUnitsFailAndTheNextGroupIsFine() throws Exception {
    Work orphan = db -> db.execute("insert into item (id, parent) values (2, 99)");
    List<Future<Integer>> outcomes = asOneGroup(insert(1), orphan);
    for (Future<Integer> outcome : outcomes) {
      assertThatThrownBy(outcome::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
    assertThat(stored()).isEmpty();
    assertThat(write(insert(3))).isEqualTo(1);
    assertThat(stored()).containsExactly(3);
  }

  @Test
  void changesAreCountedBeforeTheyAreAcknowledged() {
    long before = writer.changes();
    write(insert(1));
    assertThat(writer.changes()).isGreaterThan(before);
  }

  @Test
  void whatIsOnlyAppendedIsNotCounted() throws SQLException {
    write(insert(1));
    long before = writer.changes();
    writer.append(insert(2)::apply, Duration.ofSeconds(10));
    assertThat(writer.changes()).isEqualTo(before);
    assertThat(stored()).containsExactly(1, 2);
  }

  /** Whether a commit that failed took effect is not known. */
  @Test
  void aTransactionThatFailsIsCountedLikeAChange() {
    Work orphan = db -> db.execute("insert into item (id, parent) values (2, 99)");
    long before = writer.changes();
    assertThatThrownBy(() -> write(orphan)).isInstanceOf(StoreUnavailableException.class);
    assertThat(writer.changes()).isGreaterThan(before);
  }

  @Test
  void aUnitWhoseCallerGaveUpBeforeItBeganNeverRuns() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Future<Integer> first = callers.submit(() -> write(blocking(busy, release)));
    busy.await();
    Future<Object> abandoned =
        callers.submit(
            () -> {
              // Interrupted already: the wait ends as soon as it begins.
              Thread.currentThread().interrupt();
              return write(insert(7));
            });
    assertThatThrownBy(abandoned::get).hasCauseInstanceOf(StoreUnavailableException.class);
    release.countDown();
    first.get();
    write(insert(8));
    assertThat(stored()).containsExactly(8);
  }

  @Test
  void whileTheDiskIsFullWritesFailAndNothingOfThemIsStoredEverAfter() throws Exception {
    write(insert(1));
    limitDisk(4);
    for (int round = 0; round < 3; round++) {
      int first = 10 + 10 * round;
      List<Future<Integer>> outcomes =
          asOneGroup(insert(first), insertLarge(first + 1), insert(first + 2));
      for (Future<Integer> outcome : outcomes) {
        assertThatThrownBy(outcome::get)
            .hasCauseInstanceOf(StoreUnavailableException.class)
            .hasStackTraceContaining("SQLITE_FULL");
      }
      assertThat(stored()).containsExactly(1);
    }
    limitDisk(UNLIMITED);
    assertThat(write(insertLarge(2))).isEqualTo(1);
    List<Future<Integer>> outcomes = asOneGroup(insert(3), failing(4), insert(5));
    assertThat(outcomes.get(0).get()).isEqualTo(1);
    assertThatThrownBy(outcomes.get(1)::get).hasRootCauseMessage("on purpose");
    assertThat(outcomes.get(2).get()).isEqualTo(1);
    assertThat(stored()).containsExactlyInAnyOrder(1, 2, 3, 5);
  }

  @Test
  void aUnitThatHidesThatTheDiskIsFullFailsWithItsGroup() throws Exception {
    limitDisk(4);
    Work hiding =
        db -> {
          try {
            return insertLarge(1).apply(db);
          } catch (DataAccessException e) {
            return 0;
          }
        };
    for (Future<Integer> outcome : asOneGroup(insert(2), hiding, insert(3))) {
      assertThatThrownBy(outcome::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
    limitDisk(UNLIMITED);
    assertThat(write(insert(4))).isEqualTo(1);
    assertThat(stored()).containsExactly(4);
  }

  @Test
  void ifNoConnectionCanBeOpenedWritesFailUntilOneCan() throws Exception {
    for (Throwable failure :
        List.of(new SQLException("on purpose"), new LinkageError("on purpose"))) {
      connectFailure.set(failure);
      Work orphan = db -> db.execute("insert into item (id, parent) values (1, 99)");
      assertThatThrownBy(() -> write(orphan)).isInstanceOf(StoreUnavailableException.class);
      for (Future<Integer> outcome : outcomesOf(insert(2), insert(3))) {
        assertThatThrownBy(outcome::get)
            .hasCauseInstanceOf(StoreUnavailableException.class)
            .hasRootCauseMessage("on purpose");
      }
      connectFailure.set(null);
      write(db -> db.execute("delete from item"));
      assertThat(write(insert(4))).isEqualTo(1);
      assertThat(stored()).containsExactly(4);
    }
  }

  @Test
  void closingFinishesWhatIsQueuedAndTakesNothingMore() throws Exception {
    List<Future<Integer>> outcomes = asOneGroup(insert(1), insert(2));
    writer.close();
    for (Future<Integer> outcome : outcomes) {
      assertThat(outcome.get()).isEqualTo(1);
    }
    assertThatThrownBy(() -> write(insert(3)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("is being closed");
    assertThat(stored()).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void exactlyTheAcknowledgedWritesOfRandomCallersAreStored() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      long base = seed * 100_000;
      Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
      List<Future<?>> all = new ArrayList<>();
      for (int caller = 0; caller < 16; caller++) {
        Random random = new Random(seed * 31 + caller);
        int first = (int) base + caller * 1_000;
        all.add(callers.submit(() -> writeAtRandom(random, first, acknowledged)));
      }
      for (Future<?> one : all) {
        one.get();
      }
      Set<Integer> ofThisRound = new HashSet<>(stored());
      ofThisRound.removeIf(id -> id < base || id >= base + 100_000);
      assertThat(ofThisRound).as("seed " + seed).isEqualTo(acknowledged);
    }
  }

  @Test
  void nobodyHearsOfSuccessBeforeTheCommitIsSynced() throws Exception {
    CountDownLatch release = blockSyncs();
    Future<Integer> outcome = callers.submit(() -> write(insert(1)));
    awaitStored(1);
    assertThat(outcome.isDone()).isFalse();
    assertThatThrownBy(() -> writer.awaitDurable(Duration.ofMillis(50)))
        .isInstanceOf(StoreUnavailableException.class);

    Future<?> reader = callers.submit(() -> writer.awaitDurable(Duration.ofSeconds(20)));
    release.countDown();
    assertThat(outcome.get()).isEqualTo(1);
    reader.get();
  }

  @Test
  void theNextGroupIsCommittedWhileOneIsSynced() throws Exception {
    CountDownLatch release = blockSyncs();
    Future<Integer> first = callers.submit(() -> write(insert(1)));
    awaitStored(1);
    Future<Integer> second = callers.submit(() -> write(insert(2)));
    awaitStored(1, 2);
    assertThat(first.isDone()).isFalse();
    assertThat(second.isDone()).isFalse();

    release.countDown();
    assertThat(first.get()).isEqualTo(1);
    assertThat(second.get()).isEqualTo(1);
  }

  /** Whether the disk has it is not known, so nothing that follows it in the log can be trusted. */
  @Test
  void afterASyncThatFailedAllFailUntilTheLogIsWrittenOnceMore() throws Exception {
    CountDownLatch release = failOneSync();
    Future<Integer> first = callers.submit(() -> write(insert(1)));
    awaitStored(1);
    Future<Integer> second = callers.submit(() -> write(insert(2)));
    awaitStored(1, 2);
    release.countDown();
    for (Future<Integer> outcome : List.of(first, second)) {
      assertThatThrownBy(outcome::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
    assertThatThrownBy(() -> writer.awaitDurable(Duration.ofSeconds(20)))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> write(insert(3))).isInstanceOf(StoreUnavailableException.class);

    rewriting = () -> {};
    awaitRepair();
    assertThat(write(insert(4))).isEqualTo(1);
    assertThat(stored()).containsExactlyInAnyOrder(1, 2, 4);
  }

  private static void refuse() throws IOException {
    throw new IOException("on purpose");
  }

  /** Without a write: those who read recover, too. */
  private void awaitRepair() throws InterruptedException {
    for (int waits = 0; ; waits++) {
      try {
        writer.awaitDurable(Duration.ofSeconds(1));
        return;
      } catch (StoreUnavailableException e) {
        assertThat(waits).isLessThan(200);
        Thread.sleep(20);
      }
    }
  }

  /** The next connection opens the log anew, which is how it would miss the failure. */
  @Test
  void aTransactionThatFailsMeanwhileDoesNotHideThatASyncFails() throws Exception {
    CountDownLatch release = failOneSync();
    Future<Integer> first = callers.submit(() -> write(insert(1)));
    awaitStored(1);
    Work orphan = db -> db.execute("insert into item (id, parent) values (2, 99)");
    Future<Integer> failing = callers.submit(() -> write(orphan));
    Future<Integer> third = callers.submit(() -> write(insert(3)));
    Thread.sleep(50); // The writer goes on with another connection, as far as it may.
    release.countDown();

    for (Future<Integer> outcome : List.of(first, failing, third)) {
      assertThatThrownBy(outcome::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
    rewriting = () -> {};
    awaitRepair();
    assertThat(write(insert(4))).isEqualTo(1);
  }

  @Test
  void whatCanBeSeenIsDurableWhenItIsWaitedFor() throws Exception {
    AtomicInteger synced = new AtomicInteger();
    AtomicInteger last = new AtomicInteger();
    syncing =
        () -> {
          int before = last.get();
          Thread.sleep(1);
          synced.set(Math.max(synced.get(), before));
        };
    AtomicBoolean done = new AtomicBoolean();
    Future<?> reader =
        callers.submit(
            () -> {
              try (Connection connection = DriverManager.getConnection(url);
                  var select = connection.prepareStatement("select max(id) from item")) {
                while (!done.get()) {
                  int seen;
                  try (var row = select.executeQuery()) {
                    seen = row.getInt(1);
                  }
                  writer.awaitDurable(Duration.ofSeconds(20));
                  assertThat(synced.get()).isGreaterThanOrEqualTo(seen);
                }
              }
              return null;
            });
    for (int i = 1; i <= 200; i++) {
      int id = i;
      write(
          db -> {
            last.set(id);
            return insert(id).apply(db);
          });
    }
    done.set(true);
    reader.get();
  }

  @Test
  void theWriterIsNotFarAheadOfADiskThatHangs() throws Exception {
    CountDownLatch release = blockSyncs();
    List<Future<Integer>> outcomes = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      int id = i;
      outcomes.add(callers.submit(() -> write(insert(id))));
      Thread.sleep(20);
    }
    assertThat(stored()).hasSizeBetween(1, 4);
    release.countDown();
    for (Future<Integer> outcome : outcomes) {
      assertThat(outcome.get()).isEqualTo(1);
    }
  }

  @Test
  void logsOfConnectionsThatFailedAreClosed() {
    Work orphan = db -> db.execute("insert into item (id, parent) values (2, 99)");
    assertThatThrownBy(() -> write(orphan)).isInstanceOf(StoreUnavailableException.class);
    write(insert(1));
    writer.close();
    assertThat(closedLogs).hasValue(2);
  }

  @Test
  void whatAnEarlierProcessLeftInTheLogStays() throws Exception {
    write(insertLarge(1));
    byte[] before = Files.readAllBytes(log);
    CommitSync.settle(log);
    assertThat(Files.readAllBytes(log)).isEqualTo(before);
    CommitSync.settle(folder.resolve("none-wal")); // Nor is there any after a stop.
  }

  @Test
  void rewritingALogLeavesItAsItIs() throws Exception {
    for (int i = 0; i < 5; i++) {
      write(insertLarge(i));
    }
    byte[] before = Files.readAllBytes(log);
    try (CommitSync.Log real = CommitSync.Log.open(log)) {
      real.rewrite();
    }
    assertThat(Files.readAllBytes(log)).hasSizeGreaterThan(400_000).isEqualTo(before);
  }

  @Test
  void theLogIsCopiedIntoTheDatabaseWithoutTheWriter() throws Exception {
    Path database = folder.resolve("test.db");
    long before = Files.size(database);
    for (int i = 0; i < 40; i++) {
      write(insertLarge(i));
    }
    for (int waits = 0; Files.size(database) < before + 32L * LARGE.length(); waits++) {
      assertThat(waits).as("tenths of a second").isLessThan(100);
      Thread.sleep(100);
    }
  }

  /** The next sync fails when it may, the ones after it do not; the log cannot be repaired yet. */
  private CountDownLatch failOneSync() {
    CountDownLatch release = new CountDownLatch(1);
    rewriting = GroupCommitWriterTest::refuse;
    syncing =
        () -> {
          release.await();
          syncing = () -> {};
          refuse();
        };
    return release;
  }

  private CountDownLatch blockSyncs() {
    CountDownLatch release = new CountDownLatch(1);
    syncing = release::await;
    return release;
  }

  private void awaitStored(Integer... ids) throws Exception {
    while (!stored().containsAll(List.of(ids))) {
      Thread.sleep(5);
    }
  }

  private interface Sync {
    void await() throws Exception;

    default void run() throws IOException {
      try {
        await();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void writeAtRandom(Random random, int first, Set<Integer> acknowledged) {
    for (int i = 0; i < 60; i++) {
      int id = first + i;
      int kind = random.nextInt(10);
      try {
        write(
            db -> {
              insert(id).apply(db);
              return switch (kind) {
                case 0 -> throw new IllegalStateException("on purpose");
                case 1 -> db.execute("insert into item (id) values (" + id + ")");
                case 2 -> db.execute("no such statement");
                default -> 1;
              };
            });
        acknowledged.add(id);
      } catch (RuntimeException e) {
        assertThat(kind).isLessThan(3);
      }
    }
  }

  private int write(Work work) {
    return writer.write(work::apply, Duration.ofSeconds(20));
  }

  private interface Work {
    int apply(DSLContext db);
  }

  private static Work insert(int id) {
    return db -> db.execute("insert into item (id) values (" + id + ")");
  }

  private static Work insertLarge(int id) {
    return db -> db.execute("insert into item (id, filler) values (?, ?)", id, LARGE);
  }

  private static Work failing(int id) {
    return db -> {
      insert(id).apply(db);
      throw new IllegalStateException("on purpose");
    };
  }

  private static Work blocking(CountDownLatch busy, CountDownLatch release) {
    return _ -> {
      busy.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return 0;
    };
  }

  private List<Future<Integer>> outcomesOf(Work... units) {
    List<Future<Integer>> outcomes = new ArrayList<>();
    for (Work unit : units) {
      outcomes.add(callers.submit(() -> write(unit)));
    }
    return outcomes;
  }

  /** Keeps the writer busy until all units are queued, in this order. */
  private List<Future<Integer>> asOneGroup(Work... units)
      throws InterruptedException, ExecutionException {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Future<Integer> first = callers.submit(() -> write(blocking(busy, release)));
    busy.await();
    List<Future<Integer>> outcomes = new ArrayList<>();
    for (Work unit : units) {
      outcomes.add(callers.submit(() -> write(unit)));
      while (writer.waiting() < outcomes.size()) {
        Thread.onSpinWait();
      }
    }
    release.countDown();
    first.get();
    return outcomes;
  }

  /** Read over another connection, so only what is committed. */
  private List<Integer> stored() throws SQLException {
    List<Integer> ids = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        var rows = connection.createStatement().executeQuery("select id from item")) {
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
    }
    return ids;
  }
}
