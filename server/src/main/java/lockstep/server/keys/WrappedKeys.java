package lockstep.server.keys;

import java.util.Map;
import java.util.Optional;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ids.EnvironmentId;

/**
 * Keys of environments that were wrapped for accounts ahead of the transaction that may store them.
 * Holds no plaintext, and stays right whatever happens meanwhile: the identity key of an account
 * never changes, and keys of an environment that were replaced meanwhile are not found.
 */
public final class WrappedKeys {

  /** Nothing; all wrapping is left to the transaction. */
  public static final WrappedKeys NONE = new WrappedKeys(Map.of());

  /** Certain keys of an environment, which may have others by now. */
  record Generation(EnvironmentId environment, String identityKey) {}

  private final Map<Generation, Map<IdentityKey, WrappedEnvironmentKeys>> keys;

  WrappedKeys(Map<Generation, Map<IdentityKey, WrappedEnvironmentKeys>> keys) {
    this.keys = Map.copyOf(keys);
  }

  Optional<WrappedEnvironmentKeys> find(SealedEnvironment environment, IdentityKey recipient) {
    return Optional.ofNullable(
        keys.getOrDefault(environment.generation(), Map.of()).get(recipient));
  }
}
