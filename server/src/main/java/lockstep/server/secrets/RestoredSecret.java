package lockstep.server.secrets;

import java.time.Instant;
import java.util.UUID;

/**
 * The answer to a restoration. Holds nothing of the secret, because not all who may change secrets
 * may read them.
 *
 * @param event {@code create} if it had been deleted, otherwise {@code update}
 */
record RestoredSecret(
    UUID id, UUID environment, int version, int restoredVersion, String event, Instant updatedAt) {}
