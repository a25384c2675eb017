package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.AUDIT_RETENTION;
import static lockstep.server.store.tables.Tables.SERVER_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.SigningKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.keys.ServerKeys;
import lockstep.server.serverkeys.ServerKeyRotation;
import lockstep.server.store.Database;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.store.tables.tables.records.AuditRetentionRecord;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Checkpoints across a change of the server key. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
class CheckpointSuccessionContractTest {

  private static final ServerKey OLD = ServerKey.parse(ServerUnderTest.SERVER_SECRET);
  private static final ServerKey NEW = ServerKey.parse("b3".repeat(32));
  private static final ServerKey THIRD = ServerKey.parse("b5".repeat(32));
  private static final ServerKey STRANGE = ServerKey.parse("b4".repeat(32));
  private static final Clock CLOCK = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));

  @Parameter private Backend backend;

  private ServerUnderTest server;
  private TestOrganisation organisation;

  @BeforeEach
  void rotate() {
    server = ServerUnderTest.start(backend, Map.of("SERVER_SECRET_NEXT", "b3".repeat(32)));
    server.database().write(db -> db.execute("delete from organisation where name = 'nobody'"));
    organisation = TestOrganisation.create(server);
    organisation.app("before");
    AuditEventRecord newest = newest();
    insertSigned(OLD, newest.getSequence(), newest.getHash());
    rotate(OLD, NEW);
    organisation.app("after");
  }

  private void rotate(ServerKey previous, ServerKey next) {
    Database database = server.database();
    ServerKeys keys = ServerKeys.of(next, Optional.of(previous), Optional.empty());
    Checkpoints checkpoints = new Checkpoints(keys);
    try (ServerKeyRotation rotation =
        new ServerKeyRotation(
            database, keys, checkpoints, new Audit(database, checkpoints, CLOCK), CLOCK)) {
      rotation.begin();
      rotation.run();
    }
  }

  private void removeOldest(ServerKeys keys, int count) {
    Database database = server.database();
    Checkpoints checkpoints = new Checkpoints(keys);
    Clock later = Clock.offset(CLOCK, Duration.ofDays(31));
    Retention retention =
        new Retention(
            database,
            new Audit(database, checkpoints, later),
            checkpoints,
            Duration.ofDays(30),
            (_, _) -> Long.MAX_VALUE,
            false,
            later,
            count);
    assertThat(database.<Integer>writeLong(db -> retention.removeSome(db, organisation.id())))
        .isEqualTo(count);
  }

  private AuditRetentionRecord beginning() {
    return server
        .database()
        .read(
            db ->
                db.fetchSingle(
                    AUDIT_RETENTION, AUDIT_RETENTION.ORGANISATION_ID.eq(organisation.id())));
  }

  private void putBack(AuditRetentionRecord beginning) {
    beginning.touched(true);
    server.database().write(db -> db.executeUpdate(beginning));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AuditEventRecord newest() {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .orderBy(AUDIT_EVENT.SEQUENCE.desc())
                    .limit(1)
                    .fetchSingle());
  }

  /** What the holder of a server key who writes to the database can do. */
  private void insertSigned(ServerKey key, long sequence, byte[] hash) {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
    byte[] signature =
        SigningKey.derive(key, "lockstep audit checkpoints")
            .sign(RecordEncoding.checkpoint(organisation.id().toString(), sequence, hash, at));
    server
        .database()
        .write(
            db ->
                db.insertInto(AUDIT_CHECKPOINT)
                    .set(AUDIT_CHECKPOINT.ORGANISATION_ID, organisation.id())
                    .set(AUDIT_CHECKPOINT.SEQUENCE, sequence)
                    .set(AUDIT_CHECKPOINT.HASH, hash)
                    .set(AUDIT_CHECKPOINT.CREATED_AT, at)
                    .set(AUDIT_CHECKPOINT.SIGNATURE, signature)
                    .execute());
  }

  private ChainFixture.Verdict verify(ServerKey anchor) {
    ChainFixture.Verdict verdict = new ChainFixture.Verdict();
    new AuditVerification(server.database(), Checkpoints.publicKey(anchor)).run(verdict);
    return verdict;
  }

  @Test
  void eachKeyLeadsToTheCheckpointsOfTheOther() {
    for (ServerKey anchor : List.of(OLD, NEW)) {
      ChainFixture.Verdict verdict = verify(anchor);
      assertThat(verdict.problems).isEmpty();
      assertThat(verdict.chains.getFirst().signedSequence()).isPositive();
    }
    assertThat(verify(STRANGE).problems)
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(AuditFindings.Kind.CHECKPOINT));
  }

  @Test
  void theOldKeySignsNothingAnyMore() {
    AuditEventRecord newest = newest();
    insertSigned(OLD, newest.getSequence(), newest.getHash());
    ChainFixture.Verdict verdict = verify(NEW);
    assertThat(verdict.lines()).containsExactly(newest.getSequence() + " CHECKPOINT");
    assertThat(verdict.problems.getFirst().explanation()).contains("had been replaced before");
  }

  @Test
  void theNewKeySignsOn() {
    AuditEventRecord newest = newest();
    insertSigned(NEW, newest.getSequence(), newest.getHash());
    ChainFixture.Verdict verdict = verify(OLD);
    assertThat(verdict.problems).isEmpty();
    assertThat(verdict.chains.getFirst().signedSequence()).isEqualTo(newest.getSequence());
  }

  @Test
  void whatWasRemovedBeforeIsSignedAnewAndTheOldKeyRemovesNothingMore() {
    removeOldest(ServerKeys.of(NEW, Optional.of(OLD), Optional.empty()), 2);
    AuditRetentionRecord signedBefore = beginning();
    assertThat(verify(OLD).problems).isEmpty();
    rotate(NEW, THIRD);
    for (ServerKey anchor : List.of(OLD, NEW, THIRD)) {
      assertThat(verify(anchor).problems).isEmpty();
    }
    AuditRetentionRecord signedAnew = beginning();
    putBack(signedBefore);
    assertThat(verify(THIRD).lines()).contains("3 RETENTION", "1 REMOVED");
    putBack(signedAnew);
    removeOldest(ServerKeys.of(THIRD), 2);
    assertThat(verify(OLD).problems).isEmpty();
    assertThat(verify(OLD).chains.getFirst().first()).isEqualTo(5);
  }

  @Test
  void aRemovalThatTheKeyBeforeDidNotSignIsNotTakenOver() {
    removeOldest(ServerKeys.of(NEW, Optional.of(OLD), Optional.empty()), 2);
    AuditRetentionRecord forged = beginning();
    forged.setSignature(
        SigningKey.derive(OLD, "lockstep audit checkpoints")
            .sign(
                RecordEncoding.retention(
                    organisation.id().toString(),
                    forged.getFirstKept(),
                    forged.getHashBefore(),
                    forged.getRemoved(),
                    forged.getCreatedAt())));
    putBack(forged);
    assertThat(verify(NEW).lines()).contains("3 RETENTION");
    rotate(NEW, THIRD);
    assertThat(verify(THIRD).lines()).contains("3 RETENTION");
  }

  @Test
  void aSuccessionThatWasChangedIsFoundAndNotBelieved() {
    server
        .database()
        .write(
            db ->
                db.update(SERVER_KEY)
                    .set(SERVER_KEY.INTRODUCED_AT, Instant.EPOCH)
                    .where(SERVER_KEY.SEQUENCE.eq(2))
                    .execute());
    assertThat(verify(NEW).problems)
        .extracting(AuditFindings.Problem::kind)
        .contains(AuditFindings.Kind.SUCCESSION, AuditFindings.Kind.CHECKPOINT);
  }

  @Test
  void anExportIsVerifiedWithTheKeysInTheirOrder() throws Exception {
    TestCaller owner = organisation.owner();
    StringBuilder lines = new StringBuilder();
    owner
        .get("/v1/audit/chain/?limit=1000")
        .is(200)
        .json()
        .get("data")
        .forEach(event -> lines.append(event).append('\n'));
    IdentityKey old = Checkpoints.publicKey(OLD);
    IdentityKey current = Checkpoints.publicKey(NEW);
    assertThat(isIntact(lines.toString(), List.of(old, current))).isTrue();
    assertThat(isIntact(lines.toString(), List.of(current, old))).isFalse();
    assertThat(isIntact(lines.toString(), List.of(current))).isFalse();
  }

  private static boolean isIntact(String lines, List<IdentityKey> keys) throws Exception {
    return new ExportVerification(keys, List.of())
        .run(
            new java.io.BufferedReader(new java.io.StringReader(lines)),
            new ChainFixture.Verdict());
  }
}
