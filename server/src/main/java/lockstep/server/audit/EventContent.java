package lockstep.server.audit;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import org.jspecify.annotations.Nullable;

/**
 * What an event says, without its place in the chain; the columns of {@code audit_event} of the
 * same names. Not a record of jOOQ, because each read makes one, and those look their columns up.
 */
record EventContent(
    UUID organisation,
    UUID id,
    Instant createdAt,
    String action,
    String resourceType,
    @Nullable UUID resource,
    @Nullable UUID environment,
    String accountKind,
    UUID account,
    String accountName,
    @Nullable UUID token,
    @Nullable String clientAddress,
    String userAgent,
    String requestId,
    String description,
    String details) {

  /** The same of a row. */
  static EventContent of(AuditEventRecord row) {
    return new EventContent(
        row.getOrganisationId(),
        row.getId(),
        row.getCreatedAt(),
        row.getAction(),
        row.getResourceType(),
        row.getResourceId(),
        row.getEnvironmentId(),
        row.getAccountKind(),
        row.getAccountId(),
        row.getAccountName(),
        row.getTokenId(),
        row.getClientAddress(),
        row.getUserAgent(),
        row.getRequestId(),
        row.getDescription(),
        row.getDetails());
  }

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
      String details) {

    /** Names of secrets are nothing for logs. */
    @Override
    public String toString() {
      return "Shared[of " + account + "]";
    }
  }

  /** All but the id, the time, the client address and the request. */
  Shared shared() {
    return new Shared(
        organisation,
        action,
        resourceType,
        resource,
        environment,
        accountKind,
        account,
        accountName,
        token,
        userAgent,
        description,
        details);
  }

  /** The values of {@link RecordEncoding#COLUMNS}, in that order. */
  List<@Nullable Object> columns() {
    return Arrays.asList(
        organisation,
        id,
        createdAt,
        action,
        resourceType,
        resource,
        environment,
        accountKind,
        account,
        accountName,
        token,
        clientAddress,
        userAgent,
        requestId,
        description,
        details);
  }

  /** Names of secrets are nothing for logs. */
  @Override
  public String toString() {
    return "EventContent[" + id + "]";
  }
}
