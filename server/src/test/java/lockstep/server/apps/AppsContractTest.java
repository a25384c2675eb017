package lockstep.server.apps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;

@ContractTest
final class AppsContractTest extends OnBothDatabases {

  @Test
  void aNewAppHasThreeEnvironments() {
    TestApp app = organisation.app("billing-api");

    assertThat(app.environments()).containsOnlyKeys("Development", "Staging", "Production");
  }

  @Test
  void aMemberWhoIsNotListedOnAnAppCannotAccessIt() {
    TestApp app = organisation.app("billing-api");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    developer.get("/v1/apps/" + app.id() + "/").isError(403, "User cannot access this app");
  }

  @Test
  void aDeletedAppIsGoneWithEverythingInIt() {
    TestApp app = organisation.app("billing-api");
    owner.post(app.secrets(), TestApp.body(TestApp.secret("/a/b", "K", "v"))).is(201);

    owner.delete("/v1/apps/" + app.id() + "/").is(204);

    owner.get("/v1/apps/" + app.id() + "/").isError(404, "App with ID " + app.id() + " not found");
    owner.get(app.secrets()).isError(404, "App with ID " + app.id() + " not found");
    assertThat(owner.get("/v1/apps/").is(200).json()).isEqualTo(owner.get("/v1/apps/").json());
  }

  @Test
  void aBlankNameIsMissing() {
    owner.post("/v1/apps/", Map.of("name", " ")).isError(400, "Missing required field: name");
  }
}
