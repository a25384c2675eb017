package lockstep.server.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import lockstep.crypto.Sha256;
import tools.jackson.databind.JsonNode;

/** The whole description as one page: no script, and one style sheet, which the policy names. */
final class DocsPage {

  private static final String STYLE = style();

  /** Lets browsers apply the style sheet of this page, and load nothing else. */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + sha256(STYLE)
          + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final OpenApiDocument document;
  private final List<OperationView> operations = new ArrayList<>();

  DocsPage(OpenApiDocument document) {
    this.document = document;
    for (Map.Entry<String, JsonNode> path : document.root().path("paths").properties()) {
      for (String method : List.of("get", "post", "put", "patch", "delete")) {
        if (path.getValue().has(method)) {
          operations.add(new OperationView(document, path.getKey(), path.getValue(), method));
        }
      }
    }
  }

  String html() {
    String title = Html.escape(document.root().at("/info/title").stringValue());
    String version = Html.escape(document.root().at("/info/version").stringValue());
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>%1$s</title>
        <style>%2$s</style>
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
        <p class="title">%1$s <small>%3$s</small></p>
        <p><a href="../openapi.json">OpenAPI document</a></p>
        </header>
        <nav aria-label="Contents">
        %4$s</nav>
        <main id="content" tabindex="-1">
        %5$s</main>
        </body>
        </html>
        """
        .formatted(title, STYLE, version, contents(), main());
  }

  private String contents() {
    StringBuilder html = new StringBuilder("<ul>\n<li><a href=\"#content\">Basics</a></li>\n");
    html.append("<li><a href=\"#authentication\">Authentication</a></li>\n</ul>\n");
    for (JsonNode tag : document.root().path("tags")) {
      String name = tag.path("name").stringValue();
      html.append("<p class=\"group\">%s</p>\n<ul>\n".formatted(Html.escape(name)));
      ofTag(name).forEach(operation -> html.append(operation.link()));
      html.append("</ul>\n");
    }
    html.append("<p class=\"group\">Reference</p>\n<ul>\n");
    html.append("<li><a href=\"#common\">Common errors</a></li>\n");
    html.append("<li><a href=\"#schemas\">Schemas</a></li>\n</ul>\n");
    return html.toString();
  }

  private String main() {
    StringBuilder html = new StringBuilder();
    html.append(
        "<section class=\"lead\">\n<h1>%s</h1>\n"
            .formatted(Html.prose(document.root().at("/info/summary").stringValue())));
    html.append(Html.paragraphs(document.root().at("/info/description").stringValue()));
    html.append("</section>\n").append(authentication());
    for (JsonNode tag : document.root().path("tags")) {
      String name = tag.path("name").stringValue();
      html.append("<section>\n<h2>%s</h2>\n".formatted(Html.escape(name)));
      html.append(Html.paragraphs(tag.path("description").stringValue()));
      ofTag(name).forEach(operation -> html.append(operation.html()));
      html.append("</section>\n");
    }
    return html.append(commonErrors()).append(schemas()).toString();
  }

  private String authentication() {
    StringBuilder html =
        new StringBuilder("<section id=\"authentication\">\n<h2>Authentication</h2>\n");
    StringBuilder rows = new StringBuilder();
    for (JsonNode scheme : document.root().at("/components/securitySchemes")) {
      rows.append(
          "<tr><td><code>Bearer %s</code></td><td>%s</td></tr>\n"
              .formatted(
                  Html.escape(scheme.path("bearerFormat").stringValue()),
                  Html.prose(scheme.path("description").stringValue())));
    }
    html.append(
        """
        <div class="scroll"><table>
        <thead><tr><th scope="col">Authorization</th><th scope="col">Caller</th></tr></thead>
        <tbody>
        %s</tbody>
        </table></div>
        """
            .formatted(rows));
    return html.append("</section>\n").toString();
  }

  private String commonErrors() {
    StringBuilder html = new StringBuilder("<section id=\"common\">\n<h2>Common errors</h2>\n");
    for (Map.Entry<String, JsonNode> response :
        document.root().at("/components/responses").properties()) {
      if (document.sharedResponses().contains(response.getKey())) {
        html.append(
            "<article id=\"response-%1$s\">\n<h3>%2$s</h3>\n%3$s%4$s</article>\n"
                .formatted(
                    Html.escape(response.getKey()),
                    Html.escape(words(response.getKey())),
                    Html.paragraphs(response.getValue().path("description").stringValue()),
                    OperationView.content(response.getValue())));
      }
    }
    return html.append("</section>\n").toString();
  }

  private String schemas() {
    StringBuilder html = new StringBuilder("<section id=\"schemas\">\n<h2>Schemas</h2>\n");
    for (Map.Entry<String, JsonNode> schema :
        document.root().at("/components/schemas").properties()) {
      String members = SchemaView.members(schema.getValue());
      html.append(
          "<article id=\"schema-%1$s\">\n<h3>%1$s</h3>\n".formatted(Html.escape(schema.getKey())));
      String notes = SchemaView.notes(schema.getValue());
      if (!notes.isEmpty()) {
        html.append("<p>").append(notes).append("</p>\n");
      }
      html.append(
          members.isEmpty() ? "<p>" + SchemaView.kind(schema.getValue()) + "</p>\n" : members);
      html.append("</article>\n");
    }
    return html.append("</section>\n").toString();
  }

  private List<OperationView> ofTag(String name) {
    return operations.stream().filter(operation -> operation.tag().equals(name)).toList();
  }

  /** {@code TooLarge} as {@code Too large}. */
  private static String words(String name) {
    StringBuilder words = new StringBuilder(name.substring(0, 1));
    for (char c : name.substring(1).toCharArray()) {
      words.append(Character.isUpperCase(c) ? " " + Character.toLowerCase(c) : c);
    }
    return words.toString();
  }

  private static String style() {
    try (InputStream in = DocsPage.class.getResourceAsStream("docs.css")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    return Base64.getEncoder().encodeToString(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
  }
}
