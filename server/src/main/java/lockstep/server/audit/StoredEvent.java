package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_CHECKPOINT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import lockstep.server.http.Json;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * One event as it is shown outside the database, with everything that its hash is computed from. As
 * JSON, it is what {@link ExportVerification} reads.
 *
 * @param sequence its number in the chain of the organisation
 * @param details what was written with it
 * @param previousHash of the event before, in hexadecimal digits
 * @param checkpoint null unless the server signed the chain up to here
 */
public record StoredEvent(
    long sequence,
    UUID id,
    UUID organisationId,
    Instant createdAt,
    String action,
    String resourceType,
    @Nullable UUID resourceId,
    @Nullable UUID environmentId,
    Account account,
    @Nullable UUID tokenId,
    @Nullable String clientAddress,
    String userAgent,
    String requestId,
    String description,
    Object details,
    String previousHash,
    String hash,
    @Nullable Checkpoint checkpoint) {

  /** Who did it, as it was called then. */
  public record Account(UUID id, String kind, String name) {}

  /** The server's signature for everything up to an event. */
  public record Checkpoint(Instant createdAt, String signature) {}

  /**
   * The events of a row of {@link EventStore#select}, in the order of the chain. What cannot be
   * read is left out: a verification names it.
   */
  public static List<StoredEvent> of(Record row) {
    StoredEvent last = last(row);
    List<EventRun.Earlier> earlier =
        EventRun.read(row.get(AUDIT_EVENT.EARLIER), last.ofRow()).orElse(List.of());
    List<StoredEvent> events = new ArrayList<>(earlier.size() + 1);
    for (int i = 0; i < earlier.size(); i++) {
      events.add(last.earlier(earlier.get(i), earlier.size() - i));
    }
    events.add(last);
    return events;
  }

  private static StoredEvent last(Record row) {
    return new StoredEvent(
        row.get(AUDIT_EVENT.SEQUENCE),
        row.get(AUDIT_EVENT.ID),
        row.get(AUDIT_EVENT.ORGANISATION_ID),
        row.get(AUDIT_EVENT.CREATED_AT),
        row.get(AUDIT_EVENT.ACTION),
        row.get(AUDIT_EVENT.RESOURCE_TYPE),
        row.get(AUDIT_EVENT.RESOURCE_ID),
        row.get(AUDIT_EVENT.ENVIRONMENT_ID),
        new Account(
            row.get(AUDIT_EVENT.ACCOUNT_ID),
            row.get(AUDIT_EVENT.ACCOUNT_KIND),
            row.get(AUDIT_EVENT.ACCOUNT_NAME)),
        row.get(AUDIT_EVENT.TOKEN_ID),
        row.get(AUDIT_EVENT.CLIENT_ADDRESS),
        row.get(AUDIT_EVENT.USER_AGENT),
        row.get(AUDIT_EVENT.REQUEST_ID),
        row.get(AUDIT_EVENT.DESCRIPTION),
        Json.written(row.get(DetailsStore.COMPLETE)),
        hex(row.get(AUDIT_EVENT.PREVIOUS_HASH)),
        hex(row.get(AUDIT_EVENT.HASH)),
        checkpoint(row));
  }

  private EventRun.Row ofRow() {
    return new EventRun.Row(
        sequence,
        ChronoUnit.MICROS.between(Instant.EPOCH, createdAt),
        bytes(clientAddress),
        bytes(requestId));
  }

  /** One of those before this one that share its row. */
  private StoredEvent earlier(EventRun.Earlier own, int distance) {
    return new StoredEvent(
        sequence - distance,
        own.id(),
        organisationId,
        Instant.EPOCH.plus(own.micros(), ChronoUnit.MICROS),
        action,
        resourceType,
        resourceId,
        environmentId,
        account,
        tokenId,
        text(own.clientAddress()),
        userAgent,
        Objects.requireNonNullElse(text(own.requestId()), ""),
        description,
        details,
        hex(own.previousHash()),
        hex(own.hash()),
        null);
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static @Nullable Checkpoint checkpoint(Record row) {
    byte @Nullable [] signature = row.get(AUDIT_CHECKPOINT.SIGNATURE);
    return signature == null
        ? null
        : new Checkpoint(
            Objects.requireNonNull(row.get(AUDIT_CHECKPOINT.CREATED_AT)), hex(signature));
  }
}
