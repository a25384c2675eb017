package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PermissionsTest {

  @Provide
  Arbitrary<PermissionSet> sets() {
    return PermissionSets.any();
  }

  /** A set of triples per role, united: as slow and plain as the rule itself. */
  @Property(tries = 300)
  void agreesWithAListOfAllThatIsGranted(
      @ForAll("sets") PermissionSet own,
      @ForAll @Size(max = 4) List<@From("sets") PermissionSet> teams) {
    List<String> granted = new ArrayList<>();
    own.organisation()
        .forEach((kind, actions) -> actions.forEach(a -> granted.add("org " + kind + " " + a)));
    List<PermissionSet> all = new ArrayList<>(teams);
    all.add(own);
    for (PermissionSet set : all) {
      set.app()
          .forEach((kind, actions) -> actions.forEach(a -> granted.add("app " + kind + " " + a)));
    }
    Permissions permissions = new Permissions(own, teams);

    for (Action action : Action.values()) {
      for (OrganisationResource kind : OrganisationResource.values()) {
        assertThat(permissions.allows(kind, action))
            .isEqualTo(granted.contains("org " + kind + " " + action));
      }
      for (AppResource kind : AppResource.values()) {
        assertThat(permissions.allows(kind, action))
            .isEqualTo(granted.contains("app " + kind + " " + action));
      }
    }
  }

  @Property(tries = 300)
  void anotherTeamNeverTakesAnythingAway(
      @ForAll("sets") PermissionSet own,
      @ForAll @Size(max = 3) List<@From("sets") PermissionSet> teams,
      @ForAll("sets") PermissionSet another) {
    List<PermissionSet> moreTeams = new ArrayList<>(teams);
    moreTeams.add(another);
    Permissions before = new Permissions(own, teams);
    Permissions after = new Permissions(own, moreTeams);

    for (Action action : Action.values()) {
      for (AppResource kind : AppResource.values()) {
        if (before.allows(kind, action) || another.allows(kind, action)) {
          assertThat(after.allows(kind, action)).isTrue();
        }
      }
      for (OrganisationResource kind : OrganisationResource.values()) {
        assertThat(after.allows(kind, action)).isEqualTo(before.allows(kind, action));
      }
    }
  }

  @Property(tries = 100)
  void theOrderOfTeamsDoesNotMatter(
      @ForAll("sets") PermissionSet own,
      @ForAll @Size(max = 3) List<@From("sets") PermissionSet> teams) {
    List<PermissionSet> reversed = new ArrayList<>(teams);
    Collections.reverse(reversed);

    for (Action action : Action.values()) {
      for (AppResource kind : AppResource.values()) {
        assertThat(new Permissions(own, reversed).allows(kind, action))
            .isEqualTo(new Permissions(own, teams).allows(kind, action));
      }
    }
  }

  @Test
  void aDeveloperInATeamOfAdminsMayDeleteEnvironmentsThereAndNothingInTheOrganisation() {
    PermissionSet developer = DefaultRole.DEVELOPER.permissions();
    Permissions inTeamApp = new Permissions(developer, List.of(DefaultRole.ADMIN.permissions()));
    Permissions elsewhere = new Permissions(developer, List.of());

    assertThat(inTeamApp.allows(AppResource.ENVIRONMENTS, Action.DELETE)).isTrue();
    assertThat(elsewhere.allows(AppResource.ENVIRONMENTS, Action.DELETE)).isFalse();
    assertThat(inTeamApp.allows(OrganisationResource.APPS, Action.DELETE)).isFalse();
  }

  @Test
  void aTeamWithAWeakerRoleLeavesTheOwnOneWhole() {
    PermissionSet readsSecrets =
        new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, Set.of(Action.READ)));
    Permissions permissions =
        new Permissions(DefaultRole.MANAGER.permissions(), List.of(readsSecrets));

    assertThat(permissions.allows(AppResource.SECRETS, Action.DELETE)).isTrue();
  }

  @Test
  void aTeamListThatChangesLaterChangesNothing() {
    List<PermissionSet> teams = new ArrayList<>();
    Permissions permissions = new Permissions(PermissionSet.NONE, teams);
    teams.add(DefaultRole.OWNER.permissions());

    assertThat(permissions.allows(AppResource.SECRETS, Action.READ)).isFalse();
  }
}
