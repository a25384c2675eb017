package lockstep.server.teams;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.accounts.RoleName;
import org.jspecify.annotations.Nullable;

/**
 * A team with who is in it and what it reaches.
 *
 * @param members in the order of joining
 */
record TeamDetail(
    UUID id,
    String name,
    String description,
    boolean isScimManaged,
    @Nullable RoleName memberRole,
    @Nullable RoleName serviceAccountRole,
    Team.@Nullable Owner owner,
    Instant createdAt,
    Instant updatedAt,
    List<TeamMember> members,
    List<TeamApp> apps) {

  /** An account in a team. */
  sealed interface TeamMember {}

  /** A person in a team. */
  record User(String type, UUID id, String email, @Nullable String fullName)
      implements TeamMember {}

  /** A service account in a team. */
  record Bot(String type, UUID id, String name) implements TeamMember {}

  /** An app that the team has part of in scope. */
  record TeamApp(UUID id, String name, List<TeamEnvironment> environments) {}

  /** An environment in the scope of a team. */
  record TeamEnvironment(UUID id, String name) {}

  static TeamDetail of(Team team, List<TeamMember> members, List<TeamApp> apps) {
    return new TeamDetail(
        team.id(),
        team.name(),
        team.description(),
        team.isScimManaged(),
        team.memberRole(),
        team.serviceAccountRole(),
        team.owner(),
        team.createdAt(),
        team.updatedAt(),
        List.copyOf(members),
        List.copyOf(apps));
  }
}
