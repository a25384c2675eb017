package lockstep.server.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document, put together from {@code openapi.json}, which has what all features share,
 * and one file per feature in the folder {@code parts}. A part has the members {@code tag}, {@code
 * paths} and, if needed, {@code parameters}, {@code responses} and {@code schemas}; each of its
 * operations gets its tag. Two parts with one name for two things are a mistake that is refused.
 *
 * @param sharedResponses names of the responses that all features share
 */
record OpenApiDocument(ObjectNode root, Set<String> sharedResponses) {

  /** In the order in which people read about them. A feature adds its file here. */
  private static final List<String> PARTS =
      List.of(
          "apps",
          "environments",
          "end-to-end",
          "secrets",
          "history",
          "protocol",
          "members",
          "invites",
          "roles",
          "service-accounts",
          "teams",
          "lockbox",
          "tokens",
          "network-policies",
          "organisation",
          "account",
          "audit",
          "health",
          "description");

  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
  private static final List<String> COMPONENTS = List.of("parameters", "responses", "schemas");
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Reads and merges the files, for a server of this version. */
  static OpenApiDocument read(String version) {
    ObjectNode root = resource("openapi.json");
    object(root, "info").put("version", version);
    Set<String> shared =
        Set.copyOf(object(object(root, "components"), "responses").propertyNames());
    for (String part : PARTS) {
      add(root, resource("parts/" + part + ".json"));
    }
    return new OpenApiDocument(root, shared);
  }

  private static void add(ObjectNode root, ObjectNode part) {
    ObjectNode tag = object(part, "tag");
    root.withArray("tags").add(tag);
    ObjectNode paths = object(part, "paths");
    for (JsonNode path : paths) {
      for (String method : METHODS) {
        if (path.get(method) instanceof ObjectNode operation) {
          operation.putArray("tags").add(Objects.requireNonNull(tag.get("name")));
        }
      }
    }
    addAll(object(root, "paths"), paths);
    for (String kind : COMPONENTS) {
      if (part.get(kind) instanceof ObjectNode components) {
        addAll(root.withObject("/components/" + kind), components);
      }
    }
  }

  private static void addAll(ObjectNode target, ObjectNode source) {
    for (Map.Entry<String, JsonNode> member : source.properties()) {
      if (target.has(member.getKey())) {
        throw new IllegalStateException("described twice: " + member.getKey());
      }
      target.set(member.getKey(), member.getValue());
    }
  }

  private static ObjectNode object(JsonNode parent, String name) {
    return (ObjectNode) Objects.requireNonNull(parent.get(name), name);
  }

  private static ObjectNode resource(String name) {
    try (InputStream in = OpenApiDocument.class.getResourceAsStream(name)) {
      return (ObjectNode) MAPPER.readTree(Objects.requireNonNull(in, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The document as it is served. */
  byte[] json() {
    return MAPPER.writeValueAsBytes(root);
  }

  /** What a node stands for: itself, or what it refers to. */
  JsonNode resolve(JsonNode node) {
    JsonNode reference = node.get("$ref");
    return reference == null ? node : root.at(reference.stringValue().substring(1));
  }

  /** The name of the component that a node refers to, or an empty text if it is none. */
  static String referencedName(JsonNode node) {
    JsonNode reference = node.get("$ref");
    return reference == null
        ? ""
        : reference.stringValue().substring(reference.stringValue().lastIndexOf('/') + 1);
  }

  /** Text of people, indented. */
  static String pretty(JsonNode node) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
  }
}
