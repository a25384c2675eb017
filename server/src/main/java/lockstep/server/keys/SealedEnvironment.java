package lockstep.server.keys;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ids.EnvironmentId;

/**
 * An environment whose keys the server has a copy of.
 *
 * @param copy wrapped to the server key
 * @param identityKey of the environment
 */
record SealedEnvironment(EnvironmentId id, WrappedEnvironmentKeys copy, String identityKey) {

  /** The environment's keys, wrapped for each of these accounts; opened once, if at all. */
  Map<IdentityKey, WrappedEnvironmentKeys> wrapFor(
      Set<IdentityKey> recipients, ServerKey serverKey) {
    if (recipients.isEmpty()) {
      return Map.of();
    }
    Map<IdentityKey, WrappedEnvironmentKeys> wrapped = new HashMap<>();
    try (EnvironmentKeys keys = EnvironmentKeys.unwrap(copy, serverKey.keyPair(), identityKey)) {
      recipients.forEach(recipient -> wrapped.put(recipient, keys.wrapFor(recipient.toX25519())));
    }
    return wrapped;
  }
}
