package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.UNCHAINED_AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How records get into a chain, and what happens if they cannot. */
@ContractTest
final class AuditWritingContractTest extends ChainFixture {

  @Test
  void sixteenWritersAtOnceMakeOneChain() throws Exception {
    TestApp app = organisation.app("shop");
    try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
      List<Future<?>> done = new ArrayList<>();
      for (int writer = 0; writer < 16; writer++) {
        int number = writer;
        done.add(
            writers.submit(
                () -> {
                  for (int i = 0; i < 10; i++) {
                    String key = "K" + number + "_" + i;
                    owner.post(app.secrets(), body(secret(key, "v"))).is(201);
                    owner.get(app.secrets() + "&key=" + key).is(200);
                  }
                }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    }
    Verdict verdict = verify();
    assertThat(verdict.problems).isEmpty();
    assertThat(verdict.chains.getFirst().records()).isGreaterThanOrEqualTo(320);
  }

  @Test
  void everyThousandthRecordIsSignedInItsTransaction() {
    UUID organisationId = UUID.randomUUID();
    server
        .database()
        .write(
            db -> {
              for (int i = 0; i < 1_003; i++) {
                AuditEventRecord event = older(organisationId, i);
                PendingEvents.of(db, CHECKPOINTS, Clock.systemUTC()).add(PlacelessEvent.of(event));
              }
              return organisationId;
            });
    server
        .database()
        .read(
            db -> {
              Verdict verdict = verify(db, organisationId);
              assertThat(verdict.problems).isEmpty();
              assertThat(verdict.chains.getFirst().signedSequence()).isEqualTo(1_000);
              return db;
            });
    server
        .database()
        .write(
            db ->
                db.deleteFrom(AUDIT_CHECKPOINT)
                    .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(organisationId))
                    .execute());
    List<String> found = server.database().read(db -> verify(db, organisationId).lines());
    assertThat(found).containsExactly("1000 CHECKPOINT");
  }

  private static AuditEventRecord older(UUID organisationId, int number) {
    AuditEventRecord event = new AuditEventRecord();
    event.setId(UUID.randomUUID());
    event.setOrganisationId(organisationId);
    event.setCreatedAt(Instant.EPOCH.plusSeconds(number));
    event.setAction("read");
    event.setResourceType("secret");
    event.setAccountKind("member");
    event.setAccountId(UUID.randomUUID());
    event.setAccountName("name " + number);
    event.setUserAgent("");
    event.setRequestId("");
    event.setDescription("");
    event.setDetails("{}");
    return event;
  }

  @Test
  void eventsFromBeforeThereWereChainsGetTheirPlacesByTime() {
    try (ServerUnderTest own = ServerUnderTest.start(backend)) {
      UUID one = UUID.randomUUID();
      UUID other = UUID.randomUUID();
      own.database()
          .write(
              db -> {
                for (int i = 2_299; i >= 0; i--) {
                  db.insertInto(UNCHAINED_AUDIT_EVENT)
                      .set(older(i % 3 == 0 ? other : one, i).into(UNCHAINED_AUDIT_EVENT))
                      .execute();
                }
                return one;
              });
      new AuditChains(own.database(), CHECKPOINTS, Clock.systemUTC()).chainOlderEvents();
      own.database()
          .read(
              db -> {
                assertThat(db.fetchCount(UNCHAINED_AUDIT_EVENT)).isZero();
                for (UUID organisationId : List.of(one, other)) {
                  Verdict verdict = verify(db, organisationId);
                  assertThat(verdict.problems).isEmpty();
                  List<AuditEventRecord> events = events(db, organisationId);
                  assertThat(events)
                      .isSortedAccordingTo(
                          java.util.Comparator.comparing(AuditEventRecord::getCreatedAt));
                  assertThat(verdict.chains.getFirst().signedSequence())
                      .isEqualTo(events.size())
                      .isIn(1_533L, 767L);
                }
                return db;
              });
    }
  }

  @Test
  void withoutItsRecordNothingIsReadAndNothingChanged() {
    try (ServerUnderTest own = ServerUnderTest.start(backend)) {
      TestOrganisation there = TestOrganisation.create(own);
      TestApp app = there.app("shop");
      there.owner().post(app.secrets(), body(secret("A", "hidden"))).is(201);
      own.database().write(db -> db.execute("alter table audit_event rename to elsewhere"));

      String read = there.owner().get(app.secrets()).is(503).text();
      assertThat(read)
          .contains("The audit log cannot be written right now.")
          .doesNotContain("hidden");
      there.owner().post("/v1/apps/", Map.of("name", "unrecorded")).is(503);
      int apps = own.database().read(db -> db.fetchCount(APP, APP.NAME.eq("unrecorded")));
      assertThat(apps).isZero();

      own.database().write(db -> db.execute("alter table elsewhere rename to audit_event"));
      there.owner().get(app.secrets()).is(200);
      own.database()
          .read(
              db -> {
                assertThat(verify(db, there.id()).problems).isEmpty();
                return db;
              });
    }
  }

  @Test
  void aFailedTransactionLeavesNoGap() {
    TestApp app = organisation.app("shop");
    long before = head();
    owner.post(app.secrets(), body(secret("A", "1"), secret("A", "2"))).is(409);
    owner.post("/v1/roles/", Map.of("name", "Owner"));
    assertThat(head()).isEqualTo(before);
    owner.get(app.secrets()).is(200);
    assertThat(head()).isEqualTo(before + 1);
    assertThat(verify().problems).isEmpty();
  }

  private long head() {
    return server
        .database()
        .read(
            db ->
                db.select(AUDIT_CHAIN.SEQUENCE)
                    .from(AUDIT_CHAIN)
                    .where(AUDIT_CHAIN.ORGANISATION_ID.eq(organisation.id()))
                    .fetchSingle()
                    .value1());
  }

  @Test
  void aStoppingServerSignsTheNewestRecords(@TempDir Path folder) {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.toString());
    UUID there;
    try (ServerUnderTest own = ServerUnderTest.start(backend, settings)) {
      TestOrganisation made = TestOrganisation.create(own);
      made.app("shop");
      there = made.id();
    }
    try (ServerUnderTest again = ServerUnderTest.on(settings)) {
      Verdict verdict = again.database().read(db -> verify(db, there));
      assertThat(verdict.problems).isEmpty();
      assertThat(verdict.chains.getFirst().sequence()).isPositive();
      assertThat(verdict.chains.getFirst().signedSequence())
          .isEqualTo(verdict.chains.getFirst().sequence());
    }
  }

