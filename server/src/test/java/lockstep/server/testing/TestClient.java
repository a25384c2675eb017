package lockstep.server.testing;

import static lockstep.server.testing.TestApp.object;

import java.util.Map;
import java.util.stream.StreamSupport;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.Token;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519KeyPair;
import tools.jackson.databind.JsonNode;

/**
 * A client that encrypts and decrypts by itself, with the keys of one environment, which it got the
 * way real ones do: from the tokens endpoint, with its token.
 *
 * @param caller sends the header that names the environment
 */
public record TestClient(TestCaller caller, EnvironmentKeys keys) {

  /** Where clients get their keys. */
  public static final String TOKENS = "/service/secrets/tokens/";

  /** Where clients read and write. */
  public static final String SECRETS = "/service/secrets/";

  /** Opens an environment. */
  public static TestClient open(TestCaller caller, Token token, String environmentId) {
    JsonNode answer = caller.get(TOKENS).is(200).json();
    JsonNode key =
        StreamSupport.stream(answer.get("apps").spliterator(), false)
            .flatMap(app -> StreamSupport.stream(app.get("environment_keys").spliterator(), false))
            .filter(one -> one.at("/environment/id").stringValue().equals(environmentId))
            .findFirst()
            .orElseThrow();
    try (X25519KeyPair pair = token.reconstruct(answer.get("wrapped_key_share").stringValue())) {
      EnvironmentKeys keys =
          EnvironmentKeys.unwrap(
              new WrappedEnvironmentKeys(
                  key.get("wrapped_seed").stringValue(), key.get("wrapped_salt").stringValue()),
              pair,
              key.get("identity_key").stringValue());
      return new TestClient(caller.with("Environment", environmentId), keys);
    }
  }

  /** The same client, sending one more header. */
  public TestClient with(String header, String value) {
    return new TestClient(caller.with(header, value), keys);
  }

  /** What the environment holds, as it is answered. */
  public JsonNode list() {
    return caller.get(SECRETS).is(200).json();
  }

  public TestResponse create(Object... entries) {
    return caller.post(SECRETS, TestApp.body(entries));
  }

  public TestResponse update(Object... entries) {
    return caller.put(SECRETS, TestApp.body(entries));
  }

  public TestResponse delete(Object... ids) {
    return caller.delete(SECRETS, TestApp.body(ids));
  }

  /** Creates one secret; its id. */
  public String createOne(Map<String, Object> entry) {
    create(entry).is(200);
    JsonNode found = list(); // The newest is the last.
    return found.get(found.size() - 1).get("id").stringValue();
  }

  /** A secret as clients send it: name, digest and value encrypted, and further members. */
  public Map<String, Object> secret(String key, String value, Object... namesAndValues) {
    Map<String, Object> secret =
        object("key", encrypt(key), "keyDigest", digest(key), "value", encrypt(value));
    secret.putAll(object(namesAndValues));
    return secret;
  }

  public String encrypt(String text) {
    return Ciphertext.encrypt(text, keys.publicKey()).text();
  }

  public String digest(String key) {
    return keys.keyDigest(key);
  }

  /** Decrypts a member of a row. */
  public String decrypt(JsonNode row, String member) {
    try (FieldOpener opener = keys.opener()) {
      return opener.open(row.get(member).stringValue());
    }
  }

  @Override
  public String toString() {
    return "TestClient[" + caller.account() + "]";
  }
}
