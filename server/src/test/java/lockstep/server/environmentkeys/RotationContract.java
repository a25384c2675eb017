package lockstep.server.environmentkeys;

import static lockstep.server.testing.TestApp.body;

import java.util.Map;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.StoredEnvironment;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

/** An app whose environment Development gets other keys. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class RotationContract extends OnBothDatabases {

  TestApp app;

  @BeforeEach
  final void prepareApp() {
    app = organisation.app("shop");
  }

  String environment() {
    return app.environment("Development");
  }

  String path() {
    return path(environment());
  }

  static String path(String environment) {
    return "/v1/environments/" + environment + "/rotate-keys/";
  }

  TestResponse rotate(TestCaller caller) {
    return caller.post(path(), Map.of());
  }

  JsonNode rotated() {
    return rotate(owner).is(200).json();
  }

  TestClient open(TestCaller caller) {
    return TestClient.open(caller, organisation.token(caller), environment());
  }

  /** Creates one secret; its id. */
  String create(Map<String, Object> entry) {
    return owner.post(app.secrets(), body(entry)).is(201).id();
  }

  void update(Map<String, Object> change) {
    owner.put(app.secrets(), body(change)).is(200);
  }

  /** The value of a secret of Development, over the REST API. */
  String value(String key) {
    return owner.get(app.secrets() + "&key=" + key).is(200).json().at("/0/value").stringValue();
  }

  String identityKey() {
    return stored().identityKey();
  }

  /** The environment behind the API. */
  StoredEnvironment stored() {
    return new StoredEnvironment(server.database(), environment());
  }
}
