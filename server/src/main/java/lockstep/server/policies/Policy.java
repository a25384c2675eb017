package lockstep.server.policies;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A network access policy, in the form in which it is answered.
 *
 * @param allowedIps addresses and CIDR ranges, as they were written
 * @param isGlobal whether it holds for all accounts without a policy of their own
 */
record Policy(
    UUID id,
    String name,
    List<String> allowedIps,
    boolean isGlobal,
    Instant createdAt,
    Instant updatedAt) {}
