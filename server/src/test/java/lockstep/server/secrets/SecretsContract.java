package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestCaller.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

/** An app with server-side encryption, and short words for what its owner does with secrets. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class SecretsContract extends OnBothDatabases {

  static final String DUPLICATE = "Duplicate secret found";

  static final String UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";

  /** An app with the default environments. */
  TestApp app;

  @BeforeEach
  final void prepareApp() {
    app = organisation.app("shop");
  }

  /** Creates secrets in Development. */
  JsonNode create(Object... entries) {
    return owner.post(app.secrets(), body(entries)).is(201).json();
  }

  /** Creates one secret in Development; its id. */
  String createOne(Map<String, Object> entry) {
    return create(entry).get(0).get("id").stringValue();
  }

  /** Changes secrets in Development. */
  JsonNode update(Object... entries) {
    return owner.put(app.secrets(), body(entries)).is(200).json();
  }

  /** Deletes secrets in Development. */
  void delete(String... ids) {
    owner.delete(app.secrets(), Map.of("secrets", List.of(ids))).is(200);
  }

  /** Secrets in Development, as the owner sees them; parameters are names and values by turns. */
  JsonNode list(String... parameters) {
    return owner.get(address(parameters)).is(200).json();
  }

  /** The address of secrets in Development; parameters are names and values by turns. */
  String address(String... parameters) {
    StringBuilder address = new StringBuilder(app.secrets());
    for (int i = 0; i < parameters.length; i += 2) {
      address.append('&').append(parameters[i]).append('=').append(encoded(parameters[i + 1]));
    }
    return address.toString();
  }

  /** The only secret of this name in Development. */
  JsonNode secretNamed(String key) {
    JsonNode found = list("key", key);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  List<String> keys(JsonNode secrets) {
    return each(secrets, "key");
  }

  static List<String> each(JsonNode secrets, String member) {
    List<String> texts = new ArrayList<>();
    secrets.forEach(secret -> texts.add(secret.get(member).stringValue()));
    return texts;
  }

  /** The time of the last change in Development. */
  String environmentUpdatedAt() {
    return owner
        .get("/v1/environments/" + app.environment("Development") + "/")
        .is(200)
        .json()
        .get("updatedAt")
        .stringValue();
  }

  /** The request is refused with this error, and nothing in Development has changed. */
  void assertRefused(int status, String error, Supplier<TestResponse> request) {
    String secrets = owner.get(app.secrets()).is(200).text();
    String time = environmentUpdatedAt();
    request.get().isError(status, error);
    assertThat(owner.get(app.secrets()).is(200).text()).isEqualTo(secrets);
    assertThat(environmentUpdatedAt()).isEqualTo(time);
  }

  /** Creating is refused, and nothing in Development has changed. */
  void assertCreateRefused(int status, String error, @Nullable Object... entries) {
    assertRefused(
        status, error, () -> owner.post(app.secrets(), object("secrets", Arrays.asList(entries))));
  }

  /** Changing is refused, and nothing in Development has changed. */
  void assertUpdateRefused(int status, String error, @Nullable Object... entries) {
    assertRefused(
        status, error, () -> owner.put(app.secrets(), object("secrets", Arrays.asList(entries))));
  }

  /** An entry that changes a secret: names and values by turns. */
  static Map<String, Object> change(String id, @Nullable Object... namesAndValues) {
    Map<String, Object> change = object("id", id);
    change.putAll(object(namesAndValues));
    return change;
  }

  /** A secret with more members: names and values by turns. */
  static Map<String, Object> secretWith(String key, @Nullable Object... namesAndValues) {
    Map<String, Object> secret = object("key", key, "value", "v");
    secret.putAll(object(namesAndValues));
    return secret;
  }

  /** Some object, for a body: names and values by turns, null included. */
  @SuppressWarnings("NullAway") // a null in a body is what some tests are about
  static Map<String, Object> object(@Nullable Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  static Map<String, Object> override(String value, boolean isActive) {
    return object("value", value, "isActive", isActive);
  }
}
