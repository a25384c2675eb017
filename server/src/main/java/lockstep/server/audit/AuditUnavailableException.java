package lockstep.server.audit;

import java.io.Serial;

/** An event cannot be put on record, so what it would record does not happen. */
public final class AuditUnavailableException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  AuditUnavailableException(String reason) {
    super("the audit log cannot be written: " + reason);
  }

  AuditUnavailableException(Throwable cause) {
    super("the audit log cannot be written", cause);
  }
}
