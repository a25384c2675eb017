package lockstep.cli.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import tools.jackson.databind.JsonNode;

/**
 * Makes the keys of new environments that the server cannot open, on this machine, and wraps them
 * for those who must have them. The keys themselves are sent nowhere.
 */
final class EndToEndKeys {

  private static final int CONFLICT = 409;
  private static final int ATTEMPTS = 3;
  private static final Map<String, String> TYPES =
      Map.of("development", "dev", "staging", "staging", "production", "prod");

  private EndToEndKeys() {}

  /**
   * A new environment, for the body of a request.
   *
   * @param recipients as the server lists them
   */
  static Map<String, Object> environment(String name, JsonNode recipients) {
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      List<Map<String, Object>> wrapped = new ArrayList<>();
      for (JsonNode recipient : recipients) {
        IdentityKey identity = IdentityKey.parse(recipient.path("identityKey").asString(""));
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("accountId", recipient.path("accountId").asString(""));
        put(entry, keys.wrapFor(identity.toX25519()));
        wrapped.add(entry);
      }
      Map<String, Object> environment = new LinkedHashMap<>();
      environment.put("name", name);
      environment.put(
          "envType", TYPES.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "custom"));
      environment.put("identityKey", keys.identityKey());
      environment.put("keys", wrapped);
      return environment;
    }
  }

  /** Adds both halves under the names that the API gives them. */
  static void put(Map<String, Object> entry, WrappedEnvironmentKeys wrapped) {
    entry.put("wrappedSeed", wrapped.wrappedSeed());
    entry.put("wrappedSalt", wrapped.wrappedSalt());
  }

  /** Those who must get the keys of new environments. */
  static JsonNode recipients(Api api, String query) {
    return api.get("/v1/end-to-end/recipients/" + query).path("data");
  }

  /** Tries again when those who must get the keys have changed meanwhile. */
  static JsonNode retrying(Supplier<JsonNode> request) {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (CommandException e) {
        if (e.status().orElse(0) != CONFLICT || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
