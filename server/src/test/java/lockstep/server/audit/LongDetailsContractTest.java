package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_DETAIL;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import lockstep.server.store.tables.tables.records.AuditDetailRecord;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import org.jooq.DSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Details that many events have alike are kept once, and are as safe as the events. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class LongDetailsContractTest extends ChainFixture {

  private static final int SECRETS = 30;
  private static final int READS = 3;

  private TestApp app;

  @BeforeEach
  void readManySecretsSometimes() {
    app = organisation.app("shop");
    owner
        .post(
            app.secrets(),
            body(IntStream.range(0, SECRETS).mapToObj(i -> secret("KEY_" + i, "value")).toArray()))
        .is(201);
    for (int i = 0; i < READS; i++) {
      owner.get(app.secrets()).is(200);
    }
    owner.post(app.secrets(), body(secret("ONE_MORE", "value"))).is(201);
    owner.get(app.secrets()).is(200);
  }

  private List<AuditDetailRecord> kept(DSLContext db) {
    return db.selectFrom(AUDIT_DETAIL)
        .where(AUDIT_DETAIL.ORGANISATION_ID.eq(organisation.id()))
        .fetch();
  }

  private List<Long> referring(DSLContext db, AuditDetailRecord detail) {
    return db.select(AUDIT_EVENT.SEQUENCE)
        .from(AUDIT_EVENT)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
        .and(AUDIT_EVENT.DETAILS.eq(detail.getReference()))
        .fetch(AUDIT_EVENT.SEQUENCE);
  }

  @Test
  void whatIsTheSameIsKeptOnce() {
    server
        .database()
        .read(
            db -> {
              // What was created is what was read; and then there was one more.
              assertThat(kept(db).stream().map(one -> referring(db, one).size()))
                  .containsExactlyInAnyOrder(1 + READS, 1);
              return db;
            });
    assertThat(verify().problems).isEmpty();
  }

  @Test
  void whoeverReadsTheLogFindsItComplete() {
    for (String log : List.of("/v1/audit/chain/", "/v1/audit/events/?resourceType=secret")) {
      List<Integer> sizes = new ArrayList<>();
      for (var event : owner.get(log).is(200).json().get("data")) {
        if (event.get("resourceType").stringValue().equals("secret")) {
          sizes.add(event.get("details").get("secrets").size());
        }
      }
      assertThat(sizes)
          .containsExactlyInAnyOrder(SECRETS, SECRETS, SECRETS, SECRETS, 1, SECRETS + 1);
    }
  }

  @Test
  void aChangeOfKeptDetailsIsFoundInAllEventsThatReferToThem() {
    tampering(
        db -> {
          for (AuditDetailRecord detail : kept(db)) {
            List<Long> referring = referring(db, detail);
            for (int at = 0; at < detail.getContent().length(); at += 97) {
              char[] changed = detail.getContent().toCharArray();
              changed[at] = (char) (changed[at] ^ 1);
              change(db, detail, new String(changed));
              assertThat(problems(db)).containsAll(referring);
            }
            change(db, detail, detail.getContent());
            assertThat(problems(db)).isEmpty();
            db.deleteFrom(AUDIT_DETAIL)
                .where(AUDIT_DETAIL.REFERENCE.eq(detail.getReference()))
                .execute();
            assertThat(problems(db)).containsAll(referring);
            detail.touched(true);
            db.insertInto(AUDIT_DETAIL).set(detail).execute();
          }
          assertThat(problems(db)).isEmpty();
        });
  }

  private void change(DSLContext db, AuditDetailRecord detail, String content) {
    db.update(AUDIT_DETAIL)
        .set(AUDIT_DETAIL.CONTENT, content)
        .where(AUDIT_DETAIL.ORGANISATION_ID.eq(organisation.id()))
        .and(AUDIT_DETAIL.REFERENCE.eq(detail.getReference()))
        .execute();
  }

  private List<Long> problems(DSLContext db) {
    return verify(db, organisation.id()).problems.stream()
        .map(AuditFindings.Problem::sequence)
        .toList();
  }

  @Test
  void whatStandsForDetailsCannotPassForOthers() {
    tampering(
        db -> {
          List<AuditDetailRecord> kept = kept(db);
          long event = referring(db, kept.getFirst()).getFirst();
          db.update(AUDIT_EVENT)
              .set(AUDIT_EVENT.DETAILS, kept.getLast().getReference())
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
              .and(AUDIT_EVENT.SEQUENCE.eq(event))
              .execute();
          assertThat(problems(db)).contains(event);
        });
  }

  @Test
  void noEventComesToReferToDetailsThatWereChanged() {
    tampering(
        db -> {
          AuditDetailRecord detail = kept(db).getFirst();
          AuditEventRecord next = next(db, detail, 0);
          change(db, detail, detail.getContent().replace('0', '1'));
          assertThatThrownBy(() -> append(db, List.of(next)))
              .isInstanceOf(AuditUnavailableException.class);
        });
  }

  @Test
  void detailsOfMonthsWithoutEventsAreRemoved() {
    tampering(
        db -> {
          AuditDetailRecord old = kept(db).getFirst().copy();
          old.setOrganisationId(organisation.id());
          old.setReference("@198001 of nothing");
          old.setMonth(198_001L);
          old.setContent("{}");
          db.insertInto(AUDIT_DETAIL).set(old).execute();
          DetailsStore.removeUnused(db, organisation.id());
          assertThat(kept(db)).hasSize(2);
          assertThat(problems(db)).isEmpty();
        });
  }

  /** Those of a month stay as long as one of its events does. */
  @Test
  void eachMonthHasItsOwn() {
    tampering(
        db -> {
          AuditDetailRecord detail = kept(db).getFirst();
          append(db, List.of(next(db, detail, 0), next(db, detail, 40)));
          assertThat(kept(db)).hasSize(3);
          DetailsStore.removeUnused(db, organisation.id());
          assertThat(kept(db)).hasSize(3);
          assertThat(problems(db)).isEmpty();

          db.deleteFrom(AUDIT_EVENT)
              .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
              .and(AUDIT_EVENT.CREATED_AT.lt(Instant.now().plus(1, ChronoUnit.DAYS)))
              .execute();
          DetailsStore.removeUnused(db, organisation.id());
          assertThat(kept(db)).hasSize(1);
          assertThat(referring(db, kept(db).getFirst())).hasSize(1);
        });
  }

  private AuditEventRecord next(DSLContext db, AuditDetailRecord detail, int days) {
    AuditEventRecord next = events(db, organisation.id()).getLast().copy();
    next.setOrganisationId(organisation.id());
    next.setId(UUID.randomUUID());
    next.setCreatedAt(Instant.now().truncatedTo(ChronoUnit.MICROS).plus(days, ChronoUnit.DAYS));
    next.setDetails(detail.getContent());
    return next;
  }

  private void append(DSLContext db, List<AuditEventRecord> events) {
    List<PlacelessEvent> placeless = events.stream().map(PlacelessEvent::of).toList();
    ChainStore.append(db, organisation.id(), placeless, CHECKPOINTS, Instant.now());
  }
}
