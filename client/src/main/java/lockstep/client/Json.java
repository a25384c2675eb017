package lockstep.client;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import lockstep.client.internal.JsonTree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a server sends, field by field. Fields that nobody asks for are ignored. */
final class Json {

  private Json() {}

  /** Any JSON; a missing value for an empty body. */
  static JsonNode parse(byte[] body) {
    return JsonTree.read(body);
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static byte[] write(JsonNode node) {
    return JsonMapper.shared().writeValueAsBytes(node);
  }

  static String text(JsonNode object, String field) {
    return optionalText(object, field).orElseThrow(() -> malformed(field));
  }

  /** Empty if it is missing or null. */
  static Optional<String> optionalText(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    return Optional.of(value.stringValueOpt().orElseThrow(() -> malformed(field)));
  }

  /** An id in its one form; any other text could not be compared. */
  static UUID id(JsonNode object, String field) {
    String text = text(object, field);
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equals(text)) {
        return id;
      }
    } catch (IllegalArgumentException _) {
      // Refused below.
    }
    throw malformed(field);
  }

  static int integer(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !value.isInt()) {
      throw malformed(field);
    }
    return value.intValue();
  }

  static boolean bool(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !value.isBoolean()) {
      throw malformed(field);
    }
    return value.booleanValue();
  }

  static Instant instant(JsonNode object, String field) {
    try {
      return Instant.parse(text(object, field));
    } catch (DateTimeException _) {
      throw malformed(field);
    }
  }

  static JsonNode child(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !value.isObject()) {
      throw malformed(field);
    }
    return value;
  }

  static <T> List<T> list(JsonNode object, String field, Function<JsonNode, T> element) {
    JsonNode value = object.get(field);
    if (value == null) {
      throw malformed(field);
    }
    return elements(value, field, element);
  }

  static <T> List<T> elements(JsonNode array, String what, Function<JsonNode, T> element) {
    if (!array.isArray()) {
      throw malformed(what);
    }
    List<T> list = new ArrayList<>(array.size());
    array.forEach(node -> list.add(element.apply(node)));
    return list;
  }

  static UnexpectedAnswerException malformed(String what) {
    return new UnexpectedAnswerException(
        "the answer of the server is not in the protocol: " + what + " is missing or malformed");
  }
}
