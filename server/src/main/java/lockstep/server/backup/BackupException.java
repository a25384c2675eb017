package lockstep.server.backup;

import java.io.Serial;

/** A backup cannot be used. The message completes the sentence "the backup cannot be used: ...". */
public final class BackupException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  BackupException(String reason) {
    super(reason);
  }

  BackupException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
