package lockstep.server.openapi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Schemas in words and tables. */
final class SchemaView {

  private SchemaView() {}

  /** The kind of value, in a few words; named schemas are links. */
  static String kind(JsonNode schema) {
    String name = OpenApiDocument.referencedName(schema);
    if (!name.isEmpty()) {
      return "<a href=\"#schema-%1$s\">%1$s</a>".formatted(Html.escape(name));
    }
    if (schema.has("anyOf")) {
      return elements(schema.get("anyOf")).stream()
          .map(SchemaView::kind)
          .collect(Collectors.joining(" or "));
    }
    if (schema.has("const")) {
      return literal(schema.get("const"));
    }
    if (schema.has("enum")) {
      return elements(schema.get("enum")).stream()
          .map(SchemaView::literal)
          .collect(Collectors.joining(" or "));
    }
    return types(schema).stream()
        .map(type -> type.equals("array") ? "list of " + kind(items(schema)) : scalar(type, schema))
        .collect(Collectors.joining(" or "));
  }

  /** The members of an object schema as the rows of a table; empty if it is none. */
  static String members(JsonNode schema) {
    if (!schema.has("properties")) {
      return "";
    }
    Set<String> required = new HashSet<>();
    elements(schema.get("required")).forEach(name -> required.add(name.stringValue()));
    StringBuilder rows = new StringBuilder();
    for (Map.Entry<String, JsonNode> member : schema.get("properties").properties()) {
      boolean isRequired = required.contains(member.getKey());
      rows.append(
          row(
              member.getKey(),
              isRequired ? "" : "optional",
              kind(member.getValue()),
              notes(member.getValue())));
    }
    return table("Member", rows.toString());
  }

  static String table(String firstColumn, String rows) {
    return """
        <div class="scroll"><table>
        <thead><tr><th scope="col">%s</th><th scope="col">Kind</th><th scope="col">Meaning</th></tr></thead>
        <tbody>
        %s</tbody>
        </table></div>
        """
        .formatted(firstColumn, rows);
  }

  static String row(String name, String remark, String kind, String notes) {
    String small = remark.isEmpty() ? "" : " <small>" + remark + "</small>";
    return "<tr><th scope=\"row\"><code>%s</code>%s</th><td>%s</td><td>%s</td></tr>\n"
        .formatted(Html.escape(name), small, kind, notes);
  }

  /** Description and bounds, as prose. */
  static String notes(JsonNode schema) {
    List<String> notes = new ArrayList<>();
    if (schema.has("description")) {
      notes.add(Html.prose(schema.get("description").stringValue()));
    }
    bound(notes, schema, "minLength", "At least %s characters.");
    bound(notes, schema, "maxLength", "At most %s characters.");
    bound(notes, schema, "minimum", "At least %s.");
    bound(notes, schema, "minItems", "At least %s entry.");
    bound(notes, schema, "maxItems", "At most %s entries.");
    if (schema.has("pattern")) {
      notes.add("Matches <code>" + Html.escape(schema.get("pattern").stringValue()) + "</code>.");
    }
    return String.join(" ", notes);
  }

  private static void bound(List<String> notes, JsonNode schema, String name, String sentence) {
    if (schema.has(name)) {
      notes.add(sentence.formatted(schema.get(name).asString()));
    }
  }

  private static List<String> types(JsonNode schema) {
    JsonNode type = schema.get("type");
    if (type == null) {
      return List.of("any value");
    }
    return type.isArray()
        ? elements(type).stream().map(JsonNode::stringValue).toList()
        : List.of(type.stringValue());
  }

  private static JsonNode items(JsonNode schema) {
    return Objects.requireNonNull(schema.get("items"), "an array without items");
  }

  private static String scalar(String type, JsonNode schema) {
    return type.equals("string") && schema.has("format")
        ? switch (schema.get("format").stringValue()) {
          case "uuid" -> "UUID";
          case "date-time" -> "time";
          default -> Html.escape(schema.get("format").stringValue());
        }
        : Html.escape(type);
  }

  private static String literal(JsonNode value) {
    return "<code>" + Html.escape(value.asString()) + "</code>";
  }

  private static List<JsonNode> elements(@org.jspecify.annotations.Nullable JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    if (array != null) {
      array.forEach(elements::add);
    }
    return elements;
  }
}
