package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;

/** What is written on one server is what another one answers with from then on. */
final class TwoServersSecretsTest {

  @Test
  void eachReadsWhatTheOtherWrote() {
    Map<String, String> database = Backend.POSTGRES.freshDatabase();
    try (ServerUnderTest one = ServerUnderTest.start(Backend.POSTGRES, database);
        ServerUnderTest other = ServerUnderTest.start(Backend.POSTGRES, database)) {
      TestOrganisation organisation = TestOrganisation.create(one);
      TestApp app = organisation.app("shop");
      TestCaller here = organisation.owner();
      TestCaller there = new TestCaller(other.uri(), here.account(), here.headers());
      String id =
          here.post(app.secrets(), body(secret("A", "0")))
              .is(201)
              .json()
              .get(0)
              .get("id")
              .stringValue();
      here.post(app.secrets("Staging"), body(secret("B", "${development.A}"))).is(201);
      for (int i = 1; i <= 50; i++) {
        TestCaller writer = i % 2 == 0 ? here : there;
        TestCaller reader = i % 2 == 0 ? there : here;
        writer.put(app.secrets(), body(Map.of("id", id, "value", "v" + i))).is(200);

        assertThat(value(reader, app.secrets())).isEqualTo("v" + i);
        assertThat(value(reader, app.secrets("Staging"))).isEqualTo("v" + i);
      }
    }
  }

  private static String value(TestCaller caller, String address) {
    return caller.get(address).is(200).json().get(0).get("value").stringValue();
  }
}
