package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.ContractTest;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.UpdateSetMoreStep;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a process makes of a chain that others changed since it appended to it. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class OwnHeadsContractTest extends ChainFixture {

  private static final byte[] FORGED = new byte[32];

  private final UUID id = UUID.randomUUID();
  private final Checkpoints own = checkpoints();
  private Database database;

  private static Checkpoints checkpoints() {
    return new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)));
  }

  @BeforeEach
  void appendThree() {
    database = server.database();
    append(own, 3);
  }

  private void append(Checkpoints process, int events) {
    database.write(
        db -> {
          PendingEvents pending = PendingEvents.of(db, process, Clock.systemUTC());
          for (int i = 0; i < events; i++) {
            pending.add(PlacelessEvent.of(event(id)));
          }
          return db;
        });
  }

  private static AuditEventRecord event(UUID organisationId) {
    AuditEventRecord event = new AuditEventRecord();
    event.setId(UUID.randomUUID());
    event.setOrganisationId(organisationId);
    event.setCreatedAt(Instant.EPOCH);
    event.setAction("read");
    event.setResourceType("secret");
    event.setAccountKind("member");
    event.setAccountId(UUID.randomUUID());
    event.setAccountName("name");
    event.setUserAgent("");
    event.setRequestId("");
    event.setDescription("");
    event.setDetails("{}");
    return event;
  }

  private void stop(Checkpoints process) {
    new AuditChains(database, process, Clock.systemUTC()).close();
  }

  private void setHead(long sequence, byte[] hash) {
    change(
        db -> {
          UpdateSetMoreStep<?> update =
              db.update(AUDIT_CHAIN)
                  .set(AUDIT_CHAIN.SEQUENCE, sequence)
                  .set(AUDIT_CHAIN.HASH, hash);
          update.where(AUDIT_CHAIN.ORGANISATION_ID.eq(id)).execute();
        });
  }

  private void change(Consumer<DSLContext> work) {
    database.write(
        db -> {
          work.accept(db);
          return db;
        });
  }

  private long sequence() {
    return database.read(
        db -> db.fetchSingle(AUDIT_CHAIN, AUDIT_CHAIN.ORGANISATION_ID.eq(id)).getSequence());
  }

  private byte[] hashOf(long sequence) {
    return database.read(
        db ->
            db.fetchSingle(
                    AUDIT_EVENT,
                    AUDIT_EVENT.ORGANISATION_ID.eq(id).and(AUDIT_EVENT.SEQUENCE.eq(sequence)))
                .getHash());
  }

  private int signatures() {
    return database.read(
        db -> db.fetchCount(AUDIT_CHECKPOINT, AUDIT_CHECKPOINT.ORGANISATION_ID.eq(id)));
  }

  private void assertRefused() {
    long before = sequence();
    assertThatThrownBy(() -> append(own, 1))
        .isInstanceOf(AuditUnavailableException.class)
        .hasMessageContaining("changed by somebody else");
    assertThat(sequence()).isEqualTo(before);
  }

  @Test
  void whatAProcessAppendedLastIsSignedWhenItStops() {
    stop(own);
    Verdict verdict = database.read(db -> verify(db, id));
    assertThat(verdict.problems).isEmpty();
    assertThat(verdict.chains.getFirst().signedSequence()).isEqualTo(3);
  }

  @Test
  void anotherRecordInTheSamePlaceIsNotSignedAndNothingIsAppendedToIt() {
    setHead(3, FORGED);
    stop(own);
    assertThat(signatures()).isZero();
    assertRefused();
  }

  @Test
  void aShorterChainIsNotSignedAndNothingIsAppendedToIt() {
    setHead(2, hashOf(2));
    stop(own);
    assertThat(signatures()).isZero();
    assertRefused();
  }

  @Test
  void aChainWhoseEndIsGoneIsNotBegunAgain() {
    change(db -> db.deleteFrom(AUDIT_CHAIN).where(AUDIT_CHAIN.ORGANISATION_ID.eq(id)).execute());
    stop(own);
    assertThat(signatures()).isZero();
    assertThatThrownBy(() -> append(own, 1)).isInstanceOf(AuditUnavailableException.class);
    boolean begun =
        database.read(db -> db.fetchExists(AUDIT_CHAIN, AUDIT_CHAIN.ORGANISATION_ID.eq(id)));
    assertThat(begun).isFalse();
  }

  @Test
  void aHeadThatNobodyHereAppendedIsNotSigned() {
    setHead(7, FORGED);
    stop(own);
    stop(checkpoints());
    assertThat(signatures()).isZero();
  }

  @Test
  void anotherServerMayHaveAppendedSinceAndSignsThatItself() {
    Checkpoints other = checkpoints();
    append(other, 2);
    stop(own);
    assertThat(signatures()).isZero();
    append(own, 1);
    append(other, 1);
    stop(own);
    stop(other);
    Verdict verdict = database.read(db -> verify(db, id));
    assertThat(verdict.problems).isEmpty();
    assertThat(verdict.chains.getFirst().signedSequence()).isEqualTo(7);
  }

  @Test
  void whatWasRolledBackIsNotRemembered() {
    assertThatThrownBy(
            () ->
                database.write(
                    db -> {
                      PendingEvents pending = PendingEvents.of(db, own, Clock.systemUTC());
                      pending.add(PlacelessEvent.of(event(id)));
                      AuditEventRecord illegal = event(new UUID(-1, -1)); // The last to be stored.
                      illegal.setAction("no such action");
                      pending.add(PlacelessEvent.of(illegal));
                      return db;
                    }))
        .isInstanceOf(AuditUnavailableException.class);
    append(own, 1);
    stop(own);
    assertThat(database.read(db -> verify(db, id)).chains.getFirst().signedSequence()).isEqualTo(4);
  }

  /** The embedded database keeps ids in capitals, which read like those in small letters. */
  @Test
  void rowsWithOtherSpellingsOfIdsDoNotKeepAServerFromStopping() {
    change(
        db -> {
          for (int i = 0; db.family() == SQLDialect.SQLITE && i < 250; i++) {
            String capitals =
                UUID.randomUUID().toString().replaceFirst("^.", "A").toUpperCase(Locale.ROOT);
            db.query(
                    "insert into audit_chain (organisation_id, sequence, hash_before, hash)"
                        + " values ({0}, 1, {1}, {1})",
                    DSL.inline(capitals), DSL.val(FORGED))
                .execute();
          }
        });
    int before = database.read(db -> db.fetchCount(AUDIT_CHECKPOINT));
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(30), () -> stop(own));
    int after = database.read(db -> db.fetchCount(AUDIT_CHECKPOINT));
    assertThat(after).isEqualTo(before + 1);
    change(
        db ->
            db.deleteFrom(AUDIT_CHAIN)
                .where(AUDIT_CHAIN.HASH.eq(FORGED))
                .and(AUDIT_CHAIN.SEQUENCE.eq(1L))
                .execute());
  }

  @Test
  void whatDoesNotFitIsForgottenAndNotSigned() {
    for (int i = 0; i < OwnHeads.MAXIMUM_ORGANISATIONS; i++) {
      own.own().remember(UUID.randomUUID(), new OwnHeads.Head(1, FORGED));
    }
    assertThat(own.own().all()).hasSize(OwnHeads.MAXIMUM_ORGANISATIONS).doesNotContainKey(id);
    stop(own);
    assertThat(signatures()).isZero();
    append(own, 1);
    stop(own);
    assertThat(signatures()).isEqualTo(1);
  }
}
