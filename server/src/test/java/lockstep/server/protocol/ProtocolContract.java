package lockstep.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

/** An app that is encrypted end to end, and its owner's client, which has Development open. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class ProtocolContract extends OnBothDatabases {

  static final String TOKENS = TestClient.TOKENS;
  static final String SECRETS = TestClient.SECRETS;
  static final String UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";

  TestApp app;
  TestClient client;

  @BeforeEach
  final void prepareApp() {
    app = organisation.app("shop");
    client = open(owner, "Development");
    organisation.turnSseOff(app);
  }

  TestClient open(TestCaller caller, String environmentName) {
    return TestClient.open(caller, organisation.token(caller), app.environment(environmentName));
  }

  /** A caller that names Development. */
  TestCaller inDevelopment(TestCaller caller) {
    return caller.with("Environment", app.environment("Development"));
  }

  /** The time of the last change in Development, as clients watch it. */
  String updatedAt() {
    JsonNode apps = owner.get(TOKENS).is(200).json().get("apps");
    for (JsonNode one : apps) {
      for (JsonNode key : one.get("environment_keys")) {
        if (key.at("/environment/id").stringValue().equals(app.environment("Development"))) {
          return key.at("/environment/updated_at").stringValue();
        }
      }
    }
    throw new AssertionError("no key of Development");
  }

  /** The request is refused with this error, and nothing in Development has changed. */
  void assertRefused(int status, String error, Supplier<TestResponse> request) {
    String secrets = client.caller().get(SECRETS).is(200).text();
    String time = updatedAt();
    request.get().isError(status, error);
    assertThat(client.caller().get(SECRETS).is(200).text()).isEqualTo(secrets);
    assertThat(updatedAt()).isEqualTo(time);
  }

  /** The request succeeds with an empty body, and time goes on. */
  void assertDone(Supplier<TestResponse> request) {
    String time = updatedAt();
    assertThat(request.get().is(200).text()).isEmpty();
    assertThat(updatedAt()).isGreaterThan(time);
  }

  List<String> decrypted(JsonNode rows, String member) {
    List<String> texts = new ArrayList<>();
    rows.forEach(row -> texts.add(client.decrypt(row, member)));
    return texts;
  }
}
