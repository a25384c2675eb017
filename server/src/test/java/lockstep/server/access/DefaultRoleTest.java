package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DefaultRoleTest {

  private static JsonNode expected = JsonMapper.shared().createObjectNode();

  @BeforeAll
  static void readTheTables() throws IOException {
    try (InputStream json = DefaultRoleTest.class.getResourceAsStream("default-roles.json")) {
      expected = JsonMapper.shared().readTree(Objects.requireNonNull(json));
    }
  }

  static Stream<Arguments> organisationCells() {
    return Arrays.stream(DefaultRole.values())
        .flatMap(
            role ->
                Arrays.stream(OrganisationResource.values())
                    .flatMap(
                        resource ->
                            Arrays.stream(Action.values())
                                .map(action -> Arguments.of(role, resource, action))));
  }

  static Stream<Arguments> appCells() {
    return Arrays.stream(DefaultRole.values())
        .flatMap(
            role ->
                Arrays.stream(AppResource.values())
                    .flatMap(
                        resource ->
                            Arrays.stream(Action.values())
                                .map(action -> Arguments.of(role, resource, action))));
  }

  @Test
  void areCreatedInThisOrder() {
    assertThat(DefaultRole.values())
        .extracting(DefaultRole::displayName)
        .containsExactlyElementsOf(expected.propertyNames());
  }

  @ParameterizedTest
  @MethodSource("organisationCells")
  void organisationCell(DefaultRole role, OrganisationResource resource, Action action) {
    JsonNode actions = tables(role).path("permissions").path(resource.wireName());

    assertThat(role.permissions().allows(resource, action)).isEqualTo(lists(actions, action));
  }

  @ParameterizedTest
  @MethodSource("appCells")
  void appCell(DefaultRole role, AppResource resource, Action action) {
    JsonNode actions = tables(role).path("appPermissions").path(resource.wireName());

    assertThat(role.permissions().allows(resource, action)).isEqualTo(lists(actions, action));
  }

  @ParameterizedTest
  @EnumSource
  void showsExactlyTheListedKinds(DefaultRole role) {
    assertThat(role.permissions().organisation().keySet())
        .extracting(OrganisationResource::wireName)
        .containsExactlyElementsOf(tables(role).path("permissions").propertyNames());
    assertThat(role.permissions().app().keySet())
        .extracting(AppResource::wireName)
        .containsExactlyElementsOf(tables(role).path("appPermissions").propertyNames());
  }

  @ParameterizedTest
  @EnumSource
  void globalAccess(DefaultRole role) {
    assertThat(role.globalAccess()).isEqualTo(tables(role).path("globalAccess").booleanValue());
  }

  /** Once more, because the roles are made before the mutation check changes how. */
  @ParameterizedTest
  @EnumSource
  void isWhatItsColumnOfTheTablesSays(DefaultRole role) {
    assertThat(DefaultPermissions.ofColumn(role.displayName())).isEqualTo(role.permissions());
  }

  @ParameterizedTest
  @EnumSource
  void survivesTheDatabase(DefaultRole role) {
    assertThat(PermissionSet.parse(role.permissions().toJson())).isEqualTo(role.permissions());
  }

  private static JsonNode tables(DefaultRole role) {
    return expected.path(role.displayName());
  }

  private static boolean lists(JsonNode actions, Action action) {
    assertThat(actions.isArray()).isTrue();
    return actions.valueStream().anyMatch(node -> node.stringValue().equals(action.wireName()));
  }
}
