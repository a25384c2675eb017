package lockstep.server.edge;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.http.RawResponse;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;

/** Requests that break several rules at once are refused for the first of them. */
@ContractTest
final class OrderOfChecksContractTest extends OnBothDatabases {

  private static final String HUGE = "Content-Length: 1048577\r\n";
  private static final String POLICY =
      "Access denied: a network access policy restricts access from your IP address.";

  @Test
  void routeBeforeSize() {
    RawResponse response = RawRequest.begin(anonymous(), "POST", "/v1/nowhere/", HUGE, new byte[0]);
    assertThat(response.status()).isEqualTo(404);
  }

  @Test
  void sizeBeforeToken() {
    RawResponse response = RawRequest.begin(anonymous(), "POST", "/v1/apps/", HUGE, new byte[0]);
    assertThat(response.summary()).isEqualTo("413 {\"error\":\"Request body too large.\"}");
  }

  @Test
  void sizeBeforeMethod() {
    RawResponse response = RawRequest.begin(owner, "PATCH", "/v1/apps/", HUGE, new byte[0]);
    assertThat(response.status()).isEqualTo(413);
  }

  @Test
  void tokenBeforeMethod() {
    anonymous()
        .sendText("PATCH", "/v1/apps/", "")
        .isError(401, "Authentication credentials were not provided.");
  }

  @Test
  void methodBeforeNetworkPolicy() {
    TestCaller elsewhere = organisation.member(DefaultRole.MANAGER);
    organisation.policy(false, "203.0.113.1", elsewhere);
    elsewhere.sendText("PATCH", "/v1/apps/", "").isError(405, "Method \"PATCH\" not allowed.");
  }

  @Test
  void networkPolicyBeforeContextPermissionAndBody() {
    TestCaller elsewhere = organisation.memberWith(PermissionSet.NONE);
    organisation.policy(false, "203.0.113.1", elsewhere);
    elsewhere.get("/v1/apps/x/").isError(403, POLICY);
    elsewhere.get("/v1/environments/").isError(403, POLICY);
    elsewhere.get("/v1/secrets/?app_id=x").isError(403, POLICY);
    elsewhere.sendText("POST", "/v1/apps/", "{").isError(403, POLICY);
    assertThat(RawRequest.send(elsewhere, "GET", "/v1/apps/?x=%zz").body()).contains(POLICY);
  }

  @Test
  void contextBeforeAccess() {
    TestApp app = organisation.app("app");
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    String unknown = UUID.randomUUID().toString();
    String noApp = "App with ID " + unknown + " not found";
    nobody.get("/v1/apps/" + unknown + "/").isError(404, noApp);
    nobody.get("/v1/environments/?app_id=" + unknown).isError(404, noApp);
    nobody.get("/v1/environments/" + unknown + "/").isError(404, "Environment not found");
    nobody.get("/v1/secrets/?app_id=" + unknown + "&env=Staging").isError(404, noApp);
    nobody
        .get(app.secrets("nowhere"))
        .isError(404, "Environment 'nowhere' not found in App " + app.id());
    nobody
        .get("/v1/secrets/?env=Staging")
        .isError(
            403, "Environment context required. Supply `app_id` and `env` as query parameters.");
  }

  @Test
  void appAccessBeforeAMissingEnvironment() {
    TestApp app = organisation.app("app");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    developer.get("/v1/secrets/?app_id=" + app.id()).isError(403, "User cannot access this app");
    organisation.list(developer, app);
    developer
        .get("/v1/secrets/?app_id=" + app.id())
        .isError(
            403, "Environment context required. Supply `app_id` and `env` as query parameters.");
  }

  @Test
  void accessBeforePermission() {
    TestApp app = organisation.app("app");
    String environment = "/v1/environments/" + app.environment("Staging") + "/";
    for (TestCaller nobody :
        List.of(
            organisation.memberWith(PermissionSet.NONE),
            organisation.serviceAccount(organisation.customRole(PermissionSet.NONE)))) {
      String who = title(nobody);
      nobody.get("/v1/apps/" + app.id() + "/").isError(403, who + " cannot access this app");
      nobody
          .get("/v1/environments/?app_id=" + app.id())
          .isError(403, who + " cannot access this app");
      nobody.get(environment).isError(403, who + " cannot access this app");
      nobody.get(app.secrets()).isError(403, who + " cannot access this environment");
      organisation.list(nobody, app);
      nobody.get(app.secrets()).isError(403, who + " cannot access this environment");
      nobody.get(environment).isError(403, "You don't have permission to read environments.");
    }
  }

