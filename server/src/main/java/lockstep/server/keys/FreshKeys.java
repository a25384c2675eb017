package lockstep.server.keys;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import lockstep.server.ids.EnvironmentId;

/**
 * Keys of environments that are yet to be created, made ahead of the transaction that creates them,
 * because making and wrapping them is slow. Holds no plaintext.
 */
public final class FreshKeys {

  private final Map<EnvironmentId, SealedEnvironment> environments;
  private final WrappedKeys wrapped;

  FreshKeys(Map<EnvironmentId, SealedEnvironment> environments, WrappedKeys wrapped) {
    this.environments = Map.copyOf(environments);
    this.wrapped = wrapped;
  }

  /** The environments that keys were made for. */
  public Set<EnvironmentId> ids() {
    return environments.keySet();
  }

  /** Public key of an environment, 64 hexadecimal digits. */
  public String identityKey(EnvironmentId environment) {
    return find(environment).identityKey();
  }

  /** What is wrapped already for the accounts that were expected to get the keys. */
  public WrappedKeys wrapped() {
    return wrapped;
  }

  /** The keys of one environment as the server keeps them. */
  SealedEnvironment find(EnvironmentId environment) {
    return Objects.requireNonNull(environments.get(environment), "no keys were made for it");
  }
}
