package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import lockstep.server.net.AddressLiteral;
import lockstep.server.net.AddressRange;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Whatever a client writes, the parsers of the edge answer with a value or a 400. */
final class EdgeFuzzTest {
  private static final Router<String> ROUTER = router();

  private static Router<String> router() {
    Router.Builder<String> routes = Router.builder();
    routes.publicRoute("/").get(call -> Reply.noContent());
    routes.route("/v1/apps/", Access.ACCOUNT).get((call, caller) -> Reply.noContent());
    routes.route("/v1/apps/:id/", Access.ACCOUNT).get((call, caller) -> Reply.noContent());
    routes.route("/v1/apps/mine/", Access.ACCOUNT).get((call, caller) -> Reply.noContent());
    return routes.build();
  }

  @Provide
  Arbitrary<String> jsonLike() {
    return pieces(
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"",
        "\\",
        "1",
        "-",
        "1e99999",
        "NaN",
        "null",
        "true",
        "{\"a\":",
        " ",
        "\uFEFF",
        "é",
        "\u0000");
  }

  @Provide
  Arbitrary<String> pathLike() {
    return pieces(
            "/", "//", "v1", "apps", "mine", "service", "public", ".", "..", "%2e", "%2F", "%00",
            "%", "%c3%a9", "%ff", ";", "\\", "x", "é", "%25")
        .map(text -> "/" + text);
  }

  @Provide
  Arbitrary<String> queryLike() {
    return pieces(
        "app_id", "appId", "=", "&", "%", "%00", "%41", "%c3", "%a9", "+", "é", "\uFFFD", "\ud800");
  }

  @Provide
  Arbitrary<String> addressLike() {
    return pieces(
        "1", "255", "256", ".", ":", "::", "ffff", "/", "8", "128", "a.example", "%1", "0");
  }

  private static Arbitrary<String> pieces(String... pieces) {
    return Arbitraries.of(pieces).list().ofMaxSize(20).map(list -> String.join("", list));
  }

  @Property
  void bytesAreAnObjectOrA400(@ForAll @Size(max = 200) byte[] json) {
    objectOr400(json);
  }

  @Property
  void textIsAnObjectOrA400(@ForAll("jsonLike") String json) {
    objectOr400(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void objectOr400(byte[] json) {
    try {
      Fields fields = Json.parse(json);
      for (String name : fields.names()) {
        assertThat(name).doesNotContain("\u0000");
        assertThat(fields.value(name)).isPresent();
      }
    } catch (ApiException refused) {
      assertThat(refused.status()).isEqualTo(400);
    }
  }

  @Property
  void everyValueThatWasReadHasOneTypeAtMost(@ForAll("jsonLike") String value) {
    try {
      JsonValue read =
          Json.parse(("{\"v\":" + value + "}").getBytes(StandardCharsets.UTF_8))
              .value("v")
              .orElseThrow();
      long types =
          List.of(read.text(), read.flag(), read.integer(), read.list(), read.object()).stream()
              .filter(Optional::isPresent)
              .count();
      assertThat(types).isLessThanOrEqualTo(1);
    } catch (ApiException refused) {
      assertThat(refused.status()).isEqualTo(400);
    }
  }

  @Property
  void queriesAreDecodedOrA400(@ForAll("queryLike") String raw) {
    queryOr400(raw);
  }

  @Property
  void anyTextAsQueryIsDecodedOrA400(@ForAll String raw) {
    queryOr400(raw);
  }

  private static void queryOr400(String raw) {
    try {
      Query query = Query.parse(raw);
      query.text("app_id").ifPresent(text -> assertThat(text).isNotEmpty().doesNotContain("\0"));
      query.flag("app_id");
      query.id("app_id");
    } catch (ApiException refused) {
      assertThat(refused.status()).isEqualTo(400);
    }
  }

  @Property
  void pathsLeadToTheSameWithAndWithoutPrefix(@ForAll("pathLike") String path) {
    Optional<String> plain = destination(path);
    if (!startsWithPrefix(path)) {
      assertThat(destination("/service" + path)).isEqualTo(onePrefix(path, plain));
      assertThat(destination("/public" + path)).isEqualTo(onePrefix(path, plain));
      assertThat(destination("/service/public" + path)).isEqualTo(onePrefix(path, plain));
    }
    assertThat(destination("/" + path)).isEqualTo(plain);
  }

  /** After a prefix, a second slash is an empty segment. */
  private static Optional<String> onePrefix(String path, Optional<String> plain) {
    return path.startsWith("//") ? Optional.empty() : plain;
  }

  private static boolean startsWithPrefix(String path) {
    return path.matches("/+(service|public)(/.*)?");
  }

  @Property
  void anyTextAsPathLeadsSomewhereOrNowhere(@ForAll String path) {
    destination(path);
  }

  @Property
  void parametersAreNeverMoreOrLessThanASegment(@ForAll("pathLike") String path) {
    RequestPath.parse(path)
        .flatMap(ROUTER::match)
        .map(Router.Match::parameters)
        .ifPresent(
            parameters ->
                assertThat(parameters.values())
                    .allSatisfy(
                        value ->
                            assertThat(value)
                                .isNotEmpty()
                                .isNotIn(".", "..")
                                .doesNotContain("/", "\\", "\0")));
  }

  private static Optional<String> destination(String path) {
    return RequestPath.parse(path)
        .flatMap(ROUTER::match)
        .map(match -> match.target().template() + match.parameters());
  }

  @Property
  void addressesAreWhatTheJdkMakesOfThem(@ForAll("addressLike") String text) throws Exception {
    Optional<InetAddress> address = AddressLiteral.parse(text);
    if (address.isPresent()) {
      assertThat(text).matches("[0-9a-f:.]+");
      assertThat(address).contains(InetAddress.ofLiteral(text));
    }
    AddressRange.parse(text)
        .ifPresent(range -> assertThat(AddressRange.parse(range.toString())).contains(range));
  }

  @Property
  void cleaningTwiceIsCleaningOnce(@ForAll("markup") String text) {
    String cleaned = CleanText.clean(text);
    assertThat(CleanText.clean(cleaned)).isEqualTo(cleaned);
    assertThat(cleaned).doesNotContainPattern("(?s)<[a-zA-Z/!?][^>]*>");
  }

  @Provide
  Arbitrary<String> markup() {
    return pieces("<", ">", "b", "/", "!", "?", " ", "\u0001", "\u00a0", "3", "\n");
  }
}
