package lockstep.server.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The rules of OpenAPI 3.1 that can be broken by hand. */
class OpenApiDocumentTest {

  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([^}]+)}");
  private static final Pattern COMPONENT_NAME = Pattern.compile("[a-zA-Z0-9._-]+");

  private final OpenApiDocument document = OpenApiDocument.read("1.2.3");
  private final JsonNode root = document.root();

  @Test
  void itNamesItsVersionAndTheServersVersion() {
    assertThat(root.get("openapi").stringValue()).startsWith("3.1.");
    assertThat(root.at("/info/version").stringValue()).isEqualTo("1.2.3");
    assertThat(root.at("/info/title").stringValue()).isNotBlank();
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> broken = new ArrayList<>();
    everyNode(
        root,
        "",
        (place, node) -> {
          if (node.has("$ref")) {
            String reference = node.get("$ref").stringValue();
            if (!reference.startsWith("#/") || root.at(reference.substring(1)).isMissingNode()) {
              broken.add(place + " -> " + reference);
            }
          }
        });
    assertThat(broken).isEmpty();
  }

  @Test
  void everyComponentIsUsed() {
    Set<String> used = new HashSet<>();
    everyNode(
        root,
        "",
        (_, node) -> {
          if (node.has("$ref")) {
            used.add(node.get("$ref").stringValue());
          }
        });
    Set<String> declared = new TreeSet<>();
    for (String kind : List.of("parameters", "responses", "schemas")) {
      for (String name : root.at("/components/" + kind).propertyNames()) {
        assertThat(name).matches(COMPONENT_NAME);
        declared.add("#/components/" + kind + "/" + name);
      }
    }
    assertThat(used).containsAll(declared);
  }

  @Test
  void everyOperationHasAnIdOfItsOwnASummaryATagAndResponses() {
    Set<String> ids = new HashSet<>();
    Set<String> tags =
        root.get("tags")
            .valueStream()
            .map(tag -> tag.get("name").stringValue())
            .collect(Collectors.toSet());
    everyOperation(
        (name, operation) -> {
          assertThat(ids.add(operation.path("operationId").stringValue())).as(name).isTrue();
          assertThat(operation.path("summary").stringValue()).as(name).isNotBlank();
          assertThat(tags).as(name).contains(operation.at("/tags/0").stringValue());
          assertThat(operation.path("responses").propertyNames())
              .as(name)
              .isNotEmpty()
              .allMatch(status -> status.matches("[2-5][0-9][0-9]"));
          for (JsonNode response : operation.path("responses")) {
            assertThat(document.resolve(response).path("description").asString("")).isNotBlank();
          }
        });
  }

  @Test
  void everyParameterOfAPathIsDeclaredAndNoOther() {
    for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
      Set<String> inTemplate =
          PATH_PARAMETER
              .matcher(path.getKey())
              .results()
              .map(match -> match.group(1))
              .collect(Collectors.toSet());
      for (String method : METHODS) {
        if (path.getValue().has(method)) {
          assertThat(declared(path.getValue(), path.getValue().get(method)))
              .as(method + " " + path.getKey())
              .isEqualTo(inTemplate);
        }
      }
    }
  }

  private Set<String> declared(JsonNode pathItem, JsonNode operation) {
    Set<String> names = new HashSet<>();
    Set<String> all = new HashSet<>();
    for (JsonNode owner : List.of(pathItem, operation)) {
      for (JsonNode written : owner.path("parameters")) {
        JsonNode parameter = document.resolve(written);
        String place = parameter.path("in").stringValue();
        String name = parameter.path("name").stringValue();
        assertThat(all.add(place + " " + name)).as("declared once: " + name).isTrue();
        assertThat(parameter.has("schema")).as(name).isTrue();
        if (place.equals("path")) {
          assertThat(parameter.path("required").asBoolean(false)).as(name).isTrue();
          names.add(name);
        }
      }
    }
    return names;
  }

  @Test
  void everyExampleFitsItsSchema() {
    List<String> departures = new ArrayList<>();
    everyNode(
        root,
        "",
        (place, node) -> {
          if (!node.isObject() || !node.has("schema")) {
            return;
          }
          JsonNode schema = node.get("schema");
          if (node.has("example")) {
            SchemaCheck.departures(document, schema, node.get("example"))
                .forEach(found -> departures.add(place + "/example" + found));
          }
          for (Map.Entry<String, JsonNode> example : node.path("examples").properties()) {
            SchemaCheck.departures(document, schema, example.getValue().get("value"))
                .forEach(found -> departures.add(place + "/" + example.getKey() + found));
          }
        });
    assertThat(departures).isEmpty();
  }

  @Test
  void everyOperationButThePublicOnesSaysWhatItsErrorsAre() {
    everyOperation(
        (name, operation) -> {
          JsonNode security = operation.get("security");
          if (security == null || !security.isEmpty()) {
            assertThat(operation.path("responses").propertyNames())
                .as(name)
                .contains("401", "403", "429", "500", "503");
          }
          if (operation.has("requestBody")) {
            assertThat(operation.path("responses").propertyNames()).as(name).contains("400", "413");
          }
        });
  }

  @Test
  void everyRequiredMemberIsDescribed() {
    everyNode(
        root.at("/components/schemas"),
        "",
        (place, schema) -> {
          if (schema.path("required").isArray() && schema.has("properties")) {
            for (JsonNode name : schema.get("required")) {
              assertThat(schema.get("properties").has(name.stringValue()))
                  .as(place + " " + name)
                  .isTrue();
            }
          }
        });
  }

  private void everyOperation(BiConsumer<String, JsonNode> visitor) {
    for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
      for (String method : METHODS) {
        if (path.getValue().has(method)) {
          visitor.accept(method + " " + path.getKey(), path.getValue().get(method));
        }
      }
    }
  }

  private static void everyNode(JsonNode node, String place, BiConsumer<String, JsonNode> visitor) {
    visitor.accept(place, node);
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        everyNode(node.get(i), place + "/" + i, visitor);
      }
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      everyNode(member.getValue(), place + "/" + member.getKey(), visitor);
    }
  }
}
