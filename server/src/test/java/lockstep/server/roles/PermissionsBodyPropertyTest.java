package lockstep.server.roles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.http.ApiException;
import lockstep.server.http.Json;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class PermissionsBodyPropertyTest {

  @Property
  void whatIsShownIsReadAsTheSame(@ForAll long seed) {
    PermissionSet set = anySet(new Random(seed));

    assertThat(PermissionsBody.read(Json.parse(Json.write(shown(set))))).isEqualTo(set);
  }

  @Property
  void oneMisspeltNameSpoilsTheWhole(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Object> shown = shown(anySet(random));
    String map = random.nextBoolean() ? "permissions" : "appPermissions";
    Map<String, Object> changed = new LinkedHashMap<>();
    changed.put("Misspelt" + random.nextInt(), List.of());
    shown.put(map, changed);

    assertThatThrownBy(() -> PermissionsBody.read(Json.parse(Json.write(shown))))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("permission class: 'Misspelt");
  }

  private static Map<String, Object> shown(PermissionSet set) {
    RoleView.Permissions view = RoleView.Permissions.of(set, false);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("permissions", view.permissions());
    shown.put("appPermissions", view.appPermissions());
    return shown;
  }

  private static PermissionSet anySet(Random random) {
    return new PermissionSet(
        anyMap(random, OrganisationResource.values(), OrganisationResource::validActions),
        anyMap(random, AppResource.values(), AppResource::validActions));
  }

  private static <K> Map<K, Set<Action>> anyMap(
      Random random, K[] kinds, Function<K, Set<Action>> validActions) {
    Map<K, Set<Action>> map = new HashMap<>();
    for (K kind : kinds) {
      if (random.nextBoolean()) {
        Set<Action> actions = new HashSet<>(validActions.apply(kind));
        actions.removeIf(action -> random.nextBoolean());
        map.put(kind, actions);
      }
    }
    return map;
  }
}
