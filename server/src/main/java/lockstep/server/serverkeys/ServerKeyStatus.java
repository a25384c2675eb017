package lockstep.server.serverkeys;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which server keys a database knows, and what is wrapped to them.
 *
 * @param keys in the order in which they came into use; the last is in use
 * @param unnamed what is wrapped to a key that no row names: it was written by a version of
 *     Lockstep from before keys could change
 * @param unusable what none of the keys opened when it was to be wrapped to a new one
 */
public record ServerKeyStatus(List<Key> keys, Wrapped unnamed, Wrapped unusable) {

  /**
   * A server key.
   *
   * @param publicKey its public half, 64 hexadecimal digits
   * @param checkpointKey what audit checkpoints signed with it are verified with, as many digits
   * @param introducedAt when it came into use
   * @param retiredAt since when nothing is wrapped to it any more; empty if something may be
   */
  public record Key(
      String publicKey,
      String checkpointKey,
      Instant introducedAt,
      Optional<Instant> retiredAt,
      Wrapped wrapped) {}

  /**
   * How much is wrapped to a key.
   *
   * @param environments whose keys the server has a copy of
   * @param serviceAccounts whose keyring the server has
   */
  public record Wrapped(long environments, long serviceAccounts) {

    /** Both together. */
    public long all() {
      return environments + serviceAccounts;
    }
  }

  /** What is still to be wrapped to the key in use. */
  public long remaining() {
    return unnamed.all()
        + keys.stream().limit(Math.max(0, keys.size() - 1)).mapToLong(k -> k.wrapped().all()).sum();
  }

  /** Whether no key but the one in use is needed any more. */
  public boolean isSettled() {
    return remaining() == 0
        && keys.stream()
            .limit(Math.max(0, keys.size() - 1))
            .allMatch(key -> key.retiredAt().isPresent());
  }
}
