package lockstep.server.audit;

import java.io.Serial;

/**
 * An event cannot be put on record, or not be delivered where it has to be. Either what it would
 * record does not happen, or it has happened and nobody gets to see it.
 */
public final class AuditUnavailableException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private final boolean committed;

  AuditUnavailableException(String reason) {
    this("the audit log cannot be written: " + reason, false);
  }

  AuditUnavailableException(Throwable cause) {
    super("the audit log cannot be written", cause);
    this.committed = false;
  }

  private AuditUnavailableException(String message, boolean committed) {
    super(message);
    this.committed = committed;
  }

  /** Nothing was done, because the event could not be delivered. */
  public static AuditUnavailableException notBegun(String reason) {
    return new AuditUnavailableException("nothing was done: " + reason, false);
  }

  /** What was asked for is done and recorded, and the event was not delivered. */
  public static AuditUnavailableException notDelivered(String reason) {
    return new AuditUnavailableException("recorded, but not delivered: " + reason, true);
  }

  /** Whether what was asked for is done and on record. */
  public boolean isCommitted() {
    return committed;
  }
}
