package lockstep.server.access;

import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random permission sets, all of them legal. */
final class PermissionSets {

  private PermissionSets() {}

  static Arbitrary<PermissionSet> any() {
    return Combinators.combine(organisation(), app()).as(PermissionSet::new);
  }

  private static Arbitrary<Map<OrganisationResource, Set<Action>>> organisation() {
    return Arbitraries.maps(
            Arbitraries.of(OrganisationResource.class), Arbitraries.of(Action.class).set())
        .map(
            map -> {
              map.forEach((kind, actions) -> actions.retainAll(kind.validActions()));
              return map;
            });
  }

  private static Arbitrary<Map<AppResource, Set<Action>>> app() {
    return Arbitraries.maps(Arbitraries.of(AppResource.class), Arbitraries.of(Action.class).set())
        .map(
            map -> {
              map.forEach((kind, actions) -> actions.retainAll(kind.validActions()));
              return map;
            });
  }
}