  private static String title(TestCaller caller) {
    boolean user = caller.headers().toString().contains("Bearer User ");
    return user ? "User" : "Service account";
  }

  @Test
  void permissionBeforeEncryptionModeBeforeEnvironmentAccessBeforeBody() {
    TestApp app = organisation.app("app");
    String path = "/v1/environments/" + app.environment("Staging") + "/";
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    TestCaller listed =
        organisation.memberWith(
            new PermissionSet(
                Map.of(), Map.of(AppResource.ENVIRONMENTS, Set.of(Action.UPDATE, Action.CREATE))));
    organisation.list(nobody, app);
    organisation.list(listed, app);

    listed.sendText("PUT", path, "{").isError(403, "You don't have access to this environment.");
    organisation.turnSseOff(app);

    nobody
        .sendText("PUT", path, "{")
        .isError(403, "You don't have permission to update environments.");
    listed.sendText("PUT", path, "{").isError(400, "SSE is not enabled for this App");
    listed
        .sendText("POST", "/v1/environments/?app_id=" + app.id(), "{")
        .isError(400, "SSE is not enabled for this App");
    owner
        .sendText("PUT", "/v1/apps/" + app.id() + "/", "{")
        .isError(403, "SSE is not enabled for this App.");
    owner.sendText("POST", app.secrets(), "{").isError(400, "SSE is not enabled for this App");
  }

  @Test
  void theAppPermissionBeforeItsEncryptionMode() {
    TestApp app = organisation.app("app");
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    organisation.list(nobody, app);
    organisation.turnSseOff(app);
    nobody
        .delete("/v1/apps/" + app.id() + "/")
        .isError(403, "You don't have permission to delete apps.");
  }

  @Test
  void secretsCheckEnvironmentThenPermissionThenEncryptionModeThenBody() {
    TestApp app = organisation.app("app");
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    organisation.grant(nobody, app, "Development");
    organisation.turnSseOff(app);
    nobody
        .sendText("POST", app.secrets("Staging"), "{")
        .isError(403, "User cannot access this environment");
    nobody
        .sendText("POST", app.secrets("Development"), "{")
        .isError(403, "You don't have permission to create secrets in this environment.");
    owner
        .sendText("POST", app.secrets("Development"), "")
        .isError(400, "SSE is not enabled for this App");
  }

  @Test
  void permissionBeforeBody() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    developer
        .sendText("POST", "/v1/apps/", "{")
        .isError(403, "You don't have permission to create apps.");
  }

  @Test
  void bodyBeforeConflict() {
    TestApp app = organisation.app("app");
    owner
        .sendText("POST", "/v1/environments/?app_id=" + app.id(), "{\"name\":\"Staging\"")
        .isError(400, "Request body must be valid JSON.");
    owner
        .post(
            app.secrets(),
            TestApp.body(TestApp.secret("K", "v"), TestApp.secret("K", "v"), object("key", "")))
        .isError(400, "Each secret requires a non-empty 'key'.");
  }

  @Test
  void theFieldsOfAnAppAreCheckedInOrder() {
    owner
        .post("/v1/apps/", object("environments", 1, "description", 1))
        .isError(400, "Missing required field: name");
    owner
        .post("/v1/apps/", object("name", "n", "environments", 1, "description", 1))
        .isError(400, "'description' must be a string.");
    owner
        .post("/v1/apps/", object("name", "n", "environments", 1, "description", "d"))
        .isError(400, "'environments' must be a list of environment names.");
    owner
        .post("/v1/apps/", object("environments", 1, "description", 1, "name", 1))
        .isError(400, "'name' must be a string.");
  }

  @Test
  void fieldsBeforeTheWantOfAKeyHolder() {
    TestCaller creator =
        organisation.memberWith(
            new PermissionSet(Map.of(OrganisationResource.APPS, Set.of(Action.CREATE)), Map.of()));
    organisation.deleteAccount(owner);
    creator.post("/v1/apps/", object()).isError(400, "Missing required field: name");
    creator
        .post("/v1/apps/", object("name", "n"))
        .isError(
            400,
            "Cannot create environment: no global-access members with identity keys found in the"
                + " organisation.");
  }

  private TestCaller anonymous() {
    return TestCaller.anonymous(server.uri());
  }
}
