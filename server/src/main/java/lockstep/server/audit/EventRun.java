package lockstep.server.audit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Events that share a row of {@code audit_event}, because they follow each other in the chain and
 * say the same: they differ in nothing but ids, times, client addresses and requests. The row is
 * that of the last one. Its column {@code earlier} begins with the hash that the first one follows,
 * and has, for each but the last in the order of the chain:
 *
 * <ul>
 *   <li>its hash, 32 bytes as that before,
 *   <li>its id, 16 bytes,
 *   <li>its time in microseconds since 1970, 8 bytes,
 *   <li>its client address and its request id, each as a byte 0 if it is null, a byte 1 if it is
 *       that of the row, else a byte 2, the length in 2 bytes, and UTF-8.
 * </ul>
 *
 * Numbers have the big end first. Only the last event of a row can have a checkpoint.
 */
final class EventRun {

  /** So many events share a row at most. */
  static final int MAXIMUM_EVENTS = 256;

  /**
   * The events of a row are in the order of their times, and the first is no more than this before
   * the last: who looks for those until some time finds them in the rows until this much later.
   */
  static final Duration SPAN = Duration.ofMillis(100);

  private static final int HASH_BYTES = 32;
  private static final int MAXIMUM_TEXT = 0xFFFF;
  private static final int NONE = 0;
  private static final int AS_THE_ROW = 1;
  private static final int OWN = 2;

  private EventRun() {}

  /**
   * Events that nobody knows the order of, with those beside each other that can share a row, in
   * the order of their times.
   */
  static List<PlacelessEvent> gather(List<PlacelessEvent> events) {
    Map<EventContent.Shared, List<PlacelessEvent>> alike = new LinkedHashMap<>();
    for (PlacelessEvent event : events) {
      alike.computeIfAbsent(event.content().shared(), _ -> new ArrayList<>()).add(event);
    }
    List<PlacelessEvent> gathered = new ArrayList<>(events.size());
    for (List<PlacelessEvent> some : alike.values()) {
      some.sort(Comparator.comparing(event -> event.content().createdAt()));
      gathered.addAll(some);
    }
    return gathered;
  }

  /** Events that follow each other, divided into those that share a row. */
  static List<List<PlacedEvent>> divide(List<PlacedEvent> events) {
    List<List<PlacedEvent>> runs = new ArrayList<>();
    EventContent.@Nullable Shared shared = null;
    int first = 0;
    for (int i = 0; i < events.size(); i++) {
      EventContent.Shared own = events.get(i).content().shared();
      if (i > 0 && !(own.equals(shared) && goesOn(events, first, i))) {
        runs.add(events.subList(first, i));
        first = i;
      }
      shared = own;
    }
    runs.add(events.subList(first, events.size()));
    return runs;
  }

  /** Whether an event can share a row with one and all between them. */
  private static boolean goesOn(List<PlacedEvent> events, int first, int i) {
    PlacedEvent before = events.get(i - 1);
    Instant time = events.get(i).content().createdAt();
    return i - first < MAXIMUM_EVENTS
        && before.sequence() % Checkpoints.INTERVAL != 0
        && !time.isBefore(before.content().createdAt())
        && !time.isAfter(events.get(first).content().createdAt().plus(SPAN));
  }

  /** What the row of these has of all but the last; null if there are no others. */
  static byte @Nullable [] earlier(List<PlacedEvent> run) {
    if (run.size() == 1) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(run.size() * 100);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      EventContent row = run.getLast().content();
      out.write(run.getFirst().previousHash());
      for (PlacedEvent event : run.subList(0, run.size() - 1)) {
        EventContent content = event.content();
        out.write(event.hash());
        out.writeLong(content.id().getMostSignificantBits());
        out.writeLong(content.id().getLeastSignificantBits());
        out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, content.createdAt()));
        write(out, content.clientAddress(), row.clientAddress());
        write(out, content.requestId(), row.requestId());
      }
    } catch (IOException e) { // There is nothing that could fail.
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, @Nullable String text, @Nullable String ofRow)
      throws IOException {
    if (text == null) {
      out.writeByte(NONE);
    } else if (text.equals(ofRow)) {
      out.writeByte(AS_THE_ROW);
    } else {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      if (utf8.length > MAXIMUM_TEXT) {
        throw new IllegalArgumentException("a text of " + utf8.length + " bytes is too long");
      }
      out.writeByte(OWN);
      out.writeShort(utf8.length);
      out.write(utf8);
    }
  }

  /**
   * What a stored event has of its own that is not the last one of its row.
   *
   * @param micros its time in microseconds since 1970
   * @param clientAddress UTF-8, as stored
   * @param requestId likewise
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  record Earlier(
      byte[] previousHash,
      byte[] hash,
      UUID id,
      long micros,
      byte @Nullable [] clientAddress,
      byte @Nullable [] requestId) {}

  /**
   * What the row has of its own, as far as those before it can be the same or depend on it.
   *
   * @param micros its time in microseconds since 1970
   * @param clientAddress UTF-8, as stored
   * @param requestId likewise
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  record Row(
      long sequence, long micros, byte @Nullable [] clientAddress, byte @Nullable [] requestId) {}

  /**
   * What {@link #earlier} has made, in the order of the chain.
   *
   * @param stored null if the row is of one event
   * @return empty if it cannot be read, or these events could not share such a row: whoever looks
   *     for one of them would not find it where it should be
   */
  static Optional<List<Earlier>> read(byte @Nullable [] stored, Row row) {
    if (stored == null) {
      return Optional.of(List.of());
    }
    List<Earlier> events = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(stored);
    try {
      byte[] previous = bytes(in, HASH_BYTES);
      do {
        byte[] hash = bytes(in, HASH_BYTES);
        events.add(
            new Earlier(
                previous,
                hash,
                new UUID(in.getLong(), in.getLong()),
                in.getLong(),
                text(in, row.clientAddress()),
                text(in, row.requestId())));
        previous = hash;
      } while (in.hasRemaining() && events.size() < MAXIMUM_EVENTS);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
    return canShare(events, row) ? Optional.of(events) : Optional.empty();
  }

  private static boolean canShare(List<Earlier> events, Row row) {
    long micros = row.micros() - TimeUnit.NANOSECONDS.toMicros(SPAN.toNanos());
    for (Earlier event : events) {
      if (event.micros() < micros) {
        return false;
      }
      micros = event.micros();
    }
    long first = row.sequence() - events.size();
    return events.size() < MAXIMUM_EVENTS
        && micros <= row.micros()
        && first > 0
        && (first - 1) / Checkpoints.INTERVAL == (row.sequence() - 1) / Checkpoints.INTERVAL;
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte @Nullable [] text(ByteBuffer in, byte @Nullable [] ofRow) {
    byte form = in.get();
    return switch (form) {
      case NONE -> null;
      case AS_THE_ROW -> ofRow;
      case OWN -> bytes(in, Short.toUnsignedInt(in.getShort()));
      default -> throw new IllegalArgumentException("no form of a text: " + form);
    };
  }
}
