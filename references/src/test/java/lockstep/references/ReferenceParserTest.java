package lockstep.references;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import lockstep.references.Segment.Reference;
import lockstep.references.Segment.Text;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceParserTest {

  static Stream<Arguments> forms() {
    return Stream.of(
        // The six forms.
        arguments("KEY", null, null, "/", "KEY"),
        arguments("/backend/payments/STRIPE_KEY", null, null, "/backend/payments", "STRIPE_KEY"),
        arguments("staging.DEBUG", null, "staging", "/", "DEBUG"),
        arguments("production./frontend/SECRET_KEY", null, "production", "/frontend", "SECRET_KEY"),
        arguments(
            "backend_api::production.SECRET_KEY", "backend_api", "production", "/", "SECRET_KEY"),
        arguments(
            "backend_api::production./frontend/SECRET_KEY",
            "backend_api",
            "production",
            "/frontend",
            "SECRET_KEY"),
        // The first slash is optional.
        arguments("backend/K", null, null, "/backend", "K"),
        arguments("prod.backend/K", null, "prod", "/backend", "K"),
        // Paths have one spelling.
        arguments("//f//B", null, null, "/f", "B"),
        arguments("/K", null, null, "/", "K"),
        arguments("///K", null, null, "/", "K"),
        arguments("prod.//f///g/K", null, "prod", "/f/g", "K"),
        // The first dot ends the environment, after the first double colon if there is one.
        arguments("prod.A.B", null, "prod", "/", "A.B"),
        arguments("dev./v1.2/K", null, "dev", "/v1.2", "K"),
        arguments("/v1.2/K", null, "/v1", "/2", "K"),
        arguments("a/b.K", null, "a/b", "/", "K"),
        arguments("prod..K", null, "prod", "/", ".K"),
        arguments("my.app::prod.K", "my.app", "prod", "/", "K"),
        arguments("api::prod.A.B", "api", "prod", "/", "A.B"),
        // The first double colon ends the app.
        arguments("a::b::c.K", "a", "b::c", "/", "K"),
        arguments("a:::b.K", "a", ":b", "/", "K"),
        arguments("a::b.c::K", "a", "b", "/", "c::K"),
        arguments("a/b::p.f/K", "a/b", "p", "/f", "K"),
        // Without a dot it is a key with a double colon.
        arguments("api::K", null, null, "/", "api::K"),
        arguments("::K", null, null, "/", "::K"),
        arguments("K::", null, null, "/", "K::"),
        arguments("::", null, null, "/", "::"),
        arguments("f/a::K", null, null, "/f", "a::K"),
        // A single colon is nothing special.
        arguments("a:b.K", null, "a:b", "/", "K"),
        // Nothing is trimmed, and nearly everything is a name.
        arguments(" KEY ", null, null, "/", " KEY "),
        arguments(" prod . K ", null, " prod ", "/", " K "),
        arguments("A\nB", null, null, "/", "A\nB"),
        arguments("$", null, null, "/", "$"),
        arguments("$$K", null, null, "/", "$$K"),
        arguments("\0", null, null, "/", "\0"),
        arguments("clé/😀", null, null, "/clé", "😀"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aBodyIsAReference(
      String body, @Nullable String app, @Nullable String environment, String path, String key) {
    String text = "${" + body + "}";
    Reference reference = new Reference(app, environment, SecretPath.of(path), key, text);

    assertThat(ReferenceParser.parse(text)).containsExactly(reference);
    assertThat(ReferenceParser.parse("a" + text + text + "z"))
        .containsExactly(new Text("a"), reference, reference, new Text("z"));
    assertThat(reference.body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "KEY",
        "$",
        "{",
        "}",
        "${",
        "${KEY",
        "$KEY",
        "$ {KEY}",
        "{KEY}",
        "${}",
        "${{C}}",
        "${{C",
        "${/}",
        "${B/}",
        "${a/b/}",
        "${.}",
        "${..}",
        "${.B}",
        "${..B}",
        "${./B}",
        "${../B}",
        "${prod.}",
        "${prod./}",
        "${prod.a/}",
        "${api::.B}",
        "${::p.B}",
        "${::.B}",
        "${::.}",
        "${api::prod.}",
        "${api::prod./}",
        "${prod.a::b}",
        "${a.b::}",
        "${A{B}",
        "${A\n{",
      })
  void everythingElseIsText(String value) {
    assertThat(ReferenceParser.parse(value))
        .isEqualTo(value.isEmpty() ? List.of() : List.of(new Text(value)));
  }

  static Stream<Arguments> scans() {
    Reference b = new Reference(null, null, SecretPath.ROOT, "B", "${B}");
    return Stream.of(
        arguments("${A${B}}", List.of(new Text("${A"), b, new Text("}"))),
        arguments("${${B}}", List.of(new Text("${"), b, new Text("}"))),
        arguments("${${${B}", List.of(new Text("${${"), b)),
        arguments("$${B}", List.of(new Text("$"), b)),
        arguments("${B}}", List.of(b, new Text("}"))),
        arguments("${{B}}${B}", List.of(new Text("${{B}}"), b)),
        arguments("${{${B}}}", List.of(new Text("${{"), b, new Text("}}"))),
        arguments("${B}${B", List.of(b, new Text("${B"))),
        arguments("${.B}${B}", List.of(new Text("${.B}"), b)),
        arguments("${}${B}", List.of(new Text("${}"), b)),
        arguments("{${B}", List.of(new Text("{"), b)),
        arguments("${A$${B}", List.of(new Text("${A$"), b)));
  }

  @ParameterizedTest
  @MethodSource("scans")
  void scansFromLeftToRight(String value, List<Segment> segments) {
    assertThat(ReferenceParser.parse(value)).isEqualTo(segments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"${", "${a", "${a}", "${.", "$", "{", "::", "${}", "${${}"})
  void takesTimeInProportionToTheLength(String repeated) {
    String value = repeated.repeat(1_000_000 / repeated.length());

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThat(ReferenceParser.parse(value)).isNotEmpty());
  }

  @Test
  void piecesOfASecretAreNotWrittenToLogs() {
    assertThat(new Text("hunter2")).hasToString("Text[7 characters]");
    assertThat(new ReferencedSecret(new World("K=v").idOf("K"), "hunter2").toString())
        .doesNotContain("hunter2");
    assertThat(new StrictResolution.Resolved("hunter2")).hasToString("Resolved[7 characters]");
  }
}
