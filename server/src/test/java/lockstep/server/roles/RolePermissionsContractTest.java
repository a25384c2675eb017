package lockstep.server.roles;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

@ContractTest
final class RolePermissionsContractTest extends OnBothDatabases {

  private static final Map<String, Object> NOTHING =
      object("permissions", Map.of(), "app_permissions", Map.of());

  @Test
  void permissionsMustHaveExactlyTheTwoMaps() {
    post(object("permissions", Map.of(), "zeta", 1, "globalAccess", true, "app_permissions", 1))
        .isError(
            400,
            "Unknown top-level keys: globalAccess, zeta."
                + " Allowed keys: permissions, app_permissions.");
    post(object("permissions", Map.of()))
        .isError(
            400,
            "Missing required keys: app_permissions."
                + " Required keys: permissions, app_permissions.");
    post(object("appPermissions", Map.of()))
        .isError(
            400,
            "Missing required keys: permissions. Required keys: permissions, app_permissions.");
    putPermissions(Map.of())
        .isError(
            400,
            "Missing required keys: app_permissions, permissions."
                + " Required keys: permissions, app_permissions.");
    post(object("permissions", List.of(), "app_permissions", Map.of()))
        .isError(400, "permissions must be a JSON object.");
    post(object("permissions", Map.of(), "appPermissions", "x"))
        .isError(400, "app_permissions must be a JSON object.");
    post(object("permissions", Map.of(), "app_permissions", Map.of(), "appPermissions", Map.of()))
        .isError(
            400,
            "Unknown top-level keys: appPermissions."
                + " Allowed keys: permissions, app_permissions.");
  }

  @Test
  void aMapThatIsNullAllowsNothing() {
    JsonNode permissions =
        post(object("permissions", NullNode.instance, "appPermissions", NullNode.instance))
            .is(201)
            .json()
            .get("permissions");

    assertThat(permissions.toString())
        .isEqualTo("{\"permissions\":{},\"appPermissions\":{},\"globalAccess\":false}");
  }

  @Test
  void unknownClassesAndActionsAreNamedWithTheValidOnes() {
    post(object("permissions", Map.of("apps", List.of()), "app_permissions", Map.of()))
        .isError(
            400,
            "Unknown org permission class: 'apps'. Valid classes: Apps, Billing,"
                + " ExternalIdentities, IntegrationCredentials, LogStreams, Logs,"
                + " MemberPersonalAccessTokens, Members, NetworkAccessPolicies, Organisation,"
                + " Roles, SCIM, SSO, ServiceAccountTokens, ServiceAccounts, Teams.");
    post(object("permissions", Map.of(), "app_permissions", Map.of("Apps", List.of())))
        .isError(
            400,
            "Unknown app permission class: 'Apps'. Valid classes: DynamicSecretLeases,"
                + " EncryptionMode, Environments, Integrations, Lockbox, Logs, Members,"
                + " RotatingSecrets, Secrets, ServiceAccounts, Teams, Tokens.");
    for (Object actions : new Object[] {"read", Map.of(), 1, true}) {
      post(object("permissions", Map.of("Apps", actions), "app_permissions", Map.of()))
          .isError(400, "Actions for 'Apps' must be an array.");
    }
    post(object("permissions", object("Apps", NullNode.instance), "app_permissions", Map.of()))
        .isError(400, "Actions for 'Apps' must be an array.");
    post(object("permissions", Map.of("Logs", List.of("create")), "app_permissions", Map.of()))
        .isError(
            400, "Unknown action 'create' for org permission class 'Logs'. Valid actions: read.");
    post(object("permissions", Map.of("Apps", List.of("Read")), "app_permissions", Map.of()))
        .isError(
            400,
            "Unknown action 'Read' for org permission class 'Apps'."
                + " Valid actions: create, delete, read, update.");
    post(object("permissions", Map.of(), "app_permissions", Map.of("Secrets", List.of(7))))
        .isError(
            400,
            "Unknown action '7' for app permission class 'Secrets'."
                + " Valid actions: create, delete, read, update.");
    post(object("permissions", Map.of(), "app_permissions", Map.of("EncryptionMode", List.of("x"))))
        .isError(
            400,
            "Unknown action 'x' for app permission class 'EncryptionMode'."
                + " Valid actions: read, update.");
  }

  @Test
  void whatWasReadCanBeWrittenBackWithoutGlobalAccess() {
    JsonNode developer = get(organisation.role(DefaultRole.DEVELOPER)).json().get("permissions");
    String text = developer.toString().replace(",\"globalAccess\":false", "");
    String id = custom("Copy");

    JsonNode copy =
        owner
            .sendText("PUT", "/v1/roles/" + id + "/", "{\"permissions\":" + text + "}")
            .is(200)
            .json();

    assertThat(copy.get("permissions")).isEqualTo(developer);
  }

  private TestResponse post(Object permissions) {
    return owner.post("/v1/roles/", object("name", "Any", "permissions", permissions));
  }

  private TestResponse putPermissions(Object permissions) {
    return put(Map.of("permissions", permissions));
  }

  private TestResponse put(Map<String, Object> body) {
    return owner.put("/v1/roles/" + organisation.customRole(PermissionSet.NONE) + "/", body);
  }

  private TestResponse get(Object id) {
    return owner.get("/v1/roles/" + id + "/");
  }

  private String custom(String name) {
    return owner.post("/v1/roles/", object("name", name, "permissions", NOTHING)).is(201).id();
  }
}
