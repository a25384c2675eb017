package lockstep.server.keys;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ids.EnvironmentId;
import org.jspecify.annotations.Nullable;

/**
 * An environment whose keys the server has a copy of.
 *
 * @param copy wrapped to a server key
 * @param serverKey name of that key; null if it is not known
 * @param identityKey of the environment
 */
record SealedEnvironment(
    EnvironmentId id, WrappedEnvironmentKeys copy, @Nullable String serverKey, String identityKey) {

  /** Which of the keys that the environment ever had these are. */
  WrappedKeys.Generation generation() {
    return new WrappedKeys.Generation(id, identityKey);
  }

  /** The environment's keys, wrapped for each of these accounts; opened once, if at all. */
  Map<IdentityKey, WrappedEnvironmentKeys> wrapFor(
      Set<IdentityKey> recipients, ServerKeys serverKeys) {
    if (recipients.isEmpty()) {
      return Map.of();
    }
    Map<IdentityKey, WrappedEnvironmentKeys> wrapped = new HashMap<>();
    try (EnvironmentKeys keys = ServerCopy.open(serverKeys, copy, serverKey, identityKey)) {
      recipients.forEach(recipient -> wrapped.put(recipient, keys.wrapFor(recipient.toX25519())));
    }
    return wrapped;
  }
}
