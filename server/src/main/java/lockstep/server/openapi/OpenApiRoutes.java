package lockstep.server.openapi;

import java.nio.charset.StandardCharsets;
import lockstep.server.access.Caller;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import org.jspecify.annotations.Nullable;

/** {@code /openapi.json} for programs and {@code /docs/} for people. Everybody may read both. */
public final class OpenApiRoutes {

  private final String version;
  private @Nullable Rendered rendered;

  /** Describes a server of this version. */
  public OpenApiRoutes(String version) {
    this.version = version;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router.publicRoute("/openapi.json/").get(this::document);
    router.publicRoute("/docs/").get(this::page);
  }

  private Reply document(Call call) {
    return Reply.bytes(200, "application/json", rendered().document);
  }

  private Reply page(Call call) {
    return Reply.bytes(200, "text/html;charset=utf-8", rendered().page)
        .header("Content-Security-Policy", DocsPage.CONTENT_SECURITY_POLICY)
        .header("Referrer-Policy", "no-referrer");
  }

  /** Made when first asked for: a start has more urgent things to do. */
  private synchronized Rendered rendered() {
    Rendered made = rendered;
    if (made == null) {
      OpenApiDocument document = OpenApiDocument.read(version);
      String page = new DocsPage(document).html();
      made = new Rendered(document.json(), page.getBytes(StandardCharsets.UTF_8));
      rendered = made;
    }
    return made;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rendered(byte[] document, byte[] page) {}
}
