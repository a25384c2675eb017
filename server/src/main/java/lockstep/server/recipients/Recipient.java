package lockstep.server.recipients;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An account that keys can be wrapped for.
 *
 * @param kind {@code member} or {@code service_account}
 * @param name of a person if known; of a service account always
 * @param email of a person
 * @param identityKey Ed25519 public key, 64 hexadecimal digits
 * @param serverManaged whether the server holds the account's keyring, so that it could open what
 *     the account can open
 */
record Recipient(
    UUID accountId,
    String kind,
    @Nullable String name,
    @Nullable String email,
    String identityKey,
    boolean serverManaged) {}
