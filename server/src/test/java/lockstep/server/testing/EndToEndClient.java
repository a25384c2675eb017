package lockstep.server.testing;

import static lockstep.server.testing.TestApp.object;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;
import tools.jackson.databind.JsonNode;

/**
 * What a client does with apps whose keys the server never sees. Knows the keys of the environments
 * it made, by their names.
 */
public final class EndToEndClient {

  private static final String ROOT = "/v1/end-to-end/";

  private final TestCaller caller;
  private final Map<String, EnvironmentKeys> keys = new HashMap<>();

  /** A client of this caller. */
  public EndToEndClient(TestCaller caller) {
    this.caller = caller;
  }

  /** Creates an app with these environments. */
  public TestApp app(String name, String... environments) {
    return TestApp.of(caller.post(ROOT + "apps/", appBody(name, environments)));
  }

  /** The body that creates an app, with keys for everybody who must get them now. */
  public Map<String, Object> appBody(String name, String... environments) {
    List<JsonNode> recipients = recipients("");
    return object(
        "name",
        name,
        "environments",
        Stream.of(environments)
            .map(environment -> environmentBody(environment, recipients))
            .toList());
  }

  /** Creates an environment. */
  public TestResponse environment(TestApp app, String name) {
    return caller.post(ROOT + "environments/?app_id=" + app.id(), environmentBody(app, name));
  }

  /** The body that creates an environment, with keys for everybody who must get them now. */
  public Map<String, Object> environmentBody(TestApp app, String name) {
    return environmentBody(name, recipients("?app_id=" + app.id()));
  }

  /** The body that creates an environment, with new keys for these recipients. */
  public Map<String, Object> environmentBody(String name, List<JsonNode> recipients) {
    EnvironmentKeys made = EnvironmentKeys.generate();
    keys.put(name, made);
    return object(
        "name", name, "identityKey", made.identityKey(), "keys", wrappedKeys(name, recipients));
  }

  /** Those who must get the keys of new environments. */
  public List<JsonNode> recipients(String query) {
    return data(caller.get(ROOT + "recipients/" + query));
  }

  /** The list of keys of an environment that is sent for these recipients. */
  public List<Map<String, Object>> wrappedKeys(String environment, List<JsonNode> recipients) {
    return recipients.stream()
        .map(
            recipient ->
                wrappedKey(
                    environment,
                    recipient.get("accountId").stringValue(),
                    recipient.get("identityKey").stringValue()))
        .toList();
  }

  private Map<String, Object> wrappedKey(String environment, String account, String identityKey) {
    WrappedEnvironmentKeys wrapped =
        keys(environment).wrapFor(IdentityKey.parse(identityKey).toX25519());
    return object(
        "accountId",
        account,
        "wrappedSeed",
        wrapped.wrappedSeed(),
        "wrappedSalt",
        wrapped.wrappedSalt());
  }

  /** Gives keys of an environment to accounts that may have one. */
  public TestResponse give(TestApp app, String environment, TestCaller... accounts) {
    List<String> wanted = Stream.of(accounts).map(account -> account.account().toString()).toList();
    List<JsonNode> recipients =
        holders(app, environment).stream()
            .filter(holder -> wanted.contains(holder.get("accountId").stringValue()))
            .toList();
    return caller.post(
        keysOf(app, environment), object("keys", wrappedKeys(environment, recipients)));
  }

  /** The accounts that could have keys of an environment. */
  public List<JsonNode> holders(TestApp app, String environment) {
    return data(caller.get(ROOT + "environments/" + app.environment(environment) + "/recipients/"));
  }

  /** The body that lets the server open all environments of an app. */
  public Map<String, Object> serverKeys(TestApp app) {
    JsonNode state = caller.get(encryptionOf(app)).is(200).json();
    X25519PublicKey server = X25519PublicKey.parse(state.get("serverPublicKey").stringValue());
    List<Map<String, Object>> environments = new ArrayList<>();
    for (JsonNode environment : state.get("environments")) {
      WrappedEnvironmentKeys wrapped = keys(environment.get("name").stringValue()).wrapFor(server);
      environments.add(
          object(
              "id",
              environment.get("id").stringValue(),
              "wrappedSeed",
              wrapped.wrappedSeed(),
              "wrappedSalt",
              wrapped.wrappedSalt()));
    }
    return object("sseEnabled", true, "environments", environments);
  }

  /** The keys of an environment made here. */
  public EnvironmentKeys keys(String environment) {
    return Objects.requireNonNull(keys.get(environment));
  }

  /** The address of an app's encryption. */
  public static String encryptionOf(TestApp app) {
    return ROOT + "apps/" + app.id() + "/encryption/";
  }

  /** The address of the keys of an environment. */
  public static String keysOf(TestApp app, String environment) {
    return ROOT + "environments/" + app.environment(environment) + "/keys/";
  }

  private static List<JsonNode> data(TestResponse answer) {
    return answer.is(200).json().get("data").valueStream().toList();
  }
}
