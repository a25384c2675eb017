package lockstep.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import lockstep.server.http.Json;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;

final class EventRunTest {

  private static final UUID ORGANISATION = new UUID(1, 2);
  private static final Instant BEGIN = Instant.parse("2026-02-03T04:05:06Z");

  private static EventContent event(
      int account, long micros, @Nullable String address, String request) {
    return new EventContent(
        new EventContent.Shared(
            ORGANISATION,
            "read",
            "secret",
            null,
            null,
            "service",
            new UUID(3, account),
            "name",
            null,
            "",
            "",
            new Json.Written("{}")),
        UUID.randomUUID(),
        BEGIN.plus(micros, ChronoUnit.MICROS),
        address,
        request);
  }

  private static List<PlacedEvent> place(List<PlacelessEvent> events, long first) {
    List<PlacedEvent> placed = new ArrayList<>();
    byte[] previous = new byte[32];
    for (PlacelessEvent event : events) {
      placed.add(new PlacedEvent(event.content(), first + placed.size(), previous, event.digest()));
      previous = event.digest();
    }
    return placed;
  }

  @Property
  void whatIsStoredIsWhatIsRead(
      @ForAll @Size(min = 1, max = 600) List<@IntRange(min = 0, max = 2) Integer> accounts,
      @ForAll @Size(min = 600, max = 600) List<@LongRange(min = 0, max = 150_000) Long> micros,
      @ForAll @Size(min = 1, max = 4) List<@StringLength(max = 300) String> texts,
      @ForAll @LongRange(min = 1, max = 3_000) long first) {
    List<EventContent> events = new ArrayList<>();
    for (int i = 0; i < accounts.size(); i++) {
      String text = texts.get(i % texts.size());
      events.add(event(accounts.get(i), micros.get(i), i % 4 == 3 ? null : text, text + i % 3));
    }

    List<PlacelessEvent> gathered =
        EventRun.gather(events.stream().map(PlacelessEvent::of).toList());
    List<PlacedEvent> placed = place(gathered, first);
    List<List<PlacedEvent>> runs = EventRun.divide(placed);

    assertThat(gathered.stream().map(PlacelessEvent::content))
        .containsExactlyInAnyOrderElementsOf(events);
    assertThat(runs.stream().flatMap(List::stream)).containsExactlyElementsOf(placed);
    for (List<PlacedEvent> run : runs) {
      requireShareable(run);
      List<EventRun.Earlier> read =
          EventRun.read(EventRun.earlier(run), row(run.getLast())).orElseThrow();
      assertThat(read).hasSize(run.size() - 1);
      for (int i = 0; i < read.size(); i++) {
        EventRun.Earlier earlier = read.get(i);
        PlacedEvent event = run.get(i);
        assertThat(earlier.previousHash()).isEqualTo(event.previousHash());
        assertThat(earlier.hash()).isEqualTo(event.hash());
        assertThat(earlier.id()).isEqualTo(event.content().id());
        assertThat(BEGIN.plus(earlier.micros(), ChronoUnit.MICROS))
            .isEqualTo(BEGIN.plus(micros(event), ChronoUnit.MICROS));
        assertThat(earlier.clientAddress()).isEqualTo(bytes(event.content().clientAddress()));
        assertThat(earlier.requestId()).isEqualTo(bytes(event.content().requestId()));
      }
    }
  }

  private static void requireShareable(List<PlacedEvent> run) {
    assertThat(run.size()).isBetween(1, EventRun.MAXIMUM_EVENTS);
    assertThat(run.stream().map(event -> event.content().shared()).distinct()).hasSize(1);
    assertThat(run.stream().map(EventRunTest::micros)).isSorted();
    assertThat(micros(run.getLast()) - micros(run.getFirst()))
        .isLessThanOrEqualTo(EventRun.SPAN.toNanos() / 1_000);
    assertThat(run.subList(0, run.size() - 1))
        .noneMatch(event -> event.sequence() % Checkpoints.INTERVAL == 0);
  }

  private static long micros(PlacedEvent event) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, event.content().createdAt());
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static EventRun.Row row(PlacedEvent last) {
    return new EventRun.Row(
        last.sequence(),
        micros(last),
        bytes(last.content().clientAddress()),
        bytes(last.content().requestId()));
  }

  @Property
  void whateverIsStoredNothingIsThrown(@ForAll byte[] stored, @ForAll byte form) {
    EventRun.Row row = new EventRun.Row(5, 0, null, null);
    assertThat(EventRun.read(stored, row)).isNotNull();
    // As far as the forms of its texts, which few others of these come.
    byte[] longer = Arrays.copyOf(stored, 32 + 32 + 16 + 8 + 2 + stored.length);
    longer[88] = form;
    assertThat(EventRun.read(longer, row)).isNotNull();
  }

  private static List<PlacedEvent> run(long first, long... micros) {
    return place(
        Arrays.stream(micros)
            .mapToObj(time -> PlacelessEvent.of(event(1, time, "192.0.2.1", "r")))
            .toList(),
        first);
  }

  private static boolean isReadable(List<PlacedEvent> run) {
    return EventRun.read(EventRun.earlier(run), row(run.getLast())).isPresent();
  }

  @Example
  void whatCannotShareARowIsNotRead() {
    assertThat(isReadable(run(1, 0, 100_000))).isTrue();
    assertThat(isReadable(run(1, 0, 100_001))).isFalse();
    assertThat(isReadable(run(1, 1, 0, 2))).isFalse();
    assertThat(isReadable(run(1, 0, 2, 1))).isFalse();
    assertThat(isReadable(run(998, 0, 1, 2))).isTrue();
    assertThat(isReadable(run(999, 0, 1, 2))).isFalse();
    assertThat(isReadable(run(1_000, 0, 1))).isFalse();
    assertThat(isReadable(run(1_001, 0, 1))).isTrue();
    assertThat(isReadable(run(0, 0, 1))).isFalse();
    assertThat(isReadable(run(1, new long[256]))).isTrue();
    assertThat(isReadable(run(1, new long[257]))).isFalse();
  }

  @Example
  void aTextThatIsTooLongIsRefused() {
    List<PlacedEvent> run = new ArrayList<>(run(1, 0, 1));
    EventContent content = event(1, 0, "a".repeat(65_536), "r");
    run.set(0, new PlacedEvent(content, 1, new byte[32], new byte[32]));
    assertThatThrownBy(() -> EventRun.earlier(run))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65536 bytes");
  }
}
