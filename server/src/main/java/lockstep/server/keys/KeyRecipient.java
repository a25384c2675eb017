package lockstep.server.keys;

import java.util.UUID;
import lockstep.crypto.IdentityKey;
import org.jspecify.annotations.Nullable;

/**
 * An account that holds keys of an environment, and the public key to wrap other ones for.
 *
 * @param kind {@code member}, {@code service_account} or {@code service_token}
 * @param identityKey Ed25519 public key, 64 hexadecimal digits; null if there is a token key
 * @param tokenKey X25519 public key of a legacy token, 64 hexadecimal digits; null if there is an
 *     identity key
 */
public record KeyRecipient(
    UUID accountId, String kind, @Nullable String identityKey, @Nullable String tokenKey) {

  static KeyRecipient of(HolderStore.Holder holder) {
    String identityKey = holder.identityKey().map(IdentityKey::hex).orElse(null);
    return new KeyRecipient(
        holder.account().value(),
        holder.kind(),
        identityKey,
        identityKey == null ? holder.recipient().hex() : null);
  }

  @Override
  public String toString() {
    return "KeyRecipient[" + accountId + "]";
  }
}
