package lockstep.server.testing;

import static lockstep.server.testing.TestCaller.encoded;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An app made over the API.
 *
 * @param environments ids of its environments by name
 */
public record TestApp(String id, String name, Map<String, String> environments) {

  /** The app in the answer to its creation. */
  public static TestApp of(TestResponse created) {
    JsonNode json = created.is(201).json();
    Map<String, String> environments = new LinkedHashMap<>();
    for (JsonNode environment : json.get("environments")) {
      environments.put(environment.get("name").stringValue(), environment.get("id").stringValue());
    }
    return new TestApp(json.get("id").stringValue(), json.get("name").stringValue(), environments);
  }

  /** The id of the environment of this name. */
  public String environment(String name) {
    String id = environments.get(name);
    if (id == null) {
      throw new IllegalArgumentException("no environment " + name);
    }
    return id;
  }

  /** The address of the secrets of an environment. */
  public String secrets(String environmentName) {
    return "/v1/secrets/?app_id=" + id + "&env=" + encoded(environmentName);
  }

  /** The address of the secrets of the environment Development. */
  public String secrets() {
    return secrets("Development");
  }

  /** The body that creates or changes these secrets. */
  public static Map<String, Object> body(Object... entries) {
    return Map.of("secrets", List.of(entries));
  }

  /** A secret with a name and a value, for a body. */
  public static Map<String, Object> secret(String key, String value) {
    Map<String, Object> secret = new LinkedHashMap<>();
    secret.put("key", key);
    secret.put("value", value);
    return secret;
  }

  /** A secret in a folder, for a body. */
  public static Map<String, Object> secret(String path, String key, String value) {
    Map<String, Object> secret = secret(key, value);
    secret.put("path", path);
    return secret;
  }

  /** Some object, for a body: names and values by turns. */
  public static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }
}
