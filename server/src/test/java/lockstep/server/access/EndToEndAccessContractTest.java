package lockstep.server.access;

import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may see the environments of apps that the server cannot open: as for all other apps. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class EndToEndAccessContractTest extends OnBothDatabases {

  private static final String ENVIRONMENTS = "/v1/end-to-end/environments/";

  private TestApp app;
  private String environments;
  private String environment;

  @BeforeEach
  void createApp() {
    app = new EndToEndClient(owner).app("vault", "Production");
    environments = ENVIRONMENTS + "?app_id=" + app.id();
    environment = ENVIRONMENTS + app.environment("Production") + "/";
  }

  @Test
  void aKeyWithoutThePermissionIsNotEnough() {
    TestCaller member = organisation.memberWith(PermissionSet.NONE);
    organisation.grant(member, app, "Production");

    String refusal = "You don't have permission to read environments.";
    member.get(environments).isError(403, refusal);
    member.get(environment).isError(403, refusal);
  }

  @Test
  void thePermissionWithoutReachIsNotEnough() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);

    String refusal = "User cannot access this app";
    member.get(environments).isError(403, refusal);
    member.get(environment).isError(403, refusal);
  }

  @Test
  void bothTogetherAreEnough() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Production");

    member.get(environments).is(200);
    member.get(environment).is(200);
  }
}
