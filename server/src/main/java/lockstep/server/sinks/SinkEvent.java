package lockstep.server.sinks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import lockstep.server.audit.StoredEvent;
import lockstep.server.http.Json;

/** An audit event on its way to a sink. */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record SinkEvent(
    UUID organisation,
    long sequence,
    Instant createdAt,
    String action,
    String resourceType,
    String hash,
    byte[] json) {

  static SinkEvent of(StoredEvent event) {
    return new SinkEvent(
        event.organisationId(),
        event.sequence(),
        event.createdAt(),
        event.action(),
        event.resourceType(),
        event.hash(),
        Json.write(event));
  }

  /** What is left of an event where it does not fit: enough to find it in the database. */
  SinkEvent shortened() {
    Map<String, Object> rest = new LinkedHashMap<>();
    rest.put("sequence", sequence);
    rest.put("organisationId", organisation);
    rest.put("createdAt", createdAt);
    rest.put("action", action);
    rest.put("resourceType", resourceType);
    rest.put("shortened", true);
    return new SinkEvent(
        organisation, sequence, createdAt, action, resourceType, hash, Json.write(rest));
  }

  @Override
  public String toString() {
    return "SinkEvent[" + organisation + ", " + sequence + "]";
  }

  /** For tests and messages: the JSON as text. */
  String text() {
    return new String(json, StandardCharsets.UTF_8);
  }
}
