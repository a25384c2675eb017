package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;

/** An app {@code web} with environments {@code dev} and {@code prod}, where A refers to others. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class ReferenceFixture extends OnBothDatabases {

  TestApp web;
  private final Map<String, TestApp> apps = new LinkedHashMap<>();

  @BeforeEach
  final void prepareApps() {
    apps.clear();
    web = app("web", "dev", "prod");
  }

  /** Makes an app; secrets are put into it by this name. */
  TestApp app(String name, String... environments) {
    TestApp app = organisation.app(name, environments);
    apps.put(name, app);
    return app;
  }

  /**
   * Creates a secret: {@code K=value}, {@code /path/K=value}, {@code env K=value} or {@code
   * app::env /path/K=value}; without environment in dev of web.
   */
  void given(String line) {
    String place = line.substring(0, line.indexOf('='));
    String value = line.substring(line.indexOf('=') + 1);
    int space = place.indexOf(' ');
    String environment = space < 0 ? "dev" : place.substring(0, space);
    String target = place.substring(space + 1);
    TestApp app = web;
    if (environment.contains("::")) {
      String name = environment.substring(0, environment.indexOf("::"));
      app = Objects.requireNonNull(apps.get(name), name);
      environment = environment.substring(environment.indexOf("::") + 2);
    }
    int slash = target.lastIndexOf('/');
    owner
        .post(
            app.secrets(environment),
            body(secret(target.substring(0, slash + 1), target.substring(slash + 1), value)))
        .is(201);
  }

  void given(String... lines) {
    for (String line : lines) {
      given(line);
    }
  }

  /** Creates A in dev of web, and checks what it is read as. */
  void assertResolved(String value, String expected) {
    assertThat(createdAs(owner, "A", value)).as("answer to the write").isEqualTo(expected);
    assertThat(read(owner, "A")).as("read").isEqualTo(expected);
  }

  /** Creates a secret in dev of web; the value in the answer. */
  String createdAs(TestCaller caller, String key, String value) {
    return caller
        .post(web.secrets("dev"), body(secret(key, value)))
        .is(201)
        .json()
        .get(0)
        .get("value")
        .stringValue();
  }

  /** The value of a secret in dev of web as the caller reads it. */
  String read(TestCaller caller, String key) {
    return caller
        .get(web.secrets("dev") + "&path=/&key=" + TestCaller.encoded(key))
        .is(200)
        .json()
        .get(0)
        .get("value")
        .stringValue();
  }
}
