package lockstep.server.keys;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;

/**
 * New keys that shall take the place of those of an environment. What can be wrapped ahead of the
 * transaction is; the rest is wrapped when it is asked for. Not for use by several threads.
 */
public final class ReplacementKeys implements AutoCloseable {

  private final EnvironmentKeys keys;
  private final Map<X25519PublicKey, WrappedEnvironmentKeys> wrapped = new HashMap<>();

  private ReplacementKeys(EnvironmentKeys keys) {
    this.keys = keys;
  }

  /** Makes new keys. */
  public static ReplacementKeys generate() {
    return new ReplacementKeys(EnvironmentKeys.generate());
  }

  /** The keys themselves, which stay this object's. */
  public EnvironmentKeys keys() {
    return keys;
  }

  void expect(List<HolderStore.Holder> holders) {
    holders.forEach(holder -> wrapped(holder.recipient()));
  }

  WrappedEnvironmentKeys wrapped(X25519PublicKey recipient) {
    return wrapped.computeIfAbsent(recipient, keys::wrapFor);
  }

  /** Erases the keys. */
  @Override
  public void close() {
    keys.close();
  }

  @Override
  public String toString() {
    return "ReplacementKeys[hidden]";
  }
}
