package lockstep.server.sinks;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import lockstep.server.audit.AuditUnavailableException;
import lockstep.server.faults.Eventually;
import lockstep.server.metrics.Metrics;
import lockstep.server.sinks.DeliveryStore.Behind;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import org.junit.jupiter.api.Test;

/** Delivery with sinks that do what they should not. */
@ContractTest
final class DeliveryFaultsContractTest extends OnBothDatabases {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final byte[] OTHER_HASH = new byte[32];

  private AuditDelivery start(Sink sink, Metrics metrics, Duration end) {
    SinkSettings settings =
        new SinkSettings(
            UUID.randomUUID().toString(),
            new SinkAddress.InFile(Path.of("/nowhere")),
            true,
            Optional.empty(),
            Optional.empty(),
            new SinkSettings.Rotation(1, 1));
    return AuditDelivery.start(
        server.database(), settings, sink, true, metrics, Clock.systemUTC(), end);
  }

  /** A sink with a fault until it is mended. */
  private static final class Faulty implements Sink {
    private final List<Long> delivered = new CopyOnWriteArrayList<>();
    private final Throwable fault;
    private volatile boolean mended;

    Faulty(Throwable fault) {
      this.fault = fault;
    }

    @Override
    public void deliver(List<SinkEvent> events) {
      if (!mended) {
        switch (fault) {
          case Error error -> throw error;
          case RuntimeException exception -> throw exception;
          default -> throw new AssertionError(fault);
        }
      }
      events.forEach(event -> delivered.add(event.sequence()));
    }

    @Override
    public void close() {}
  }

  @Test
  void anErrorOrAnUnexpectedExceptionIsAFailureAndNotTheEnd() {
    owner.get("/v1/audit/events/").is(200);
    for (Throwable fault : List.of(new LinkageError("broken"), new IllegalStateException("bad"))) {
      Faulty sink = new Faulty(fault);
      Metrics metrics = new Metrics("1");
      try (AuditDelivery delivery = start(sink, metrics, LIMIT)) {
        Eventually.within(LIMIT, "refusal", delivery::isRefusing);
        assertThatThrownBy(delivery::requireWorking).isInstanceOf(AuditUnavailableException.class);
        assertThatThrownBy(() -> delivery.committed(Map.of(organisation.id(), 1L)))
            .isInstanceOf(AuditUnavailableException.class);
        assertThat(new String(metrics.scrape(), StandardCharsets.UTF_8))
            .contains("lockstep_audit_sink_up 0.0");
        sink.mended = true;
        Eventually.within(LIMIT, "delivery", () -> sink.delivered.contains(1L));
        Eventually.within(LIMIT, "recovery", () -> !delivery.isRefusing());
      }
    }
  }

  /** A sink that never comes back. */
  private static final class Hanging implements Sink {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public void deliver(List<SinkEvent> events) {
      asked.countDown();
      boolean interrupted = true;
      while (interrupted) {
        try {
          closed.await();
          interrupted = false;
        } catch (InterruptedException e) {
          // It does not even mind that.
        }
      }
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void aSinkThatHangsDoesNotHoldUpTheEnd() throws Exception {
    owner.get("/v1/audit/events/").is(200);
    Hanging sink = new Hanging();
    AuditDelivery delivery = start(sink, new Metrics("1"), Duration.ofMillis(200));
    sink.asked.await();
    assertTimeoutPreemptively(LIMIT, delivery::close);
    assertThat(sink.closed.getCount()).isZero();
  }

  /** While it delivers, the database gets another event in the place of the last one. */
  private final class FailingOver implements Sink {
    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private boolean failedOver;

    @Override
    public void deliver(List<SinkEvent> events) {
      List<SinkEvent> ours =
          events.stream().filter(event -> event.organisation().equals(organisation.id())).toList();
      ours.forEach(event -> delivered.add(event.hash()));
      if (!ours.isEmpty() && !failedOver) {
        failedOver = true;
        replace(ours.getLast());
      }
    }

    private void replace(SinkEvent event) {
      server
          .database()
          .write(
              db ->
                  db.update(AUDIT_EVENT)
                      .set(AUDIT_EVENT.HASH, OTHER_HASH)
                      .where(AUDIT_EVENT.ORGANISATION_ID.eq(event.organisation()))
                      .and(AUDIT_EVENT.SEQUENCE.eq(event.sequence()))
                      .execute());
    }

    @Override
    public void close() {}
  }

  @Test
  void anEventThatTookThePlaceOfADeliveredOneIsDeliveredToo() {
    owner.get("/v1/audit/events/").is(200);
    FailingOver sink = new FailingOver();
    try (AuditDelivery _ = start(sink, new Metrics("1"), LIMIT)) {
      Eventually.within(
          LIMIT, "delivery", () -> sink.delivered.contains(HexFormat.of().formatHex(OTHER_HASH)));
    }
  }

  @Test
  void chainsTakeTurns() {
    List<Behind> behind =
        List.of(3, 1, 2).stream().map(id -> new Behind(new UUID(0, id), 0, 1_000)).toList();
    assertThat(turns(behind, Optional.empty())).containsExactly(1L, 2L, 3L);
    assertThat(turns(behind, Optional.of(1))).containsExactly(2L, 3L, 1L);
    assertThat(turns(behind, Optional.of(3))).containsExactly(1L, 2L, 3L);
    assertThat(turns(behind.subList(0, 2), Optional.of(2))).containsExactly(3L, 1L);
    assertThat(turns(List.of(), Optional.of(2))).isEmpty();
  }

  private static List<Long> turns(List<Behind> behind, Optional<Integer> served) {
    return AuditDelivery.inTurn(behind, served.map(id -> new UUID(0, id))).stream()
        .map(one -> one.organisation().getLeastSignificantBits())
        .toList();
  }
}
