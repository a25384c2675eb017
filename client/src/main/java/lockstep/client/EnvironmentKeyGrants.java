package lockstep.client;

import java.time.Duration;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;

/**
 * Wraps the keys of an environment for others, which gives them access to all its secrets once the
 * server has stored the result for them. The keys themselves never leave this library.
 *
 * <p>Be sure whose public key it is: whoever has its private half can read everything.
 */
public final class EnvironmentKeyGrants {

  private final Core core;
  private final UUID environment;
  private final Duration limit;

  EnvironmentKeyGrants(Core core, UUID environment, Duration limit) {
    this.core = core;
    this.environment = environment;
    this.limit = limit;
  }

  /** The public key of the environment, which goes with every wrapped copy: 64 digits. */
  public String environmentIdentityKey() {
    return keys().identityKey();
  }

  /** For a member or a service account. */
  public WrappedEnvironmentKeys wrapFor(IdentityKey account) {
    return keys().wrapFor(account.toX25519());
  }

  /** For the server, or for the key of a legacy service token. */
  public WrappedEnvironmentKeys wrapFor(X25519PublicKey recipient) {
    return keys().wrapFor(recipient);
  }

  private EnvironmentKeys keys() {
    return core.keysOf(environment, core.liveCall(limit));
  }
}
