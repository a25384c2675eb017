package lockstep.server.roles;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import org.jspecify.annotations.Nullable;

/** A role in a list of roles. */
record RoleView(
    UUID id,
    String name,
    @Nullable String description,
    String color,
    boolean isDefault,
    Instant createdAt) {

  static RoleView of(Role role) {
    return new RoleView(
        role.id(),
        role.name(),
        role.description(),
        role.color(),
        role.isDefault(),
        role.createdAt());
  }

  /** A role on its own. */
  record Detailed(
      UUID id,
      String name,
      @Nullable String description,
      String color,
      boolean isDefault,
      Instant createdAt,
      Permissions permissions) {

    static Detailed of(Role role) {
      return new Detailed(
          role.id(),
          role.name(),
          role.description(),
          role.color(),
          role.isDefault(),
          role.createdAt(),
          Permissions.of(role.permissions(), role.globalAccess()));
    }
  }

  /** What a role allows, by the names of kinds and actions. */
  record Permissions(
      Map<String, List<String>> permissions,
      Map<String, List<String>> appPermissions,
      boolean globalAccess) {

    static Permissions of(PermissionSet set, boolean globalAccess) {
      return new Permissions(
          names(set.organisation(), OrganisationResource::wireName),
          names(set.app(), AppResource::wireName),
          globalAccess);
    }

    private static <K> Map<String, List<String>> names(
        Map<K, Set<Action>> permissions, Function<K, String> nameOf) {
      Map<String, List<String>> names = new LinkedHashMap<>();
      permissions.forEach(
          (kind, actions) ->
              names.put(nameOf.apply(kind), actions.stream().map(Action::wireName).toList()));
      return names;
    }
  }
}
