package lockstep.client.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * JSON that was read, for short commands: the first node of Jackson's tree has the JDK compute
 * large powers, for numbers that nobody asks for. Immutable; {@code toString} shows no content.
 */
public final class JsonValue {

  /** JSON's null. */
  public static final JsonValue NULL = new JsonValue(null);

  /** Text, a boolean, a list, a map, or a number: Long if it fits. */
  private final @Nullable Object content;

  private JsonValue(@Nullable Object content) {
    this.content = content;
  }

  /**
   * The one value that the text holds; null for JSON's null, and if it holds none. Of members of
   * one name the last one counts.
   *
   * @param json in UTF-8, or in another encoding that JSON knows
   * @throws tools.jackson.core.JacksonException if it is not JSON, is nested too deeply, or if
   *     something follows the value
   */
  public static JsonValue read(byte[] json) {
    JsonValue plain = PlainJson.read(json);
    return plain == null ? of(JsonTree.read(json)) : plain;
  }

  static JsonValue of(Map<String, JsonValue> members) {
    return new JsonValue(members);
  }

  static JsonValue of(List<JsonValue> elements) {
    return new JsonValue(elements);
  }

  static JsonValue of(String text) {
    return new JsonValue(text);
  }

  static JsonValue of(boolean value) {
    return new JsonValue(value);
  }

  static JsonValue of(long number) {
    return new JsonValue(number);
  }

  static JsonValue of(JsonNode node) {
    if (node.isObject()) {
      Map<String, JsonValue> members = new LinkedHashMap<>();
      node.forEachEntry((name, value) -> members.put(name, of(value)));
      return of(members);
    }
    if (node.isArray()) {
      List<JsonValue> elements = new ArrayList<>();
      node.forEach(element -> elements.add(of(element)));
      return of(elements);
    }
    if (node.isString()) {
      return of(node.stringValue());
    }
    if (node.isBoolean()) {
      return of(node.booleanValue());
    }
    if (node.canConvertToLong() && node.isIntegralNumber()) {
      return of(node.longValue());
    }
    return node.isNumber() ? new JsonValue(node.numberValue()) : NULL;
  }

  /** Whether this is null. */
  public boolean isNull() {
    return content == null;
  }

  /** Whether this is an object. */
  public boolean isObject() {
    return content instanceof Map;
  }

  /** A member; null if there is none of the name, or this is no object. */
  public @Nullable JsonValue get(String name) {
    return content instanceof Map<?, ?> members ? (JsonValue) members.get(name) : null;
  }

  /** A member, JSON's null if there is none. */
  public JsonValue path(String name) {
    JsonValue member = get(name);
    return member == null ? NULL : member;
  }

  /** The elements; empty if this is no array. */
  public Optional<List<JsonValue>> elements() {
    if (!(content instanceof List<?> elements)) {
      return Optional.empty();
    }
    List<JsonValue> values = new ArrayList<>(elements.size());
    for (Object element : elements) {
      values.add((JsonValue) element);
    }
    return Optional.of(values);
  }

  /** The text; empty if this is none. */
  public Optional<String> text() {
    return content instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** The boolean; empty if this is none. */
  public Optional<Boolean> bool() {
    return content instanceof Boolean value ? Optional.of(value) : Optional.empty();
  }

  /** The number; empty if this is none, or none of 32 bits. */
  public Optional<Integer> integer() {
    return content instanceof Long number && number == number.intValue()
        ? Optional.of(number.intValue())
        : Optional.empty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonValue that
        && (content == null ? that.content == null : content.equals(that.content));
  }

  @Override
  public int hashCode() {
    return content == null ? 0 : content.hashCode();
  }

  @Override
  public String toString() {
    return "JsonValue[content hidden]";
  }
}
