package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.AUDIT_RETENTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.ToLongBiFunction;
import lockstep.crypto.ServerKey;
import lockstep.crypto.Sha256;
import lockstep.server.ServerUnderTest;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.store.tables.tables.records.AuditRetentionRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.ForwardingDatabase;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Old events go, and what is left can be verified. */
@ContractTest
final class RetentionContractTest extends ChainFixture {

  private static final Duration AGE = Duration.ofDays(30);
  private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofDays(31));

  private Retention retention(Clock clock, ToLongBiFunction<DSLContext, UUID> removable, int some) {
    return retention(server.database(), clock, removable, some);
  }

  private static Retention retention(
      Database database, Clock clock, ToLongBiFunction<DSLContext, UUID> removable, int some) {
    Checkpoints own =
        new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)));
    Clock micros = Clock.tick(clock, Duration.ofNanos(1_000));
    return new Retention(
        database, new Audit(database, own, micros), own, AGE, removable, false, micros, some);
  }

  private static long all(DSLContext db, UUID organisationId) {
    return Long.MAX_VALUE;
  }

  private void recordAndSign() {
    record();
    sign();
  }

  /** So that it can go: what no checkpoint covers stays. */
  private void sign() {
    sign(server, organisation);
  }

  private static void sign(ServerUnderTest of, TestOrganisation whose) {
    of.database()
        .write(
            db -> {
              signNewest(db, whose.id());
              return whose;
            });
  }

  private int removeSome(Retention retention) {
    return server.database().writeLong(db -> retention.removeSome(db, organisation.id()));
  }

  private List<AuditEventRecord> events() {
    return server.database().read(db -> events(db, organisation.id()));
  }

  private static ExpectedRecord noted(AuditEventRecord event) {
    return ExpectedRecord.parse(
        event.getOrganisationId()
            + ":"
            + event.getSequence()
            + ":"
            + HexFormat.of().formatHex(event.getHash()));
  }

  @Test
  void oldEventsGoAndTheRestIsVerifiedFromASignedBeginning() {
    recordAndSign();
    List<AuditEventRecord> before = events();
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 3))).isEqualTo(3);

    List<AuditEventRecord> after = events();
    assertThat(after.getFirst().getSequence()).isEqualTo(4);
    AuditEventRecord event = after.getLast();
    assertThat(event.getSequence()).isEqualTo(before.size() + 1L);
    assertThat(event.getAccountKind()).isEqualTo("server");
    assertThat(event.getDetails()).isEqualTo("{\"first\":1,\"last\":3,\"count\":3,\"days\":30}");
    Verdict verdict = verify();
    assertThat(verdict.problems).isEmpty();
    assertThat(verdict.chains.getFirst().first()).isEqualTo(4);
    assertThat(verdict.chains.getFirst().removedAt()).isPresent();
    assertThat(verdict.chains.getFirst().records()).isEqualTo(before.size() - 2L);
    owner.get("/v1/audit/events/").is(200);
  }

  @Test
  void whatWasNotedDownBeforeIsStillGoodAsFarAsItIsThere() {
    recordAndSign();
    List<AuditEventRecord> before = events();
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 3))).isEqualTo(3);
    server
        .database()
        .read(
            db -> {
              ExpectedRecord[] all =
                  before.stream().map(RetentionContractTest::noted).toArray(ExpectedRecord[]::new);
              assertThat(verify(db, organisation.id(), all).problems).isEmpty();
              ExpectedRecord other =
                  ExpectedRecord.parse(organisation.id() + ":3:" + "ab".repeat(32));
              assertThat(verify(db, organisation.id(), other).lines())
                  .containsExactly("3 UNEXPECTED");
              return all;
            });
  }

  @Test
  void youngEventsAndTheNewestStay() {
    recordAndSign();
    assertThat(removeSome(retention(Clock.systemUTC(), RetentionContractTest::all, 100))).isZero();
    int all = events().size();
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 100))).isEqualTo(all - 1);
    assertThat(events()).hasSize(2);
    assertThat(verify().problems).isEmpty();
  }

  /** A removal takes as long as it takes, and meanwhile one event after the other gets old. */
  @Test
  void whatGetsOldMeanwhileStaysUntilTheNextTime() {
    Instant begin = Instant.parse("2026-02-03T04:05:06Z");
    server
        .database()
        .write(
            db -> {
              for (int i = 0; i < 20; i++) {
                new Audit(
                        server.database(),
                        CHECKPOINTS,
                        Clock.fixed(begin.plusSeconds(i), ZoneOffset.UTC))
                    .recordByServer(
                        db,
                        new OrganisationId(organisation.id()),
                        AuditEvent.of(
                            AuditAction.UPDATE,
                            AuditedResource.ORGANISATION,
                            organisation.id(),
                            "Number " + i,
                            Map.of()));
              }
              return begin;
            });
    sign();
    AtomicReference<Instant> now = new AtomicReference<>(begin.plus(AGE).plusSeconds(3));
    Clock hurrying = hurrying(now);
    Checkpoints own =
        new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)));
    try (Retention retention =
        new Retention(
            server.database(),
            new Audit(server.database(), own, Clock.systemUTC()),
            own,
            AGE,
            (_, id) -> id.equals(organisation.id()) ? Long.MAX_VALUE : 0,
            true,
            hurrying,
            100)) {
      assertThat(retention.removeAll()).isPositive().isLessThan(10);
    }
    assertThat(events().stream().filter(event -> event.getAction().equals("delete"))).hasSize(1);
    assertThat(verify().problems).isEmpty();
  }

  /** Each look at it is a second later than the one before. */
  private static Clock hurrying(AtomicReference<Instant> now) {
    return new Clock() {
      @Override
      public Instant instant() {
        return now.getAndUpdate(time -> time.plusSeconds(1));
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  @Test
  void aRemovalIsNotTheReasonForAnother() {
    recordAndSign();
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 100))).isPositive();
    sign();
    Clock muchLater = Clock.offset(LATER, Duration.ofDays(31));
    assertThat(removeSome(retention(muchLater, RetentionContractTest::all, 100))).isOne();
    sign();
    Clock muchMuchLater = Clock.offset(muchLater, Duration.ofDays(31));
    assertThat(removeSome(retention(muchMuchLater, RetentionContractTest::all, 100))).isZero();
    assertThat(verify().problems).isEmpty();
  }

  @Test
  void whatWasNotDeliveredStays() {
    recordAndSign();
    assertThat(removeSome(retention(LATER, (_, _) -> 2, 100))).isEqualTo(2);
    assertThat(events().getFirst().getSequence()).isEqualTo(3);
    assertThat(removeSome(retention(LATER, (_, _) -> 2, 100))).isZero();
    assertThat(verify().problems).isEmpty();
  }

  @Test
  void aRemovalWithoutAGenuineRecordIsFound() {
    recordAndSign();
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 3))).isEqualTo(3);
    AuditRetentionRecord genuine =
        server
            .database()
            .read(
                db ->
                    db.fetchSingle(
                        AUDIT_RETENTION, AUDIT_RETENTION.ORGANISATION_ID.eq(organisation.id())));
    TestOrganisation other = TestOrganisation.create(server);
    Map<Field<?>, Object> forgeries =
        Map.of(
            AUDIT_RETENTION.FIRST_KEPT,
            3L,
            AUDIT_RETENTION.HASH_BEFORE,
            new byte[32],
            AUDIT_RETENTION.REMOVED,
            4L,
            AUDIT_RETENTION.CREATED_AT,
            Instant.EPOCH,
            AUDIT_RETENTION.SIGNATURE,
            new byte[64]);
    forgeries.forEach(
        (field, forged) ->
            tampering(
                db -> {
                  db.update(AUDIT_RETENTION)
                      .set(Map.of(field, forged))
                      .where(AUDIT_RETENTION.ORGANISATION_ID.eq(organisation.id()))
                      .execute();
                  assertThat(verify(db, organisation.id()).lines())
                      .as(field.getName())
                      .contains("1 REMOVED")
                      .anyMatch(line -> line.endsWith(" RETENTION"));
                }));
    tampering(
        db -> {
          db.deleteFrom(AUDIT_RETENTION)
              .where(AUDIT_RETENTION.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(verify(db, organisation.id()).lines()).containsExactly("1 REMOVED");
        });
    tampering(
        db -> {
          AuditRetentionRecord moved = genuine.copy();
          moved.setOrganisationId(other.id());
          db.executeInsert(moved);
          assertThat(verify(db, other.id()).lines()).contains("4 RETENTION");
        });
  }

  @Test
  void moreThanTheRecordSaysCannotGoNorComeBack() {
    recordAndSign();
    AuditEventRecord first = events().getFirst();
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 2))).isEqualTo(2);
    AuditRetentionRecord early =
        server
            .database()
            .read(
                db ->
                    db.fetchSingle(
                        AUDIT_RETENTION, AUDIT_RETENTION.ORGANISATION_ID.eq(organisation.id())));
    tampering(
        db -> {
          db.deleteFrom(AUDIT_EVENT)
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
              .and(AUDIT_EVENT.SEQUENCE.eq(3L))
              .execute();
          assertThat(verify(db, organisation.id()).lines()).containsExactly("3 REMOVED");
        });
    tampering(
        db -> {
          first.touched(true);
          db.executeInsert(first);
          assertThat(verify(db, organisation.id()).lines()).contains("1 DUPLICATE");
        });
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 2))).isEqualTo(2);
    tampering(
        db -> {
          early.touched(true);
          db.executeUpdate(early);
          assertThat(verify(db, organisation.id()).lines()).containsExactly("3 REMOVED");
        });
  }

  @Test
  void nothingIsRemovedFromAChainThatWasChanged() {
    recordAndSign();
    tampering(
        db -> {
          db.update(AUDIT_EVENT)
              .set(AUDIT_EVENT.DESCRIPTION, "Something else")
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
              .and(AUDIT_EVENT.SEQUENCE.eq(2L))
              .execute();
          assertThat(
                  retention(LATER, RetentionContractTest::all, 100)
                      .removeSome(db, organisation.id()))
              .isZero();
          assertThat(
                  retention(LATER, RetentionContractTest::all, 1).removeSome(db, organisation.id()))
              .isZero();
        });
  }

  @Test
  void whatNoCheckpointCoversStays() {
    record();
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 3))).isZero();
    int signed = events().size();
    sign();
    owner.get("/v1/audit/events/").is(200);
    owner.get("/v1/audit/events/").is(200);
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 100))).isEqualTo(signed);
    assertThat(removeSome(retention(LATER, RetentionContractTest::all, 100))).isZero();
    assertThat(events().getFirst().getSequence()).isEqualTo(signed + 1L);
    assertThat(verify().problems).isEmpty();
  }

  /** Whoever can write to the database can compute hashes, but no signatures. */
  @Test
  void nothingIsRemovedOfWhichTheNextCheckpointSaysThatItWasAnother() {
    record();
    int last = events().size();
    tampering(
        db -> {
          signNewest(db, organisation.id());
          replaceAll(db, "Something else");
          assertThat(
                  retention(LATER, RetentionContractTest::all, 2).removeSome(db, organisation.id()))
              .isZero();
        });
    tampering(
        db -> {
          signNewest(db, organisation.id());
          replaceAll(db, "Something else");
          db.deleteFrom(AUDIT_CHECKPOINT)
              .where(AUDIT_CHECKPOINT.ORGANISATION_ID.eq(organisation.id()))
              .execute();
          assertThat(
                  retention(LATER, RetentionContractTest::all, 2).removeSome(db, organisation.id()))
              .isZero();
        });
    tampering(
        db -> {
          replaceAll(db, "Something else");
          byte[] hash = events(db, organisation.id()).getLast().getHash();
          db.insertInto(AUDIT_CHECKPOINT)
              .set(AUDIT_CHECKPOINT.ORGANISATION_ID, organisation.id())
              .set(AUDIT_CHECKPOINT.SEQUENCE, (long) last)
              .set(AUDIT_CHECKPOINT.HASH, hash)
              .set(AUDIT_CHECKPOINT.CREATED_AT, Instant.parse("2026-01-01T00:00:00Z"))
              .set(AUDIT_CHECKPOINT.SIGNATURE, new byte[64])
              .onConflictDoNothing()
              .execute();
          assertThat(
                  retention(LATER, RetentionContractTest::all, 2).removeSome(db, organisation.id()))
              .isZero();
        });
  }

  /** Another history with right hashes. */
  private void replaceAll(DSLContext db, String description) {
    db.update(AUDIT_EVENT)
        .set(AUDIT_EVENT.DESCRIPTION, description)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
        .execute();
    byte[] previous = RecordEncoding.start(organisation.id().toString());
    for (VerificationStore.StoredRecord record :
        VerificationStore.oldest(db, organisation.id(), Long.MAX_VALUE)) {
      byte[] hash = Sha256.of(previous, RecordEncoding.digest(record.columns()));
      db.update(AUDIT_EVENT)
          .set(AUDIT_EVENT.PREVIOUS_HASH, previous)
          .set(AUDIT_EVENT.HASH, hash)
          .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
          .and(AUDIT_EVENT.SEQUENCE.eq(record.sequence()))
          .execute();
      previous = hash;
    }
  }

  /** What runs when the process ends in the middle, at each step. */
  @Test
  void aRemovalThatIsInterruptedHasHappenedAsAWholeOrNotAtAll() {
    recordAndSign();
    int all = events().size();
    Retention retention = retention(LATER, RetentionContractTest::all, 2);
    while (events().getFirst().getSequence() < all) {
      int before = events().size();
      assertThatThrownBy(
              () ->
                  server
                      .database()
                      .writeLong(
                          db -> {
                            assertThat(retention.removeSome(db, organisation.id())).isPositive();
                            throw new IllegalStateException("crash");
                          }))
          .hasMessage("crash");
      assertThat(events()).hasSize(before);
      assertThat(verify().problems).isEmpty();
      assertThat(removeSome(retention(LATER, RetentionContractTest::all, 2))).isPositive();
      assertThat(verify().problems).isEmpty();
    }
    assertThat(events().getFirst().getSequence()).isBetween((long) all, all + 1L);
  }

  @Test
  void ofTwoServersOneRemovesAndTheOtherTakesOver() {
    try (ServerUnderTest own = ServerUnderTest.start(backend)) {
      TestOrganisation there = TestOrganisation.create(own);
      TestCaller caller = there.owner();
      for (int i = 0; i < 5; i++) {
        caller.get("/v1/audit/events/").is(200);
      }
      sign(own, there);
      Clock micros = Clock.tick(LATER, Duration.ofNanos(1_000));
      Claim elsewhere = new Claim(own.database(), "retention", false, micros);
      assertThat(elsewhere.hold()).isTrue();
      assertThat(retention(own.database(), LATER, RetentionContractTest::all, 2).removeAll())
          .isZero();
      Clock afterTheLease = Clock.offset(LATER, Claim.LEASE.plusSeconds(1));
      assertThat(
              retention(own.database(), afterTheLease, RetentionContractTest::all, 2).removeAll())
          .isEqualTo(5);
      assertThat(own.database().<Boolean>write(elsewhere::isHeld)).isFalse();
    }
  }

  @Test
  void aServerThatLosesItsTurnRemovesNothingMore() {
    try (ServerUnderTest own = ServerUnderTest.start(backend)) {
      TestOrganisation there = TestOrganisation.create(own);
      for (int i = 0; i < 5; i++) {
        there.owner().get("/v1/audit/events/").is(200);
      }
      sign(own, there);
      Database stolen =
          new Stealing(own.database(), Clock.offset(LATER, Claim.LEASE.plusSeconds(1)));
      assertThat(retention(stolen, LATER, RetentionContractTest::all, 2).removeAll()).isZero();
    }
  }

  /** Another server takes the claim before each long write. */
  private static final class Stealing extends ForwardingDatabase {

    private final Clock later;

    private Stealing(Database database, Clock later) {
      super(database);
      this.later = later;
    }

    @Override
    public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
      assertThat(new Claim(database(), "retention", false, later).hold()).isTrue();
      return super.writeLong(work);
    }

    @Override
    public void close() {}
  }
}
