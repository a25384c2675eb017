package lockstep.client;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where answers of the server are kept for times when it does not answer, and how old they may be.
 *
 * <p>On disk there is what the server sent, which is encrypted apart from tags, paths and names of
 * apps, encrypted once more under a key that is derived from the token and the address. So nothing
 * can be read without the token, not even what there is. Files are readable by their owner only. A
 * damaged file counts as none. If the server says that the token is gone, its files are deleted.
 *
 * @param folder made when needed; several clients and processes may share it
 * @param staleness when an answer may come from it
 * @param maxAge older answers are not used
 */
public record OfflineCache(Path folder, Staleness staleness, Duration maxAge) {

  /** Refuses a negative age. */
  public OfflineCache {
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("the age of cached answers cannot be negative");
    }
  }

  /** A cache for outages, with answers of at most a week. */
  public static OfflineCache in(Path folder) {
    return new OfflineCache(folder, Staleness.ON_ERROR, Duration.ofDays(7));
  }

  /** The same with another rule. */
  public OfflineCache withStaleness(Staleness staleness) {
    return new OfflineCache(folder, staleness, maxAge);
  }

  /** The same with another age. */
  public OfflineCache withMaxAge(Duration maxAge) {
    return new OfflineCache(folder, staleness, maxAge);
  }
}
