package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
final class RoutingTest {
  private static final String NOT_FOUND = "404 {\"error\":\"Not found.\"}";

  private TestServer server;

  @BeforeAll
  void start() {
    server = new TestServer();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/public", "/service", "/service/public"})
  void everyRouteIsReachableBelowEveryPrefix(String prefix) {
    assertThat(server.get(prefix + "/v1/items/").status()).isEqualTo(200);
    assertThat(server.get(prefix + "/health/").status()).isEqualTo(200);
    assertThat(server.get(prefix + "/").summary()).isEqualTo("200 {\"root\":true}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/v1/items/",
        "/servicev1/items/",
        "/public/service/v1/items/",
        "/service/service/v1/items/",
        "/public/public/v1/items/",
        "/Service/v1/items/",
        "/publicly/health/",
        "/%73ervice/v1/items/"
      })
  void prefixesAreWholeSegmentsOnceAndInOrder(String path) {
    assertThat(server.get(path).summary()).isEqualTo(NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/items", "/v1/items/", "/service/public/v1/items", "/health"})
  void trailingSlashIsOptionalAndNeverARedirect(String path) {
    assertThat(server.get(path).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"//v1/items/", "///////service/public/v1/items", "//", "//service/"})
  void leadingSlashesCountAsOne(String path) {
    assertThat(server.get(path).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1//items/", "/v1/items//", "/service//v1/items/", "/health//", "/v1/items///"})
  void emptySegmentsElsewhereAreNotFound(String path) {
    assertThat(server.get(path).summary()).isEqualTo(NOT_FOUND);
  }

  @Test
  void literalSegmentsWinOverParameters() {
    assertThat(server.get("/v1/items/latest/").body()).isEqualTo("{\"literal\":\"latest\"}");
    assertThat(server.get("/v1/items/latest/parts/x/").body()).isEqualTo("[\"latest\",\"x\"]");
  }

  @ParameterizedTest
  @CsvSource({
    "0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d21, 0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d21",
    "0B8D6F1E-52C7-4A3E-9D5B-6A1F0C9E7D21, 0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d21",
    "0b8d6f1e52c74a3e9d5b6a1f0c9e7d21, none",
    "1-1-1-1-1, none",
    "0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d2, none",
    "0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d2g, none",
    "0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d211, none",
    "{0b8d6f1e-52c7-4a3e-9d5b-6a1f0c9e7d21}, none"
  })
  void pathIdsAreCanonicalUuidsOnly(String text, String expected) {
    RawResponse response = server.get("/v1/items/" + text.replace("{", "%7B").replace("}", "%7D"));
    assertThat(response.body()).contains("\"uuid\":\"" + expected + "\"");
  }

  @ParameterizedTest
  @CsvSource({"caf%C3%A9, café", "a%20b, a b", "50%25, 50%", "a+b, a+b", "a:b@c, a:b@c"})
  void parametersAreDecodedOnceAndStrictly(String raw, String decoded) {
    assertThat(server.get("/v1/items/" + raw + "/").body()).contains("\"id\":\"" + decoded + "\"");
  }

  @Test
  void unknownRoutesAreNotFoundWithoutAuthentication() {
    RawResponse response = server.raw(TestServer.anonymousHead("GET", "/v1/nothing/") + "\r\n");
    assertThat(response.summary()).isEqualTo(NOT_FOUND);
    RawResponse below = server.raw(TestServer.anonymousHead("GET", "/v1/items/a/b/") + "\r\n");
    assertThat(below.summary()).isEqualTo(NOT_FOUND);
  }

  /** What is ambiguous is refused, not cleaned. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/x/../items/",
        "/v1/./items/",
        "/../v1/items/",
        "/v1/items/..",
        "/v1/items/.",
        "/v1/x/%2e%2e/items/",
        "/v1/%2e/items/",
        "/v1/items/%2e%2e/",
        "/v1/items/.%2e/",
        "/v1%2Fitems/",
        "/v1/items%2f",
        "/v1/items/a%2Fb/",
        "/v1\\items/",
        "/v1/items/a\\b/",
        "/v1/items;x=y/",
        "/v1/items/;/",
        "/v1/items/..;/items/",
        "/v1/items/%3B/../",
        "/v1/items/<a>/",
        "/v1/items/\u00e9/",
        "/v1/items/\u00c3\u00a9/",
        "/v1/items/a|b/",
        "/%761/items/",
        "/v1/item%73/",
        "/v1/items/#x",
        "http://lockstep.test/v1/../v1/items/",
      })
  void ambiguousPathsNeverReachAnEndpoint(String target) {
    int before = server.handled.get();
    RawResponse response = server.get(target);
    assertThat(response.status()).isIn(400, 404);
    assertThat(response.body()).isIn("{\"error\":\"Not found.\"}", "{\"error\":\"Bad request.\"}");
    assertThat(response.header("Content-Type")).contains("application/json");
    assertThat(server.handled).hasValue(before);
  }

  /** Nobody's id, so callers learn no more than of an unknown one, and strangers nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%00",
        "a%00b",
        "%0a",
        "%7f",
        "%ff",
        "%e9",
        "%c0%ae",
        "%ed%a0%80",
        "%zz",
        "%1",
        "%",
        "%u0041",
        "a%5Cb"
      })
  void textThatDoesNotDecodeIsNoId(String segment) {
    String target = "/v1/items/" + segment + "/";
    RawResponse known = server.get(target);
    RawResponse stranger = server.raw(TestServer.anonymousHead("GET", target) + "\r\n");
    if (known.status() == 400) { // The parser of requests refused it before any route.
      assertThat(stranger.summary()).isEqualTo("400 {\"error\":\"Bad request.\"}");
    } else {
      assertThat(known.status()).isEqualTo(200);
      assertThat(known.body()).contains("\"id\":\"" + segment + "\"", "\"uuid\":\"none\"");
      assertThat(stranger.status()).isEqualTo(401);
    }
  }

  @Test
  void absoluteFormIsRoutedByItsPath() {
    assertThat(server.get("http://lockstep.test/v1/items/").status()).isEqualTo(200);
  }

  @Test
  void pathOfACallHasNoPrefixAndNoQuery() {
    assertThat(server.get("//service/public/v1/echo?token=secret").body())
        .contains("\"path\":\"/v1/echo/\"");
  }

  @Test
  void routesAreListedInOrderOfDeclarationWithMethodsInFixedOrder() {
    Router.Builder<String> builder = Router.builder();
    builder.publicRoute("/health/").get(call -> Reply.noContent());
    builder
        .route("/v1/apps/:id/", Access.ACCOUNT)
        .delete((call, caller) -> Reply.noContent())
        .put((call, caller) -> Reply.noContent())
        .get((call, caller) -> Reply.noContent());

    assertThat(builder.build().routes())
        .containsExactly(
            new Route("/health/", List.of("GET"), Access.PUBLIC),
            new Route("/v1/apps/:id/", List.of("GET", "PUT", "DELETE"), Access.ACCOUNT));
  }

  @Test
  void wrongDeclarationsAreRefused() {
    Router.Builder<String> builder = Router.builder();
    builder.route("/v1/apps/:id/", Access.ACCOUNT).get((call, caller) -> Reply.noContent());

    assertThatThrownBy(() -> builder.route("/v1/apps/:app/", Access.ACCOUNT))
        .hasMessageContaining("same route");
    assertThatThrownBy(() -> builder.publicRoute("v1/"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.publicRoute("/v1"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.publicRoute("/a//b/"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.publicRoute("/service/x/"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.route("/open/", Access.PUBLIC))
        .isInstanceOf(IllegalArgumentException.class);
    builder.publicRoute("/empty/");
    assertThatThrownBy(builder::build).hasMessageContaining("/empty/");
  }
}
