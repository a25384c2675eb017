package lockstep.server.store;

import static lockstep.server.store.tables.Tables.SERVER_SETTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import lockstep.server.testing.Backend;
import org.jooq.DSLContext;
import org.jooq.Param;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresDatabaseTest {

  private static URI freshUrl() {
    return URI.create(
        Objects.requireNonNull(Backend.POSTGRES.freshDatabase().get("LOCKSTEP_DATABASE_URL")));
  }

  @Test
  void aDeadlockIsResolvedByTryingAgain() throws Exception {
    try (Database database = Databases.postgres(freshUrl());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      database.write(db -> put(db, "a", "0") + put(db, "b", "0"));
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      AtomicInteger runs = new AtomicInteger();
      Future<Integer> one =
          callers.submit(() -> database.write(db -> touch(db, bothHoldOne, runs, "a", "b")));
      Future<Integer> other =
          callers.submit(() -> database.write(db -> touch(db, bothHoldOne, runs, "b", "a")));
      assertThat(one.get() + other.get()).isEqualTo(4);
      // Who was turned back can be quicker than who waits for it, and both stand there once more.
      assertThat(runs.get()).isGreaterThanOrEqualTo(3);
    }
  }

  /** Changes two rows; on their first runs, two callers each hold one before going on. */
  private static int touch(
      DSLContext db, CyclicBarrier barrier, AtomicInteger runs, String first, String second) {
    boolean isFirstRun = runs.incrementAndGet() <= 2;
    int changed = change(db, first);
    if (isFirstRun) {
      try {
        barrier.await();
      } catch (InterruptedException | BrokenBarrierException e) {
        throw new IllegalStateException(e);
      }
    }
    return changed + change(db, second);
  }

  @Test
  void columnsHaveTheValuesOfTheirRows() {
    List<String> texts =
        List.of(
            "",
            "NULL",
            "null",
            "a,b",
            "{c}",
            "\"d\"",
            "\\e\\",
            " f ",
            "g\nh",
            "\u00e4\ud83d\udd11");
    // Whole minutes, and fractions of each length.
    List<Long> nanos = List.of(0L, 120_000_000L, 123_456_000L, 1_000L);
    List<@Nullable UUID> ids = new ArrayList<>();
    List<byte[]> bytes = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      ids.add(i % 2 == 0 ? new UUID(i, -1) : null);
      bytes.add(new byte[] {0, (byte) i, -1});
      times.add(Instant.ofEpochSecond(1_800_000_000L * i, nanos.get(i % nanos.size())));
      numbers.add(Long.MAX_VALUE - i);
    }
    Object[] columns = {
      new PlainSql.Column("text", texts),
      new PlainSql.Column("uuid", ids),
      new PlainSql.Column("bytea", bytes),
      new PlainSql.Column("timestamptz", times),
      new PlainSql.Column("bigint", numbers)
    };
    assertThat(columns[1].toString()).isEqualTo("Column[uuid, 10]");
    try (Database database = Databases.postgres(freshUrl())) {
      for (int i = 0; i < texts.size(); i++) {
        int row = i;
        String query =
            "select number, t, coalesce(cast(u as text), 'none'), b, z from unnest(cast(? as text[]),"
                + " cast(? as uuid[]), cast(? as bytea[]), cast(? as timestamptz[]),"
                + " cast(? as bigint[])) as rows (t, u, b, z, number) offset "
                + row;
        assertThat(
                database.<Optional<List<Object>>>read(
                    db ->
                        PlainSql.in(
                            db,
                            sql ->
                                sql.one(
                                    query,
                                    found ->
                                        List.<Object>of(
                                            found.number(1),
                                            found.text(2),
                                            found.text(3),
                                            HexFormat.of().formatHex(found.bytes(4)),
                                            found.time(5)),
                                    columns))))
            .contains(
                List.of(
                    numbers.get(row),
                    texts.get(row),
                    ids.get(row) == null ? "none" : String.valueOf(ids.get(row)),
                    HexFormat.of().formatHex(bytes.get(row)),
                    times.get(row)));
      }
    }
  }

  @Test
  void aServerThatCannotBeReachedIsAnOutageWithoutThePassword() {
    assertThatThrownBy(
            () -> Databases.postgres(URI.create("postgresql://u:hidden-word@localhost:1/x")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("cannot be reached")
        .satisfies(
            failure -> {
              for (Throwable e = failure; e != null; e = e.getCause()) {
                assertThat(e.toString()).doesNotContain("hidden-word");
              }
            });
  }

  @Test
  void aDatabaseThatGoesAwayIsAnOutage() {
    URI url = freshUrl();
    String name = url.getPath().substring(1);
    try (Database database = Databases.postgres(url);
        Database other = Databases.postgres(freshUrl())) {
      database.write(db -> put(db, "a", "0"));
      assertThat(database.<Integer>read(db -> db.fetchCount(SERVER_SETTING))).isEqualTo(1);
      other.write(
          db -> {
            db.execute("alter database " + name + " allow_connections false");
            return 0;
          });
      other.write(
          db ->
              db.fetch(
                      "select pg_terminate_backend(pid) from pg_stat_activity where datname = ?",
                      name)
                  .size());
      assertThatThrownBy(() -> database.read(db -> db.fetchCount(SERVER_SETTING)))
          .isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> database.write(db -> change(db, "a")))
          .isInstanceOf(StoreUnavailableException.class);
      other.write(
          db -> {
            db.execute("alter database " + name + " allow_connections true");
            return 0;
          });
      assertThat(untilAvailable(database)).isEqualTo(1);
    }
  }

  /** Connections that died unused are found out one by one. */
  private static int untilAvailable(Database database) {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.<Integer>write(db -> change(db, "a"));
      } catch (StoreUnavailableException e) {
        if (attempt == 16) {
          throw e;
        }
      }
    }
  }

  @Test
  void severalServersMigrateOneEmptyDatabaseAtOnce() throws Exception {
    URI url = freshUrl();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Database>> opening =
          List.of(
              callers.submit(() -> Databases.postgres(url)),
              callers.submit(() -> Databases.postgres(url)),
              callers.submit(() -> Databases.postgres(url)));
      for (Future<Database> one : opening) {
        try (Database database = one.get()) {
          assertThat(database.<Integer>read(db -> db.fetchCount(SERVER_SETTING))).isZero();
        }
      }
    }
  }

  @Test
  void rowContentsDoNotReachExceptions() {
    try (Database database = Databases.postgres(freshUrl())) {
      database.write(db -> put(db, "hidden-word", "0"));
      assertThatThrownBy(() -> database.write(db -> put(db, "hidden-word", "1")))
          .isInstanceOf(IntegrityConstraintViolationException.class)
          .satisfies(
              failure -> {
                for (Throwable e = failure; e != null; e = e.getCause()) {
                  assertThat(e.toString()).doesNotContain("hidden-word");
                }
              });
    }
  }

  @Test
  void ofSeveralHostsThePrimaryIsMeantUnlessTheAddressSaysOtherwise() {
    PGSimpleDataSource several =
        PostgresDatabase.source(URI.create("postgresql://a%40b:c@one,two:5433/x?ssl=true"));
    assertThat(several.getServerNames()).containsExactly("one", "two");
    assertThat(several.getPortNumbers()).containsExactly(5432, 5433);
    assertThat(several.getDatabaseName()).isEqualTo("x");
    assertThat(several.getUser()).isEqualTo("a@b");
    assertThat(several.getPassword()).isEqualTo("c");
    assertThat(several.getTargetServerType()).isEqualTo("primary");

    assertThat(
            PostgresDatabase.source(
                    URI.create("postgresql://one,two/x?targetServerType=preferSecondary"))
                .getTargetServerType())
        .isEqualTo("preferSecondary");
    assertThat(PostgresDatabase.source(URI.create("postgresql://one/x")).getTargetServerType())
        .isEqualTo("any");
  }

  @Test
  void userAndPasswordArePercentDecodedAndAPlusIsAPlus() {
    PGSimpleDataSource source =
        PostgresDatabase.source(URI.create("postgresql://a+b%40c:d+e%2B%20%C3%A9@host/x"));
    assertThat(source.getUser()).isEqualTo("a+b@c");
    assertThat(source.getPassword()).isEqualTo("d+e+ \u00e9");
  }

  @Test
  void longWritesAndMigrationsHaveTheirOwnTimeouts() throws SQLException {
    URI url = freshUrl();
    try (Database database = Databases.postgres(url);
        Connection migrating = PostgresDatabase.migrationSource(url).getConnection()) {
      for (int round = 0; round < 3; round++) {
        assertThat(database.<String>write(PostgresDatabaseTest::timeout)).isEqualTo("15s");
        assertThat(database.<String>writeLong(PostgresDatabaseTest::timeout)).isEqualTo("10min");
        assertThat(database.<String>read(PostgresDatabaseTest::timeout)).isEqualTo("15s");
      }
      assertThat(timeout(DSL.using(migrating))).isEqualTo("0");
      assertThat(migrating.getNetworkTimeout()).isZero();
    }
  }

  private static String timeout(DSLContext db) {
    return String.valueOf(db.fetchSingle("show statement_timeout").get(0));
  }

  private static int put(DSLContext db, String name, String value) {
    return db.insertInto(SERVER_SETTING, SERVER_SETTING.NAME, SERVER_SETTING.SETTING)
        .values(name, value)
        .execute();
  }

  private static int change(DSLContext db, String name) {
    Param<String> suffix = DSL.val("x");
    return db.update(SERVER_SETTING)
        .set(SERVER_SETTING.SETTING, SERVER_SETTING.SETTING.concat(suffix))
        .where(SERVER_SETTING.NAME.eq(name))
        .execute();
  }
}
