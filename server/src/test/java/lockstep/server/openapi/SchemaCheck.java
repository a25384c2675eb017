package lockstep.server.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lockstep.server.ids.Uuids;
import tools.jackson.databind.JsonNode;

/**
 * Says where a value departs from a schema, as far as our document uses schemas. Stricter than JSON
 * Schema in one point: a member that the schema does not name is a departure.
 */
final class SchemaCheck {

  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");

  private final OpenApiDocument document;
  private final List<String> departures = new ArrayList<>();

  private SchemaCheck(OpenApiDocument document) {
    this.document = document;
  }

  static List<String> departures(OpenApiDocument document, JsonNode schema, JsonNode value) {
    SchemaCheck check = new SchemaCheck(document);
    check.check("", schema, value);
    return check.departures;
  }

  private void check(String place, JsonNode written, JsonNode value) {
    JsonNode schema = document.resolve(written);
    if (schema.has("anyOf")) {
      checkAny(place, schema.get("anyOf"), value);
      return;
    }
    if (!hasType(schema, value)) {
      departures.add(place + ": " + value.getNodeType() + " is not of type " + schema.get("type"));
      return;
    }
    if (schema.has("const") && !schema.get("const").equals(value)) {
      departures.add(place + " is not " + schema.get("const"));
    }
    if (schema.has("enum") && !contains(schema.get("enum"), value)) {
      departures.add(place + " is not one of " + schema.get("enum"));
    }
    if (value.isString()) {
      checkText(place, schema, value.stringValue());
    } else if (value.isArray() && schema.has("items")) {
      for (int i = 0; i < value.size(); i++) {
        check(place + "/" + i, schema.get("items"), value.get(i));
      }
    } else if (value.isObject() && schema.has("properties")) {
      checkMembers(place, schema, value);
    }
  }

  private void checkAny(String place, JsonNode alternatives, JsonNode value) {
    List<String> all = new ArrayList<>();
    for (JsonNode alternative : alternatives) {
      List<String> found = departures(document, alternative, value);
      if (found.isEmpty()) {
        return;
      }
      all.addAll(found);
    }
    departures.add(place + " fits no alternative: " + all);
  }

  private void checkText(String place, JsonNode schema, String text) {
    String format = schema.path("format").asString("");
    if (format.equals("uuid") && Uuids.parse(text).isEmpty()) {
      departures.add(place + " is no UUID");
    }
    if (format.equals("date-time") && !TIME.matcher(text).matches()) {
      departures.add(place + " is no time with microseconds");
    }
    if (schema.has("pattern")
        && !Pattern.compile(schema.get("pattern").stringValue()).matcher(text).find()) {
      departures.add(place + " does not match " + schema.get("pattern"));
    }
  }

  private void checkMembers(String place, JsonNode schema, JsonNode value) {
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.stringValue())) {
        departures.add(place + "/" + name.stringValue() + " is missing");
      }
    }
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      JsonNode memberSchema = schema.get("properties").get(member.getKey());
      if (memberSchema == null) {
        departures.add(place + "/" + member.getKey() + " is not described");
      } else {
        check(place + "/" + member.getKey(), memberSchema, member.getValue());
      }
    }
  }

  private static boolean hasType(JsonNode schema, JsonNode value) {
    JsonNode type = schema.get("type");
    if (type == null) {
      return true;
    }
    if (!type.isArray()) {
      return isOf(type.stringValue(), value);
    }
    for (JsonNode one : type) {
      if (isOf(one.stringValue(), value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new IllegalArgumentException("no such type: " + type);
    };
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode one : values) {
      if (one.equals(value)) {
        return true;
      }
    }
    return false;
  }
}
