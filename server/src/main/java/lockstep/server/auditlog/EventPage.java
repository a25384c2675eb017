package lockstep.server.auditlog;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Some audit events, as they are answered.
 *
 * @param nextCursor where the next page begins; null on the last one
 */
record EventPage(List<Event> data, @Nullable String nextCursor) {

  /**
   * One event, with everything that its hash is computed from.
   *
   * @param sequence its number in the chain of the organisation
   * @param details what was written with it
   * @param previousHash of the event before, in hexadecimal digits
   * @param checkpoint null unless the server signed the chain up to here
   */
  record Event(
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
      @Nullable Checkpoint checkpoint) {}

  /** Who did it, as it was called then. */
  record Account(UUID id, String kind, String name) {}

  /** The server's signature for everything up to an event. */
  record Checkpoint(Instant createdAt, String signature) {}
}
