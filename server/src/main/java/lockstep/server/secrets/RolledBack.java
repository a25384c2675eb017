package lockstep.server.secrets;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The answer to a rollback. Holds nothing of the secrets, because not all who may change them may
 * read them.
 *
 * @param restored what had been deleted and exists again
 * @param changed what has its old content again
 * @param deleted what had been created since
 * @param kept what is not as it was
 * @param updatedAt when it was done
 */
record RolledBack(
    UUID environment,
    Instant at,
    List<Version> restored,
    List<Version> changed,
    List<Version> deleted,
    List<Kept> kept,
    Instant updatedAt) {

  /** A secret and its version, after the rollback. */
  record Version(UUID id, int version) {

    static Version of(StoredSecret secret) {
      return new Version(secret.id(), secret.version());
    }

    @Override
    public String toString() {
      return id + ":" + version;
    }
  }

  /**
   * A secret that a rollback could not, or not wholly, bring back to what it was.
   *
   * @param reason {@code sealed} if it keeps the seal and the value that it got since, {@code
   *     rotating} if it was not touched at all
   */
  record Kept(UUID id, String reason) {}
}
