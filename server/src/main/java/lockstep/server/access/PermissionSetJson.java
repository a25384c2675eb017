package lockstep.server.access;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The stored form of permission sets: two objects from kinds to arrays of actions. */
final class PermissionSetJson {

  private static final String ORGANISATION = "permissions";
  private static final String APP = "appPermissions";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private PermissionSetJson() {}

  static PermissionSet parse(String json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("stored permissions are not JSON: " + json, e);
    }
    if (root.size() != 2) {
      throw new IllegalArgumentException("stored permissions need two maps: " + json);
    }
    return new PermissionSet(
        parseMap(
            root.path(ORGANISATION),
            OrganisationResource.class,
            OrganisationResource::ofWireName,
            json),
        parseMap(root.path(APP), AppResource.class, AppResource::ofWireName, json));
  }

  static String write(PermissionSet set) {
    ObjectNode root = MAPPER.createObjectNode();
    ObjectNode organisation = root.putObject(ORGANISATION);
    set.organisation()
        .forEach((kind, actions) -> write(organisation.putArray(kind.wireName()), actions));
    ObjectNode app = root.putObject(APP);
    set.app().forEach((kind, actions) -> write(app.putArray(kind.wireName()), actions));
    return MAPPER.writeValueAsString(root);
  }

  private static void write(ArrayNode array, Set<Action> actions) {
    actions.forEach(action -> array.add(action.wireName()));
  }

  private static <K extends Enum<K>> Map<K, Set<Action>> parseMap(
      JsonNode map, Class<K> kinds, Function<String, Optional<K>> kindOf, String json) {
    if (!map.isObject()) {
      throw new IllegalArgumentException("stored permissions need two maps: " + json);
    }
    Map<K, Set<Action>> permissions = new EnumMap<>(kinds);
    map.properties()
        .forEach(
            entry -> {
              K kind =
                  kindOf
                      .apply(entry.getKey())
                      .orElseThrow(() -> unknown("kind", entry.getKey(), json));
              permissions.put(kind, parseActions(entry.getValue(), json));
            });
    return permissions;
  }

  private static Set<Action> parseActions(JsonNode array, String json) {
    if (!array.isArray()) {
      throw new IllegalArgumentException("stored actions are not an array: " + json);
    }
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (JsonNode element : array) {
      String name = element.isString() ? element.stringValue() : element.toString();
      Action action =
          (element.isString() ? Action.ofWireName(name) : Optional.<Action>empty())
              .orElseThrow(() -> unknown("action", name, json));
      if (!actions.add(action)) {
        throw new IllegalArgumentException("stored action twice: " + name + " in " + json);
      }
    }
    return actions;
  }

  private static IllegalArgumentException unknown(String what, String name, String json) {
    return new IllegalArgumentException("stored " + what + " unknown: " + name + " in " + json);
  }
}
