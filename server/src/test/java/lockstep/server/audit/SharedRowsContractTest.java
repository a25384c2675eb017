package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.StringReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.http.Json;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import org.jooq.DSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Events that say the same and follow each other are one row, and as many events as before. */
@ContractTest
final class SharedRowsContractTest extends ChainFixture {

  /** Whole microseconds, as they are stored. */
  private static final Instant BEGIN = Instant.parse("2026-02-03T04:05:06.789012Z");

  private final UUID account = UUID.randomUUID();
  private long before;

  @BeforeEach
  void begin() {
    organisation.app("first");
    organisation.app("second");
    before = events().getLast().getSequence();
  }

  private List<AuditEventRecord> events() {
    return server.database().read(db -> events(db, organisation.id()));
  }

  /** So many that differ in nothing but what each event has of its own. */
  private List<EventContent> alike(int count) {
    return IntStream.range(0, count).mapToObj(this::event).toList();
  }

  private EventContent event(int number) {
    return event("agent", number, BEGIN.plusMillis(number % 7), "192.0.2." + number % 3);
  }

  private EventContent event(String agent, int number, Instant time, String address) {
    return new EventContent(
        new EventContent.Shared(
            organisation.id(),
            "read",
            "secret",
            null,
            null,
            "service",
            account,
            "reader",
            null,
            agent,
            "Read",
            new Json.Written("{}")),
        UUID.randomUUID(),
        time,
        number % 5 == 0 ? null : address,
        "request " + number);
  }

  private void append(List<EventContent> events) {
    server
        .database()
        .write(
            db -> {
              PendingEvents pending = PendingEvents.of(db, CHECKPOINTS, Clock.systemUTC());
              EventRun.gather(events.stream().map(PlacelessEvent::of).toList())
                  .forEach(pending::add);
              return events;
            });
  }

  /** What the API gives out, in the order of the chain. */
  private List<JsonNode> exported() {
    List<JsonNode> all = new ArrayList<>();
    JsonNode page;
    String cursor = "";
    do {
      page = owner.get("/v1/audit/chain/?limit=300" + cursor).is(200).json();
      page.get("data").forEach(all::add);
      cursor = "&cursor=" + page.get("nextCursor").stringValue("");
    } while (!page.get("nextCursor").isNull());
    return all;
  }

  @Test
  void theyAreShownAsTheyWereRecorded() {
    List<EventContent> recorded = alike(40);
    append(recorded);

    assertThat(events().stream().filter(row -> row.getSequence() > before)).hasSize(1);
    Verdict verdict = verify();
    assertThat(verdict.problems).isEmpty();
    assertThat(verdict.chains.getFirst().sequence()).isEqualTo(before + 40);
    assertThat(verdict.chains.getFirst().records()).isEqualTo(before + 40);
    List<JsonNode> shown =
        exported().stream()
            .filter(
                event -> event.get("account").get("id").stringValue().equals(account.toString()))
            .toList();
    List<EventContent> byTime =
        recorded.stream().sorted(Comparator.comparing(EventContent::createdAt)).toList();
    assertThat(shown).hasSize(40);
    for (int i = 0; i < 40; i++) {
      JsonNode event = shown.get(i);
      EventContent content = byTime.get(i);
      assertThat(event.get("sequence").longValue()).isEqualTo(before + 1 + i);
      assertThat(event.get("id").stringValue()).isEqualTo(content.id().toString());
      assertThat(Instant.parse(event.get("createdAt").stringValue()))
          .isEqualTo(content.createdAt());
      assertThat(event.get("clientAddress").stringValue(null)).isEqualTo(content.clientAddress());
      assertThat(event.get("requestId").stringValue()).isEqualTo(content.requestId());
      if (i > 0) {
        assertThat(event.get("previousHash")).isEqualTo(shown.get(i - 1).get("hash"));
      }
    }
  }

