package lockstep.server.serviceaccounts;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.accounts.AccessibleApp;
import lockstep.server.accounts.RoleName;
import org.jspecify.annotations.Nullable;

/**
 * A service account with its tokens and the apps it is individually listed on.
 *
 * @param tokens those that work, newest first
 */
record ServiceAccountDetail(
    UUID id,
    String name,
    @Nullable RoleName role,
    Instant createdAt,
    Instant updatedAt,
    List<TokenSummary> tokens,
    List<AccessibleApp> apps) {

  /** A token, without what would let anybody use it. */
  record TokenSummary(UUID id, String name, Instant createdAt, @Nullable Instant expiresAt) {}

  static ServiceAccountDetail of(
      ServiceAccount account, List<TokenSummary> tokens, List<AccessibleApp> apps) {
    return new ServiceAccountDetail(
        account.id(),
        account.name(),
        account.role(),
        account.createdAt(),
        account.updatedAt(),
        List.copyOf(tokens),
        List.copyOf(apps));
  }
}
