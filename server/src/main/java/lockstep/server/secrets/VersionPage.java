package lockstep.server.secrets;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.secrets.HistoryTexts.Texts;
import lockstep.server.secrets.StoredVersion.Author;
import org.jspecify.annotations.Nullable;

/**
 * Part of the history of a secret, as it is answered.
 *
 * @param nextCursor where the next page begins; null on the last one
 */
record VersionPage(List<Version> data, @Nullable String nextCursor) {

  /**
   * One change.
   *
   * @param changed what differs from the change before
   * @param plaintext null in apps that the server cannot open
   * @param ciphertext null in the others
   */
  record Version(
      int version,
      String event,
      List<String> changed,
      String path,
      String keyDigest,
      List<String> tags,
      String type,
      @Nullable Texts plaintext,
      @Nullable Texts ciphertext,
      Account account,
      @Nullable String clientAddress,
      String userAgent,
      Instant createdAt) {}

  /** Who made the change. */
  record Account(UUID id, String kind, @Nullable String name) {

    static Account of(Author author) {
      return new Account(author.account(), author.kind(), author.name());
    }
  }
}
