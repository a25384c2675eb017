package lockstep.server.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.Checkpoints;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.ServerKeys;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import org.junit.jupiter.api.Test;

/** What is read for a sink, whatever rows the events are in. */
@ContractTest
final class DeliveryStoreContractTest extends OnBothDatabases {

  private List<SinkEvent> events(long after, int limit, long bytes) {
    return server
        .database()
        .read(db -> DeliveryStore.events(db, organisation.id(), after, limit, bytes));
  }

  private void append(int count) {
    Audit audit =
        new Audit(
            server.database(),
            new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET))),
            Clock.fixed(Instant.parse("2026-02-03T04:05:06Z"), ZoneOffset.UTC));
    server
        .database()
        .write(
            db -> {
              for (int i = 0; i < count; i++) {
                audit.recordByServer(
                    db,
                    new OrganisationId(organisation.id()),
                    AuditEvent.of(
                        AuditAction.DELETE,
                        AuditedResource.AUDIT_LOG,
                        organisation.id(),
                        "Alike",
                        Map.of()));
              }
              return audit;
            });
  }

  @Test
  void aRowOfManyEventsCanBeReadInParts() {
    organisation.app("shop");
    append(5);
    append(3);
    int all = events(0, 1_000, Long.MAX_VALUE).size();
    assertThat(all).isGreaterThan(8);
    for (int after = 0; after <= all; after++) {
      for (int limit = 1; limit <= all; limit++) {
        assertThat(events(after, limit, Long.MAX_VALUE))
            .extracting(SinkEvent::sequence)
            .containsExactlyElementsOf(
                LongStream.rangeClosed(after + 1, Math.min(after + limit, all)).boxed().toList());
      }
      assertThat(events(after, 1_000, 1)).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void eachOfThemIsKnownAgain() {
    append(5);
    List<SinkEvent> events = events(0, 1_000, Long.MAX_VALUE);
    server
        .database()
        .read(
            db -> {
              for (SinkEvent event : events) {
                assertThat(DeliveryStore.has(db, event)).as(event.toString()).isTrue();
                SinkEvent other =
                    new SinkEvent(
                        event.organisation(),
                        event.sequence(),
                        event.createdAt(),
                        event.action(),
                        event.resourceType(),
                        "ab".repeat(32),
                        event.json());
                assertThat(DeliveryStore.has(db, other)).as(event.toString()).isFalse();
              }
              return db;
            });
  }
}
