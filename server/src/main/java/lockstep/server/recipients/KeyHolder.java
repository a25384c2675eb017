package lockstep.server.recipients;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An account that could have a key of an environment: a {@link Recipient} and whether it has one.
 *
 * @param serverManaged whether the server holds the account's keyring, so that it could open what
 *     the account can open
 * @param required whether it ought to have one, because it has global access
 * @param holdsKey whether it has one, for whatever reason
 * @param individual whether it was given to the account itself, and not only through a team
 */
record KeyHolder(
    UUID accountId,
    String kind,
    @Nullable String name,
    @Nullable String email,
    String identityKey,
    boolean serverManaged,
    boolean required,
    boolean holdsKey,
    boolean individual) {}
