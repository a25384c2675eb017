package lockstep.server.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** One operation, as a section of the page. */
final class OperationView {

  private final OpenApiDocument document;
  private final String path;
  private final JsonNode pathItem;
  private final String method;
  private final JsonNode operation;

  OperationView(OpenApiDocument document, String path, JsonNode pathItem, String method) {
    this.document = document;
    this.path = path;
    this.pathItem = pathItem;
    this.method = method;
    this.operation = Objects.requireNonNull(pathItem.get(method));
  }

  String id() {
    return text("operationId");
  }

  String tag() {
    return operation.at("/tags/0").stringValue();
  }

  /** A line of the table of contents. */
  String link() {
    return "<li><a href=\"#%s\">%s<span>%s</span></a></li>\n"
        .formatted(Html.escape(id()), badge(), Html.escape(text("summary")));
  }

  String html() {
    StringBuilder html = new StringBuilder();
    html.append("<article id=\"%s\">\n".formatted(Html.escape(id())));
    html.append("<h3>%s</h3>\n".formatted(Html.escape(text("summary"))));
    html.append("<p class=\"route\">%s<code>%s</code></p>\n".formatted(badge(), Html.escape(path)));
    if (operation.has("description")) {
      html.append(Html.paragraphs(text("description")));
    }
    html.append("<p class=\"auth\">").append(authentication()).append("</p>\n");
    html.append(parameters());
    if (operation.has("requestBody")) {
      JsonNode body = document.resolve(operation.path("requestBody"));
      html.append("<h4>Body</h4>\n").append(content(body));
    }
    html.append(responses());
    return html.append("</article>\n").toString();
  }

  private String badge() {
    return "<b class=\"method %s\">%s</b>".formatted(method, method.toUpperCase(Locale.ROOT));
  }

  private String authentication() {
    JsonNode security = operation.get("security");
    if (security == null) {
      return "For members and service accounts.";
    }
    return security.isEmpty()
        ? "For everybody, without a token."
        : "For members, service accounts and older service tokens.";
  }

  private String parameters() {
    StringBuilder rows = new StringBuilder();
    for (JsonNode owner : List.of(pathItem, operation)) {
      owner.path("parameters").forEach(parameter -> rows.append(row(document.resolve(parameter))));
    }
    return rows.isEmpty()
        ? ""
        : "<h4>Parameters</h4>\n" + SchemaView.table("Name", rows.toString());
  }

  private static String row(JsonNode parameter) {
    boolean isRequired = parameter.path("required").asBoolean(false);
    String place = parameter.path("in").stringValue();
    JsonNode schema = Objects.requireNonNull(parameter.get("schema"));
    return SchemaView.row(
        parameter.path("name").stringValue(),
        isRequired ? place : place + ", optional",
        SchemaView.kind(schema),
        Html.prose(parameter.path("description").asString("")));
  }

  /** What can come back. Answers that every operation has are described once, elsewhere. */
  private String responses() {
    StringBuilder html = new StringBuilder("<h4>Answers</h4>\n<dl>\n");
    List<String> shared = new ArrayList<>();
    for (Map.Entry<String, JsonNode> response : operation.path("responses").properties()) {
      String name = OpenApiDocument.referencedName(response.getValue());
      if (document.sharedResponses().contains(name)) {
        shared.add(
            "<a href=\"#response-%s\">%s</a>"
                .formatted(Html.escape(name), Html.escape(response.getKey())));
      } else {
        html.append(response(response.getKey(), document.resolve(response.getValue())));
      }
    }
    html.append("</dl>\n");
    if (!shared.isEmpty()) {
      html.append(
          "<p class=\"shared\">Also, as everywhere: %s.</p>\n"
              .formatted(String.join(", ", shared)));
    }
    return html.toString();
  }

  private String response(String status, JsonNode response) {
    String level = status.startsWith("2") ? "good" : "bad";
    return "<dt class=\"%s\">%s</dt><dd>%s%s</dd>\n"
        .formatted(
            level,
            Html.escape(status),
            Html.paragraphs(response.path("description").asString("")),
            content(response));
  }

  /** Kind and examples of a body. */
  static String content(JsonNode owner) {
    StringBuilder html = new StringBuilder();
    for (Map.Entry<String, JsonNode> content : owner.path("content").properties()) {
      JsonNode schema = Objects.requireNonNull(content.getValue().get("schema"));
      boolean isError = OpenApiDocument.referencedName(schema).equals("Error");
      List<JsonNode> examples = examples(content.getValue());
      if (isError) {
        html.append(errors(examples));
      } else {
        html.append(
            "<p class=\"kind\"><span>%s</span> %s</p>\n"
                .formatted(Html.escape(content.getKey()), kind(schema)));
        examples.forEach(example -> html.append(example(example)));
      }
    }
    return html.toString();
  }

  private static String kind(JsonNode schema) {
    return schema.has("properties")
        ? "object with " + SchemaView.members(schema)
        : SchemaView.kind(schema);
  }

  private static String errors(List<JsonNode> examples) {
    StringBuilder html = new StringBuilder("<ul class=\"errors\">\n");
    for (JsonNode example : examples) {
      html.append("<li>%s</li>\n".formatted(Html.escape(example.path("error").asString(""))));
    }
    return html.append("</ul>\n").toString();
  }

  private static String example(JsonNode example) {
    return "<details><summary>Example</summary><pre tabindex=\"0\">%s</pre></details>\n"
        .formatted(Html.escape(OpenApiDocument.pretty(example)));
  }

  private static List<JsonNode> examples(JsonNode content) {
    List<JsonNode> examples = new ArrayList<>();
    if (content.has("example")) {
      examples.add(content.path("example"));
    }
    content.path("examples").forEach(named -> examples.add(named.path("value")));
    return examples;
  }

  private String text(String member) {
    return operation.path(member).stringValue();
  }
}
