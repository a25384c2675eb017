package lockstep.server.secrets;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One row of the history of a secret: its content after a change, or when it was deleted.
 *
 * @param event {@code create}, also when a deleted one came back, {@code update} or {@code delete}
 * @param author known only where it was asked for
 */
record StoredVersion(
    UUID id,
    UUID secret,
    String event,
    int version,
    SecretContent content,
    Optional<Author> author,
    Instant createdAt) {

  /** How audit events name what was read. */
  String idAndVersion() {
    return secret + ":" + version;
  }

  /**
   * Who made a change, and from where.
   *
   * @param name e-mail address or name of the account
   */
  record Author(
      UUID account,
      String kind,
      @Nullable String name,
      @Nullable String clientAddress,
      String userAgent) {}
}
