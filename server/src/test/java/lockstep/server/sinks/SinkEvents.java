package lockstep.server.sinks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

/** Events for sinks that look at little of them. */
final class SinkEvents {

  static final UUID ORGANISATION = UUID.fromString("0c0f5f5c-0d6e-4b44-8d6b-6a0f6f1d2a11");

  private SinkEvents() {}

  static SinkEvent event(long sequence, String action, String json) {
    return new SinkEvent(
        ORGANISATION,
        sequence,
        Instant.parse("2026-02-03T04:05:06.070809Z"),
        action,
        "secret",
        "00",
        json.getBytes(StandardCharsets.UTF_8));
  }

  static SinkEvent event(long sequence) {
    return event(sequence, "read", "{\"sequence\":" + sequence + "}");
  }

  static List<SinkEvent> events(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(SinkEvents::event).toList();
  }
}
