package lockstep.server.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;

/** Callers for tests of decisions that ask no database. */
final class Callers {

  private Callers() {}

  /** A caller of this kind whose role allows nothing. */
  static Caller of(AccountKind kind) {
    return new Caller(
        new OrganisationId(UUID.randomUUID()),
        Plan.ENTERPRISE,
        new AccountId(UUID.randomUUID()),
        kind,
        "caller",
        new TokenId(UUID.randomUUID()),
        PermissionSet.NONE,
        false,
        new NetworkPolicies(List.of(), List.of()),
        AccessRevision.UNKNOWN,
        new Origin(Optional.empty(), "test", "request"));
  }
}
