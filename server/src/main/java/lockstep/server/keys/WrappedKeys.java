package lockstep.server.keys;

import java.util.Map;
import java.util.Optional;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ids.EnvironmentId;

/**
 * Keys of environments that were wrapped for accounts ahead of the transaction that may store them.
 * Holds no plaintext, and stays right whatever happens meanwhile, because neither the keys of an
 * environment nor the identity key of an account ever change.
 */
public final class WrappedKeys {

  /** Nothing; all wrapping is left to the transaction. */
  public static final WrappedKeys NONE = new WrappedKeys(Map.of());

  private final Map<EnvironmentId, Map<IdentityKey, WrappedEnvironmentKeys>> keys;

  WrappedKeys(Map<EnvironmentId, Map<IdentityKey, WrappedEnvironmentKeys>> keys) {
    this.keys = Map.copyOf(keys);
  }

  Optional<WrappedEnvironmentKeys> find(EnvironmentId environment, IdentityKey recipient) {
    return Optional.ofNullable(keys.getOrDefault(environment, Map.of()).get(recipient));
  }
}
