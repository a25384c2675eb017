package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionSetTest {

  @Provide
  Arbitrary<PermissionSet> sets() {
    return PermissionSets.any();
  }

  @Test
  void isStoredCompactlyInOneOrder() {
    PermissionSet set =
        new PermissionSet(
            Map.of(
                OrganisationResource.TEAMS, Set.of(Action.DELETE, Action.CREATE),
                OrganisationResource.APPS, Set.of(Action.READ)),
            Map.of(AppResource.LOGS, Set.of()));

    String json =
        "{\"permissions\":{\"Apps\":[\"read\"],\"Teams\":[\"create\",\"delete\"]},"
            + "\"appPermissions\":{\"Logs\":[]}}";
    assertThat(set.toJson()).isEqualTo(json);
    assertThat(set).hasToString(json);
    assertThat(PermissionSet.NONE.toJson()).isEqualTo("{\"permissions\":{},\"appPermissions\":{}}");
  }

  @Property
  void survivesTheDatabase(@ForAll("sets") PermissionSet set) {
    PermissionSet read = PermissionSet.parse(set.toJson());

    assertThat(read).isEqualTo(set).hasSameHashCodeAs(set);
    assertThat(read.toJson()).isEqualTo(set.toJson());
  }

  @Property
  void allowsWhatIsListedAndNothingElse(@ForAll("sets") PermissionSet set) {
    for (Action action : Action.values()) {
      for (OrganisationResource kind : OrganisationResource.values()) {
        Set<Action> listed = set.organisation().get(kind);
        assertThat(set.allows(kind, action)).isEqualTo(listed != null && listed.contains(action));
      }
      for (AppResource kind : AppResource.values()) {
        Set<Action> listed = set.app().get(kind);
        assertThat(set.allows(kind, action)).isEqualTo(listed != null && listed.contains(action));
      }
    }
  }

  @Test
  void kindsOfTheSameNameAreIndependent() {
    PermissionSet set =
        PermissionSet.parse(
            "{\"permissions\":{\"Members\":[\"read\"]},\"appPermissions\":{\"Teams\":[\"read\"]}}");

    assertThat(set.allows(OrganisationResource.MEMBERS, Action.READ)).isTrue();
    assertThat(set.allows(AppResource.MEMBERS, Action.READ)).isFalse();
    assertThat(set.allows(OrganisationResource.TEAMS, Action.READ)).isFalse();
    assertThat(set.allows(AppResource.TEAMS, Action.READ)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{}",
        "{\"permissions\":{}}",
        "{\"appPermissions\":{}}",
        "{\"permissions\":{},\"app_permissions\":{}}",
        "{\"permissions\":{},\"appPermissions\":{},\"globalAccess\":true}",
        "{\"permissions\":null,\"appPermissions\":{}}",
        "{\"permissions\":{},\"appPermissions\":[]}",
        "{\"permissions\":{},\"permissions\":{},\"appPermissions\":{}}",
        "{\"permissions\":{},\"appPermissions\":{}} {}",
        "{\"permissions\":{},\"appPermissions\":{}",
        "{\"permissions\":{\"apps\":[]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps \":[]},\"appPermissions\":{}}",
        "{\"permissions\":{\"APPS\":[]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Secrets\":[]},\"appPermissions\":{}}",
        "{\"permissions\":{},\"appPermissions\":{\"Apps\":[]}}",
        "{\"permissions\":{\"Apps\":[],\"Apps\":[]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":null},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":\"read\"},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":{}},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":[\"Read\"]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":[\"read \"]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":[\"*\"]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":[null]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":[1]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":[[\"read\"]]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Apps\":[\"read\",\"read\"]},\"appPermissions\":{}}",
        "{\"permissions\":{\"Logs\":[\"create\"]},\"appPermissions\":{}}",
        "{\"permissions\":{},\"appPermissions\":{\"EncryptionMode\":[\"delete\"]}}",
      })
  void whatElseIsStoredIsNeverReadAsARole(String json) {
    assertThatIllegalArgumentException().isThrownBy(() -> PermissionSet.parse(json));
  }

  @Test
  void refusesActionsThatAKindDoesNotHave() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PermissionSet(
                    Map.of(OrganisationResource.LOGS, Set.of(Action.UPDATE)), Map.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PermissionSet(
                    Map.of(), Map.of(AppResource.ENCRYPTION_MODE, Set.of(Action.CREATE))));
  }

  @Test
  void doesNotChangeWithWhatItWasMadeOf() {
    Set<Action> actions = new HashSet<>(Set.of(Action.READ));
    Map<AppResource, Set<Action>> app = new EnumMap<>(AppResource.class);
    app.put(AppResource.SECRETS, actions);
    PermissionSet set = new PermissionSet(Map.of(), app);

    actions.add(Action.DELETE);
    app.put(AppResource.LOGS, EnumSet.allOf(Action.class));

    assertThat(set.allows(AppResource.SECRETS, Action.DELETE)).isFalse();
    assertThat(set.allows(AppResource.LOGS, Action.READ)).isFalse();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> set.app().clear());
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> set.app().values().iterator().next().clear());
  }

  @Test
  void differsFromSetsThatAllowOrListSomethingElse() {
    PermissionSet set = new PermissionSet(Map.of(OrganisationResource.APPS, Set.of()), Map.of());

    assertThat(set)
        .isNotEqualTo(PermissionSet.NONE)
        .isNotEqualTo(new PermissionSet(set.organisation(), Map.of(AppResource.LOGS, Set.of())))
        .isNotEqualTo(set.toJson());
  }
}
