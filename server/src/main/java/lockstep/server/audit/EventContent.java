package lockstep.server.audit;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import lockstep.server.http.Json;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import org.jspecify.annotations.Nullable;

/**
 * What an event says, without its place in the chain; the columns of {@code audit_event} of the
 * same names. Not a record of jOOQ, because each read makes one, and those look their columns up.
 *
 * @param shared what it may say alike with others
 */
record EventContent(
    Shared shared, UUID id, Instant createdAt, @Nullable String clientAddress, String requestId) {

  /** What an event says but for what nearly every event has of its own. */
  record Shared(
      UUID organisation,
      String action,
      String resourceType,
      @Nullable UUID resource,
      @Nullable UUID environment,
      String accountKind,
      UUID account,
      String accountName,
      @Nullable UUID token,
      String userAgent,
      String description,
      Json.Written details) {

    /** Names of secrets are nothing for logs. */
    @Override
    public String toString() {
      return "Shared[of " + account + "]";
    }
  }

  /** The same of a row. */
  static EventContent of(AuditEventRecord row) {
    return new EventContent(
        new Shared(
            row.getOrganisationId(),
            row.getAction(),
            row.getResourceType(),
            row.getResourceId(),
            row.getEnvironmentId(),
            row.getAccountKind(),
            row.getAccountId(),
            row.getAccountName(),
            row.getTokenId(),
            row.getUserAgent(),
            row.getDescription(),
            new Json.Written(row.getDetails())),
        row.getId(),
        row.getCreatedAt(),
        row.getClientAddress(),
        row.getRequestId());
  }

  /** The values of {@link RecordEncoding#COLUMNS}, in that order, of which details are the last. */
  List<@Nullable Object> columns() {
    return Arrays.asList(
        shared.organisation,
        id,
        createdAt,
        shared.action,
        shared.resourceType,
        shared.resource,
        shared.environment,
        shared.accountKind,
        shared.account,
        shared.accountName,
        shared.token,
        clientAddress,
        shared.userAgent,
        requestId,
        shared.description,
        shared.details.json());
  }

  /** Names of secrets are nothing for logs. */
  @Override
  public String toString() {
    return "EventContent[" + id + "]";
  }
}
