package lockstep.server.testing;

import static lockstep.server.testing.TestApp.object;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.FieldSealer;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.Reencryptor;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;
import tools.jackson.databind.JsonNode;

/** What a client does, step by step, to give an environment that only it can open other keys. */
public final class TestRotation {

  private final TestCaller caller;
  private final EnvironmentKeys before;
  private final EnvironmentKeys after;
  private final String address;
  private final JsonNode begun;

  private TestRotation(
      TestCaller caller,
      EnvironmentKeys before,
      EnvironmentKeys after,
      String address,
      JsonNode begun) {
    this.caller = caller;
    this.before = before;
    this.after = after;
    this.address = address;
    this.begun = begun;
  }

  /** Where rotations are begun. */
  public static String addressOf(String environment) {
    return "/v1/end-to-end/environments/" + environment + "/rotations/";
  }

  /** The body that begins one. */
  public static Map<String, Object> body(EnvironmentKeys before, EnvironmentKeys after) {
    return object("identityKey", before.identityKey(), "newIdentityKey", after.identityKey());
  }

  /** Begins one. */
  public static TestRotation begin(TestCaller caller, EnvironmentKeys before, String environment) {
    EnvironmentKeys after = EnvironmentKeys.generate();
    TestResponse begun = caller.post(addressOf(environment), body(before, after)).is(201);
    return new TestRotation(
        caller, before, after, addressOf(environment) + begun.id() + "/", begun.json());
  }

  /** All of it. */
  public static TestRotation perform(
      TestCaller caller, EnvironmentKeys before, String environment) {
    TestRotation rotation = begin(caller, before, environment);
    rotation.sendAll();
    rotation.complete().is(200);
    return rotation;
  }

  /** Where this one is. */
  public String address() {
    return address;
  }

  /** The keys that the environment gets. */
  public EnvironmentKeys after() {
    return after;
  }

  /** What the server said at the beginning. */
  public JsonNode begun() {
    return begun;
  }

  /** Reads everything, and encrypts it anew: what is to be sent, part by part. */
  public List<Map<String, Object>> parts() {
    List<Map<String, Object>> parts = new ArrayList<>();
    try (FieldOpener opener = before.opener();
        FieldSealer sealer = after.sealer()) {
      Reencryptor reencryptor = new Reencryptor(before, after, opener, sealer);
      String query = "";
      while (true) {
        JsonNode page = caller.get(address + query).is(200).json();
        Map<String, Object> part = new LinkedHashMap<>();
        for (String kind : List.of("secrets", "versions", "overrides")) {
          List<Map<String, Object>> rows =
              page.get(kind).valueStream().map(row -> anew(row, reencryptor)).toList();
          if (!rows.isEmpty()) {
            part.put(kind, rows);
          }
        }
        if (!part.isEmpty()) {
          parts.add(part);
        }
        if (page.get("next").isNull()) {
          return parts;
        }
        query = "?cursor=" + page.get("next").stringValue();
      }
    }
  }

  private static Map<String, Object> anew(JsonNode row, Reencryptor reencryptor) {
    Map<String, Object> anew = object("id", row.get("id").stringValue());
    anew.put("value", reencryptor.text(row.get("value").stringValue()));
    if (row.has("key")) {
      String key = row.get("key").stringValue();
      anew.put("key", reencryptor.text(key));
      anew.put("keyDigest", reencryptor.digest(key, row.get("keyDigest").stringValue()));
      anew.put("comment", reencryptor.text(row.get("comment").stringValue()));
    }
    return anew;
  }

  /** The new keys, wrapped for everybody who held the present ones at the beginning. */
  public List<Map<String, Object>> keys() {
    List<Map<String, Object>> keys = new ArrayList<>();
    for (JsonNode holder : begun.get("holders")) {
      WrappedEnvironmentKeys wrapped =
          after.wrapFor(
              holder.get("identityKey").isNull()
                  ? X25519PublicKey.parse(holder.get("tokenKey").stringValue())
                  : IdentityKey.parse(holder.get("identityKey").stringValue()).toX25519());
      keys.add(
          object(
              "accountId",
              holder.get("accountId").stringValue(),
              "wrappedSeed",
              wrapped.wrappedSeed(),
              "wrappedSalt",
              wrapped.wrappedSalt()));
    }
    return keys;
  }

  /** Sends a part. */
  public TestResponse send(Map<String, Object> part) {
    return caller.put(address, part);
  }

  /** Sends everything that it takes. */
  public void sendAll() {
    parts().forEach(part -> send(part).is(204));
    send(object("keys", keys())).is(204);
  }

  /** Puts what was sent in the place of what there is. */
  public TestResponse complete() {
    return caller.post(address, Map.of());
  }

  @Override
  public String toString() {
    return "TestRotation[" + address + "]";
  }
}
