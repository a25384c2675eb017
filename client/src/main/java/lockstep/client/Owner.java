package lockstep.client;

import java.util.Optional;
import lockstep.crypto.Token;

/**
 * Whose token it is.
 *
 * @param kind kind of the token
 * @param accountId id of the member or service account; empty for a legacy service token
 * @param organisationId id of the organisation
 * @param organisationName its name
 */
public record Owner(
    Token.Kind kind, Optional<String> accountId, String organisationId, String organisationName) {}
