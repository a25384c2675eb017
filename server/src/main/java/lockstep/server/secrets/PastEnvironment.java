package lockstep.server.secrets;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.secrets.HistoryTexts.Texts;
import org.jspecify.annotations.Nullable;

/** What an environment held at a time, as it is answered. */
record PastEnvironment(List<PastSecret> data, UUID environment, Instant at) {

  /**
   * A secret as it was.
   *
   * @param plaintext null in apps that the server cannot open
   * @param ciphertext null in the others
   * @param updatedAt when this version was made
   */
  record PastSecret(
      UUID id,
      int version,
      String path,
      String keyDigest,
      List<String> tags,
      String type,
      @Nullable Texts plaintext,
      @Nullable Texts ciphertext,
      Instant createdAt,
      Instant updatedAt) {}

  /** What is different between two times, as it is answered. */
  record Comparison(List<Difference> data, UUID environment, Instant from, Instant to) {}

  /**
   * What became of a secret between two times.
   *
   * @param change {@code added}, {@code removed} or {@code changed}
   * @param changed what differs, if it was there at both times
   */
  record Difference(
      UUID id,
      String change,
      List<String> changed,
      @Nullable PastSecret before,
      @Nullable PastSecret after) {}
}
