package lockstep.server.access;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who reaches the history of secrets. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class HistoryAccessContractTest extends OnBothDatabases {

  private static final String NO_KEY = "User cannot access this environment";
  private static final String CONTEXT =
      "Environment context required. Supply `app_id` and `env` as query parameters.";

  private TestApp app;
  private String versions;
  private String history;

  @BeforeEach
  void createSecret() {
    app = organisation.app("shop");
    String id = owner.post(app.secrets(), body(secret("K", "v"))).is(201).id();
    versions = "/v1/secrets/" + id + "/versions/";
    history =
        "/v1/environments/" + app.environment("Development") + "/history/?at=2999-01-01T00:00:00Z";
  }

  private String versions(String query) {
    return versions + "?" + query;
  }

  private String named() {
    return versions("app_id=" + app.id() + "&env=development");
  }

  @Test
  void appAndEnvironmentMustBeNamed() {
    String foreign = UUID.randomUUID().toString();
    owner.get(versions).isError(403, CONTEXT);
    owner.get(versions("app_id=" + app.id())).isError(403, CONTEXT);
    organisation
        .member(DefaultRole.DEVELOPER)
        .get(versions("app_id=" + app.id()))
        .isError(403, "User cannot access this app");
    owner
        .get(versions("app_id=" + foreign + "&env=Development"))
        .isError(404, "App with ID " + foreign + " not found");
    owner
        .get(versions("app_id=" + app.id() + "&env=nowhere"))
        .isError(404, "Environment 'nowhere' not found in App " + app.id());
    owner
        .get("/v1/environments/" + foreign + "/history/?at=2999-01-01T00:00:00Z")
        .isError(404, "Environment not found");
    owner.get(named()).is(200);
  }

  @Test
  void aKeyAndThePermissionAreNeeded() {
    TestCaller stranger = organisation.member(DefaultRole.DEVELOPER);
    TestCaller reader =
        organisation.memberWith(
            new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, Set.of(Action.READ))));
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    organisation.grant(reader, app, "Development");
    organisation.grant(nobody, app, "Development");
    String refusal = "You don't have permission to read secrets in this environment.";
    for (String address : new String[] {named(), history}) {
      stranger.get(address).isError(403, NO_KEY);
      nobody.get(address).isError(403, refusal);
      reader.get(address).is(200);
      organisation.member(DefaultRole.ADMIN).get(address).is(200);
    }
  }

  @Test
  void aTeamCanBringBoth() {
    TestCaller member = organisation.memberWith(PermissionSet.NONE);
    UUID team = organisation.team(organisation.role(DefaultRole.DEVELOPER), null);
    organisation.join(team, member);
    organisation.scope(team, app, "Development");

    member.get(named()).is(200);
    member.get(history).is(200);
  }

  @Test
  void whatTheServerCannotOpenIsForHoldersOfAKeyAlone() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Development");
    organisation.turnSseOff(app);

    for (String address : new String[] {named(), history}) {
      admin.get(address).isError(403, NO_KEY);
      developer.get(address).is(200);
    }
  }
}
