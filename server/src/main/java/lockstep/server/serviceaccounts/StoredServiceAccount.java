package lockstep.server.serviceaccounts;

import java.util.Optional;
import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import org.jspecify.annotations.Nullable;

/**
 * A service account with what the rules ask about it.
 *
 * @param serverWrappedKeyring its keyring, if the server manages its keys
 * @param serverKey name of the server key that the keyring is wrapped to; null if it is not known
 */
record StoredServiceAccount(
    ServiceAccount account,
    @Nullable String identityKey,
    Optional<String> serverWrappedKeyring,
    @Nullable String serverKey) {

  /** Whether keys can be wrapped for it. */
  boolean hasUsableKey() {
    if (identityKey == null) {
      return false;
    }
    try {
      IdentityKey.parse(identityKey);
      return true;
    } catch (FormatException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "StoredServiceAccount[" + account.id() + "]";
  }
}
