package lockstep.server.members;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.accounts.AccessibleApp;
import lockstep.server.accounts.RoleName;
import org.jspecify.annotations.Nullable;

/** A member with the apps it is individually listed on. */
record MemberWithApps(
    UUID id,
    String username,
    @Nullable String fullName,
    String email,
    @Nullable RoleName role,
    Instant createdAt,
    Instant updatedAt,
    List<AccessibleApp> apps) {

  static MemberWithApps of(Member member, List<AccessibleApp> apps) {
    return new MemberWithApps(
        member.id(),
        member.username(),
        member.fullName(),
        member.email(),
        member.role(),
        member.createdAt(),
        member.updatedAt(),
        List.copyOf(apps));
  }
}