  @Test
  void whatDiffersInAnythingElseHasARowOfItsOwn() {
    List<EventContent> events = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      events.add(event(i % 2 == 0 ? "one" : "other", i, BEGIN, "192.0.2.1"));
    }
    events.add(event("one", 12, BEGIN.plus(EventRun.SPAN), "192.0.2.1"));
    events.add(event("one", 13, BEGIN.plus(EventRun.SPAN).plusNanos(1_000), "192.0.2.1"));
    append(events);
    assertThat(events().stream().filter(row -> row.getSequence() > before))
        .extracting(AuditEventRecord::getSequence)
        .containsExactly(before + 7, before + 8, before + 14);
    assertThat(verify().problems).isEmpty();
  }

  @Test
  void aSignedEventIsTheLastOfItsRow() throws Exception {
    append(alike(1_500));
    List<AuditEventRecord> rows = events();
    assertThat(rows).extracting(AuditEventRecord::getSequence).contains(1_000L);
    assertThat(rows).hasSizeLessThan((int) before + 20);

    List<JsonNode> exported = exported();
    assertThat(exported.get(999).get("checkpoint").isNull()).isFalse();
    assertThat(exported.stream().filter(event -> !event.get("checkpoint").isNull())).hasSize(1);
    StringBuilder lines = new StringBuilder();
    exported.forEach(event -> lines.append(event).append('\n'));
    Verdict verdict = new Verdict();
    boolean intact =
        new ExportVerification(List.of(PUBLIC_KEY), List.of())
            .run(new BufferedReader(new StringReader(lines.toString())), verdict);
    assertThat(verdict.problems).isEmpty();
    assertThat(intact).isTrue();
    assertThat(verdict.chains.getFirst().signedSequence()).isEqualTo(1_000);
  }

  @Test
  void eachIsFoundByItsNumber() {
    append(alike(6));
    server
        .database()
        .read(
            db -> {
              for (long number = 1; number <= before + 6; number++) {
                assertThat(EventStore.at(db, organisation.id(), number))
                    .map(StoredEvent::sequence)
                    .hasValue(number);
              }
              assertThat(EventStore.at(db, organisation.id(), 0)).isEmpty();
              assertThat(EventStore.at(db, organisation.id(), before + 7)).isEmpty();
              return db;
            });
  }

  @Test
  void everyChangedByteIsFoundWhereItIs() {
    append(alike(5));
    tampering(
        db -> {
          byte[] genuine = last(db).getEarlier();
          for (int i = 0; i < genuine.length; i++) {
            byte[] changed = genuine.clone();
            changed[i] ^= 1;
            store(db, changed);
            assertThat(verify(db, organisation.id()).problems)
                .as("byte %d of %d", i, genuine.length)
                .isNotEmpty()
                .allMatch(one -> one.sequence() > before && one.sequence() <= before + 5);
          }
          store(db, genuine);
          assertThat(verify(db, organisation.id()).problems).isEmpty();
        });
  }

  @Test
  void oneThatIsRemovedOrAddedIsFound() {
    append(alike(5));
    tampering(
        db -> {
          byte[] genuine = last(db).getEarlier();
          List<byte[]> changes = new ArrayList<>();
          changes.add(null);
          for (int length = 0; length < genuine.length; length++) {
            changes.add(Arrays.copyOf(genuine, length));
          }
          changes.add(Arrays.copyOf(genuine, genuine.length + 1));
          byte[] twice = Arrays.copyOf(genuine, genuine.length * 2 - 32);
          System.arraycopy(genuine, 32, twice, genuine.length, genuine.length - 32);
          changes.add(twice);
          changes.add(new byte[32]);
          changes.add(new byte[0]);
          for (byte[] changed : changes) {
            store(db, changed);
            assertThat(verify(db, organisation.id()).problems)
                .as("%s bytes of %d", changed == null ? "no" : changed.length, genuine.length)
                .isNotEmpty();
            // Nor does it keep anybody from looking at the others.
            assertThat(EventStore.at(db, organisation.id(), before + 5)).isPresent();
          }
        });
  }

  /** Every event, number and hash is right, but lists by time would not find all of them. */
  @Test
  void rowsThatAreMadeOneAreFound() {
    append(List.of(event("agent", 1, BEGIN, "192.0.2.1")));
    append(List.of(event("agent", 2, BEGIN.plus(EventRun.SPAN).plusSeconds(1), "192.0.2.1")));
    append(alike(3));
    tampering(
        db -> {
          List<AuditEventRecord> rows = events(db, organisation.id());
          merge(db, rows.get((int) before), rows.get((int) before + 1));
          assertThat(verify(db, organisation.id()).lines())
              .containsExactly((before + 1) + " REMOVED", (before + 2) + " CHANGED");
        });
    assertThat(verify().problems).isEmpty();
  }

  /** A checkpoint would be of an event that is not the last of its row. */
  @Test
  void rowsThatAreMadeOneAcrossACheckpointAreFound() {
    append(alike(1_100));
    tampering(
        db -> {
          List<AuditEventRecord> rows = events(db, organisation.id());
          AuditEventRecord signed =
              rows.stream().filter(row -> row.getSequence() == 1_000).findFirst().orElseThrow();
          AuditEventRecord next = rows.get(rows.indexOf(signed) + 1);
          merge(db, signed, next);
          assertThat(verify(db, organisation.id()).lines())
              .contains(next.getSequence() + " CHANGED");
        });
  }

  /** Puts the first of two rows that follow each other, but none of its own earlier ones, away. */
  private static void merge(DSLContext db, AuditEventRecord first, AuditEventRecord second) {
    List<PlacedEvent> run = new ArrayList<>();
    for (AuditEventRecord row : List.of(first, second)) {
      run.add(
          new PlacedEvent(
              EventContent.of(row), row.getSequence(), row.getPreviousHash(), row.getHash()));
    }
    byte[] own = second.getEarlier();
    byte[] merged = Objects.requireNonNull(EventRun.earlier(run));
    if (own != null) { // They begin with the hash before them, which is that of the first one.
      byte[] both = Arrays.copyOf(merged, merged.length + own.length - 32);
      System.arraycopy(own, 32, both, merged.length, own.length - 32);
      merged = both;
    }
    db.deleteFrom(AUDIT_EVENT)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(first.getOrganisationId()))
        .and(AUDIT_EVENT.SEQUENCE.eq(first.getSequence()))
        .execute();
    db.update(AUDIT_EVENT)
        .set(AUDIT_EVENT.EARLIER, merged)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(second.getOrganisationId()))
        .and(AUDIT_EVENT.SEQUENCE.eq(second.getSequence()))
        .execute();
  }

  private AuditEventRecord last(DSLContext db) {
    return events(db, organisation.id()).getLast();
  }

  private void store(DSLContext db, byte[] earlier) {
    db.update(AUDIT_EVENT)
        .set(AUDIT_EVENT.EARLIER, earlier)
        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
        .and(AUDIT_EVENT.SEQUENCE.eq(before + 5))
        .execute();
  }

  @Test
  void retentionDividesNoRow() {
    append(alike(5));
    append(List.of(event("other", 5, BEGIN.plusSeconds(1), "192.0.2.9")));
    server
        .database()
        .write(
            db -> {
              signNewest(db, organisation.id());
              return db;
            });
    Clock later =
        Clock.tick(Clock.offset(Clock.systemUTC(), Duration.ofDays(31)), Duration.ofNanos(1_000));
    Checkpoints own =
        new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)));
    Audit audit = new Audit(server.database(), own, later);
    for (int limit = 1; limit <= before + 5; limit++) {
      long removable = limit;
      try (Retention retention =
          new Retention(
              server.database(),
              audit,
              own,
              Duration.ofDays(30),
              (_, _) -> removable,
              false,
              later,
              1_000)) {
        server.database().writeLong(db -> retention.removeSome(db, organisation.id()));
      }
      long gone = limit < before || limit == before + 5 ? limit : before;
      assertThat(exported().getFirst().get("sequence").longValue()).isEqualTo(gone + 1);
      assertThat(verify().problems).isEmpty();
    }
  }

  /** With real requests, whose events meet as they come. */
  @Test
  void readsAtOnceAreAllOnRecordEachOnce() throws Exception {
    TestApp app = organisation.app("shop");
    Set<String> requests = new HashSet<>();
    try (ExecutorService readers = Executors.newFixedThreadPool(16)) {
      List<Future<List<String>>> done = new ArrayList<>();
      for (int reader = 0; reader < 16; reader++) {
        done.add(
            readers.submit(
                () ->
                    IntStream.range(0, 20)
                        .mapToObj(
                            _ ->
                                owner
                                    .get(app.secrets())
                                    .is(200)
                                    .headers()
                                    .firstValue("X-Request-Id")
                                    .orElseThrow())
                        .toList()));
      }
      for (Future<List<String>> one : done) {
        requests.addAll(one.get());
      }
    }
    assertThat(requests).hasSize(320);
    List<JsonNode> exported = exported();
    assertThat(exported.stream().map(event -> event.get("sequence").longValue()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, exported.size()).boxed().toList());
    assertThat(
            exported.stream()
                .filter(event -> event.get("resourceType").stringValue().equals("secret"))
                .map(event -> event.get("requestId").stringValue()))
        .containsExactlyInAnyOrderElementsOf(requests);
    assertThat(events()).hasSizeLessThan(exported.size());
    assertThat(verify().problems).isEmpty();
  }
}
