package lockstep.conformance;

import static lockstep.server.testing.TestApp.object;

import java.util.Arrays;
import java.util.List;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;

/** What the tests of several clients begin with. */
final class Clients {

  private Clients() {}

  /** Gives a service account the keys of these environments, the way an administrator does. */
  static void grant(TestCaller owner, TestCaller account, TestApp app, String... environments) {
    List<String> ids = Arrays.stream(environments).map(app::environment).toList();
    owner
        .put(
            "/v1/service-accounts/" + account.account() + "/access/",
            object("apps", List.of(object("id", app.id(), "environments", ids))))
        .is(200);
  }
}
