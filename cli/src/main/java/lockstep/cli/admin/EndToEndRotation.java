package lockstep.cli.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import lockstep.cli.api.Api;
import lockstep.cli.api.Clients;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.ServerOptions;
import lockstep.client.EnvironmentKeyReplacement;
import lockstep.client.LockstepClient;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Gives an environment that the server cannot open other keys: reads all that is encrypted, part by
 * part, and sends each part back encrypted anew. The server puts all of it in the place of what
 * there is at once, in the end, or nothing.
 */
final class EndToEndRotation {

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;

  /** Somebody who changes secrets all the time is not to be waited for. */
  private static final int ATTEMPTS = 5;

  /** With pauses of 1, 2, 4 seconds and so on, all together about two minutes. */
  private static final int TRIES = 8;

  /** Of accounts that keys are sent for in one request. */
  private static final int KEYS_AT_ONCE = 500;

  private final Api api;
  private final ServerOptions server;
  private final String app;
  private final String environment;
  private final String path;

  EndToEndRotation(Api api, ServerOptions server, String app, String environment) {
    this.api = api;
    this.server = server;
    this.app = app;
    this.environment = environment;
    this.path = "/v1/end-to-end/environments/" + Lookup.encoded(environment) + "/rotations/";
  }

  /** The server's answer about what was done. */
  JsonNode perform() {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt();
      } catch (CommandException e) {
        // Something in the environment was changed meanwhile, or who has access to it.
        if (e.status().orElse(0) != CONFLICT || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private JsonNode attempt() {
    // A new one each time: if somebody else rotates the keys, the known ones are of no use.
    try (LockstepClient client = Clients.open(server, Optional.empty());
        EnvironmentKeyReplacement keys = client.environment(app, environment).newKeys()) {
      JsonNode begun =
          api.post(
              path,
              Map.of("identityKey", keys.identityKey(), "newIdentityKey", keys.newIdentityKey()));
      String rotation = path + Lookup.encoded(Api.text(begun, "/id")) + "/";
      try {
        sendTexts(rotation, keys);
        sendKeys(rotation, keys, begun.path("holders"));
      } catch (RuntimeException e) {
        abandon(rotation);
        throw e;
      }
      return complete(rotation, keys.newIdentityKey());
    }
  }

  private void sendTexts(String rotation, EnvironmentKeyReplacement keys) {
    String query = "";
    while (true) {
      String asked = rotation + query;
      JsonNode page = steadily(() -> api.get(asked));
      Map<String, List<?>> part = new LinkedHashMap<>();
      for (String kind : List.of("secrets", "versions", "overrides")) {
        part.put(kind, page.path(kind).valueStream().map(row -> anew(row, keys)).toList());
      }
      if (!part.values().stream().allMatch(List::isEmpty)) {
        steadily(() -> api.put(rotation, part));
      }
      Optional<String> next = page.path("next").stringValueOpt();
      if (next.isEmpty()) {
        break;
      }
      query = "?cursor=" + Lookup.encoded(next.get());
    }
    if (keys.provesWrongSalt()) {
      throw new CommandException(
          "the keys that you have of this environment find none of its secrets, so they are no"
              + " basis for others: discard them, and let somebody give you the right ones");
    }
  }

  private static Map<String, Object> anew(JsonNode row, EnvironmentKeyReplacement keys) {
    Map<String, Object> anew = new LinkedHashMap<>();
    anew.put("id", row.path("id").asString(""));
    String key = row.path("key").asString("");
    for (String text : List.of("key", "value", "comment")) {
      if (row.has(text)) {
        anew.put(text, keys.text(row.path(text).asString("")));
      }
    }
    if (row.has("keyDigest")) {
      anew.put("keyDigest", keys.digest(key, row.path("keyDigest").asString("")));
    }
    return anew;
  }

  private void sendKeys(String rotation, EnvironmentKeyReplacement keys, JsonNode holders) {
    List<Map<String, Object>> wrapped = new ArrayList<>();
    for (JsonNode holder : holders) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("accountId", holder.path("accountId").asString(""));
      EndToEndKeys.put(entry, wrapped(holder, keys));
      wrapped.add(entry);
    }
    for (int start = 0; start < wrapped.size(); start += KEYS_AT_ONCE) {
      List<?> some = wrapped.subList(start, Math.min(start + KEYS_AT_ONCE, wrapped.size()));
      steadily(() -> api.put(rotation, Map.of("keys", some)));
    }
  }

  private static WrappedEnvironmentKeys wrapped(JsonNode holder, EnvironmentKeyReplacement keys) {
    Optional<String> identity = holder.path("identityKey").stringValueOpt();
    return identity.isPresent()
        ? keys.wrapFor(IdentityKey.parse(identity.get()))
        : keys.wrapFor(X25519PublicKey.parse(holder.path("tokenKey").asString("")));
  }

  /**
   * Asks until it is known what became of it. Without an answer, or if the server had no time, the
   * keys may be the new ones already, or soon. A rotation that is gone was completed or removed,
   * and the environment tells which.
   */
  private JsonNode complete(String rotation, String newIdentityKey) {
    for (int attempt = 1; ; attempt++) {
      try {
        return api.post(rotation, Map.of());
      } catch (CommandException e) {
        int status = e.status().orElse(0);
        if (isRefusal(status)) {
          abandon(rotation);
          throw e;
        }
        Optional<String> present = presentIdentityKey();
        if (present.filter(newIdentityKey::equals).isPresent()) {
          return JsonNodeFactory.instance.objectNode().put("identityKey", newIdentityKey);
        }
        if (status == NOT_FOUND && present.isPresent()) {
          throw e;
        }
        if (attempt == TRIES) {
          abandon(rotation);
          throw new CommandException(
              "nobody knows whether the environment got other keys; all that is in it can be read"
                  + " in either case ("
                  + e.getMessage()
                  + ")",
              e);
        }
        pauseAfter(attempt);
      }
    }
  }

  private static boolean isRefusal(int status) {
    return status >= 300 && status < 500 && status != TOO_MANY && status != NOT_FOUND;
  }

  private Optional<String> presentIdentityKey() {
    try (LockstepClient client = Clients.open(server, Optional.empty())) {
      return Optional.of(client.environment(app, environment).keyGrants().environmentIdentityKey());
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The server would remove it some day. */
  private void abandon(String rotation) {
    try {
      api.delete(rotation);
    } catch (CommandException _) {
      // What is to be told is why it is abandoned.
    }
  }

  /** Repeats a request that may be repeated, while the server has no time for it. */
  private static JsonNode steadily(Supplier<JsonNode> request) {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (CommandException e) {
        int status = e.status().orElse(0);
        if ((status != TOO_MANY && status != UNAVAILABLE) || attempt == TRIES) {
          throw e;
        }
        pauseAfter(attempt);
      }
    }
  }

  private static void pauseAfter(int attempt) {
    try {
      Thread.sleep(Duration.ofSeconds(1L << (attempt - 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", e);
    }
  }
}
