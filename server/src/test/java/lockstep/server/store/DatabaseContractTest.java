package lockstep.server.store;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVER_SETTING;
import static lockstep.server.store.tables.Tables.TAG;
import static lockstep.server.store.tables.Tables.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import org.jooq.DSLContext;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.Test;

/** What the two databases promise alike. */
@ContractTest
class DatabaseContractTest extends OnBothDatabases {

  private Database database() {
    return server.database();
  }

  @Test
  void aReadSeesOneSnapshotWhateverIsWrittenMeanwhile() {
    insertTag("before");
    List<Integer> counts =
        database()
            .read(
                db -> {
                  int first = countTags(db);
                  CompletableFuture.runAsync(() -> insertTag("meanwhile")).join();
                  return List.of(first, countTags(db));
                });
    assertThat(counts).containsExactly(1, 1);
    assertThat(database().read(this::countTags)).isEqualTo(2);
  }

  @Test
  void aWriteIsSeenByTheNextRead() {
    for (int i = 1; i <= 20; i++) {
      insertTag("tag-" + i);
      assertThat(database().read(this::countTags)).isEqualTo(i);
    }
  }

  @Test
  void workThatThrowsLeavesNothingBehind() {
    assertThatThrownBy(
            () ->
                database()
                    .write(
                        db -> {
                          insertTag(db, "lost");
                          throw new IllegalStateException("on purpose");
                        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("on purpose");
    assertThat(database().read(this::countTags)).isZero();
  }

  @Test
  void aFailedStatementTakesTheWholeWorkWithIt() {
    insertTag("taken");
    assertThatThrownBy(
            () ->
                database()
                    .write(
                        db -> {
                          insertTag(db, "new");
                          return insertTag(db, "taken");
                        }))
        .isInstanceOf(IntegrityConstraintViolationException.class);
    assertThat(database().read(this::countTags)).isEqualTo(1);
  }

  @Test
  void readingWorkCannotWrite() {
    assertThatThrownBy(() -> database().read(db -> insertTag(db, "sneaked in")))
        .isInstanceOf(RuntimeException.class);
    assertThat(database().read(this::countTags)).isZero();
  }

  @Test
  void aForeignKeyMustLeadSomewhere() {
    assertThatThrownBy(
            () ->
                database()
                    .write(
                        db ->
                            db.insertInto(TAG)
                                .set(TAG.ID, UUID.randomUUID())
                                .set(TAG.ORGANISATION_ID, UUID.randomUUID())
                                .set(TAG.NAME, "orphan")
                                .set(TAG.COLOR, "")
                                .set(TAG.CREATED_AT, Instant.EPOCH)
                                .execute()))
        .isInstanceOf(IntegrityConstraintViolationException.class);
  }

  @Test
  void aConflictThatIsToDoNothingDoesNothing() {
    String name = "setting-" + organisation.id();
    for (String value : List.of("first", "second")) {
      database()
          .write(
              db ->
                  db.insertInto(SERVER_SETTING, SERVER_SETTING.NAME, SERVER_SETTING.SETTING)
                      .values(name, value)
                      .onConflictDoNothing()
                      .execute());
    }
    assertThat(
            database()
                .<String>read(
                    db ->
                        db.select(SERVER_SETTING.SETTING)
                            .from(SERVER_SETTING)
                            .where(SERVER_SETTING.NAME.eq(name))
                            .fetchSingle()
                            .value1()))
        .isEqualTo("first");
  }

  @Test
  void instantsKeepTheirMicrosecondsAndTheirOrder() {
    List<Instant> instants =
        new ArrayList<>(
            List.of(
                Instant.parse("0001-01-01T00:00:00.000001Z"),
                Instant.parse("1899-12-31T23:59:59.999999Z"),
                Instant.EPOCH.minus(1, ChronoUnit.MICROS),
                Instant.EPOCH,
                Instant.EPOCH.plus(1, ChronoUnit.MICROS),
                Instant.parse("2026-02-03T04:05:06.070809Z"),
                Instant.parse("2262-04-12T00:00:00Z"),
                Instant.parse("9999-12-31T23:59:59.999999Z")));
    List<Instant> expected = List.copyOf(instants);
    Collections.reverse(instants);
    instants.forEach(this::insertTagAt);
    List<Instant> stored =
        database()
            .read(
                db ->
                    db.select(TAG.CREATED_AT)
                        .from(TAG)
                        .where(TAG.ORGANISATION_ID.eq(organisation.id()))
                        .orderBy(TAG.CREATED_AT)
                        .fetch(TAG.CREATED_AT));
    assertThat(stored).isEqualTo(expected);
  }

  @Test
  void finerFractionsAreCutOffBeforeAndAfter1970() {
    List<String> written =
        List.of("1969-12-31T23:59:59.999998500Z", "2026-02-03T04:05:06.070809999Z");
    for (String text : written) {
      Instant instant = Instant.parse(text);
      UUID id = insertTagAt(instant);
      assertThat(createdAt(id)).as(text).isEqualTo(instant.truncatedTo(ChronoUnit.MICROS));
    }
  }

  @Test
  void instantsAreComparedAsInstants() {
    Instant instant = Instant.parse("2026-02-03T04:05:06.070809Z");
    UUID id = insertTagAt(instant);
    List<Integer> found =
        database()
            .read(
                db ->
                    List.of(
                        db.fetchCount(TAG, TAG.ID.eq(id).and(TAG.CREATED_AT.eq(instant))),
                        db.fetchCount(
                            TAG, TAG.ID.eq(id).and(TAG.CREATED_AT.lt(instant.plusNanos(1_000)))),
                        db.fetchCount(TAG, TAG.ID.eq(id).and(TAG.CREATED_AT.gt(instant)))));
    assertThat(found).containsExactly(1, 1, 0);
  }

  @Test
  void bytesBooleansAndIdsComeBackAsTheyWere() {
    byte[] everyByte = new byte[256];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) i;
    }
    UUID token = UUID.randomUUID();
    UUID role = UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff");
    organisation.serviceAccount(lockstep.server.access.DefaultRole.SERVICE);
    database()
        .write(
            db ->
                db.insertInto(TOKEN)
                    .set(TOKEN.ID, token)
                    .set(TOKEN.ORGANISATION_ID, organisation.id())
                    .set(TOKEN.ACCOUNT_ID, owner.account())
                    .set(TOKEN.NAME, "naïve 😀 'quoted' \\")
                    .set(TOKEN.DIGEST, withFirst(everyByte, token))
                    .set(TOKEN.IDENTITY_KEY, "")
                    .set(TOKEN.WRAPPED_KEY_SHARE, "")
                    .set(TOKEN.CREATED_AT, Instant.EPOCH)
                    .execute());
    var row = database().read(db -> db.fetchSingle(TOKEN, TOKEN.ID.eq(token)));
    assertThat(row.getDigest()).isEqualTo(withFirst(everyByte, token));
    assertThat(row.getName()).isEqualTo("naïve 😀 'quoted' \\");
    assertThat(row.getExpiresAt()).isNull();
    assertThat(row.getAccountId()).isEqualTo(owner.account());
    List<Boolean> flags =
        database()
            .read(
                db ->
                    db.select(ROLE.GLOBAL_ACCESS)
                        .from(ROLE)
                        .where(ROLE.ORGANISATION_ID.eq(organisation.id()))
                        .and(ROLE.ID.ne(role))
                        .fetch(ROLE.GLOBAL_ACCESS));
    assertThat(flags).contains(true, false);
  }

  /** Digests are unique. */
  private static byte[] withFirst(byte[] bytes, UUID id) {
    byte[] copy = bytes.clone();
    System.arraycopy(
        id.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, copy, 0, 36);
    return copy;
  }

  @Test
  void everyAcknowledgedWriteOfManyThreadsIsThere() throws Exception {
    int threads = 32;
    int writes = 200;
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        String prefix = thread + "-";
        all.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < writes; i++) {
                    insertTag(prefix + i);
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(database().read(this::countTags)).isEqualTo(threads * writes);
  }

  @Test
  void incrementsOfManyThreadsAreAllCounted() throws Exception {
    UUID app = UUID.fromString(organisation.app("shop").id());
    database()
        .write(db -> db.update(APP).set(APP.DESCRIPTION, "0").where(APP.ID.eq(app)).execute());
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(executor.submit(() -> increment(app)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(database().<String>read(db -> db.fetchSingle(APP, APP.ID.eq(app)).getDescription()))
        .isEqualTo("50");
  }

  private int increment(UUID app) {
    return database()
        .write(
            db -> {
              // The row stays locked from its first change to the end of the transaction.
              db.update(APP).set(APP.UPDATED_AT, Instant.EPOCH).where(APP.ID.eq(app)).execute();
              String before = db.fetchSingle(APP, APP.ID.eq(app)).getDescription();
              return db.update(APP)
                  .set(APP.DESCRIPTION, String.valueOf(Integer.parseInt(before) + 1))
                  .where(APP.ID.eq(app))
                  .execute();
            });
  }

  private UUID insertTagAt(Instant instant) {
    UUID id = UUID.randomUUID();
    database().write(db -> insertTag(db, id, id.toString(), instant));
    return id;
  }

  private Instant createdAt(UUID tag) {
    return database().read(db -> db.fetchSingle(TAG, TAG.ID.eq(tag)).getCreatedAt());
  }

  private int countTags(DSLContext db) {
    return db.fetchCount(TAG, TAG.ORGANISATION_ID.eq(organisation.id()));
  }

  private void insertTag(String name) {
    database().write(db -> insertTag(db, name));
  }

  private int insertTag(DSLContext db, String name) {
    return insertTag(db, UUID.randomUUID(), name, Instant.EPOCH);
  }

  private int insertTag(DSLContext db, UUID id, String name, Instant createdAt) {
    return db.insertInto(TAG)
        .set(TAG.ID, id)
        .set(TAG.ORGANISATION_ID, organisation.id())
        .set(TAG.NAME, name)
        .set(TAG.COLOR, "")
        .set(TAG.CREATED_AT, createdAt)
        .execute();
  }
}