  @Test
  void noTwoRecordsHaveOneHash() {
    record();
    List<AuditEventRecord> all = server.database().read(db -> db.selectFrom(AUDIT_EVENT).fetch());
    assertThat(new HashSet<>(all.stream().map(e -> List.of(bytes(e.getHash()))).toList()))
        .hasSize(all.size());
  }

  private static String bytes(byte[] hash) {
    return java.util.HexFormat.of().formatHex(hash);
  }

  /** Triggers that somebody added. */
  @Test
  void aDatabaseThatDropsEventsOrComputesOtherHashesIsNotBelieved() {
    try (ServerUnderTest own = ServerUnderTest.start(backend)) {
      TestOrganisation there = TestOrganisation.create(own);
      TestApp app = there.app("shop");
      if (backend == Backend.SQLITE) {
        change(
            own,
            "create trigger dropping before insert on audit_event begin select raise(ignore); end");
        there.owner().get(app.secrets()).is(503);
        change(own, "drop trigger dropping");
      } else {
        change(
            own,
            "create function nothing() returns trigger language plpgsql"
                + " as 'begin return null; end'");
        change(
            own,
            "create trigger dropping before insert on audit_event for each row"
                + " execute function nothing()");
        there.owner().get(app.secrets()).is(503);
        change(own, "drop trigger dropping on audit_event");
        change(
            own,
            "create function other() returns trigger language plpgsql"
                + " as 'begin new.hash = sha256(new.hash); return new; end'");
        change(
            own,
            "create trigger changing before update on audit_chain for each row"
                + " execute function other()");
        there.owner().get(app.secrets()).is(503);
        change(own, "drop trigger changing on audit_chain");
      }
      there.owner().get(app.secrets()).is(200);
      own.database()
          .read(
              db -> {
                assertThat(verify(db, there.id()).problems).isEmpty();
                return db;
              });
    }
  }

  private static void change(ServerUnderTest server, String sql) {
    server.database().write(db -> db.execute(sql));
  }
}
