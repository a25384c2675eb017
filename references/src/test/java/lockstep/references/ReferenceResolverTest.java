package lockstep.references;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceResolverTest {

  private static final int MEBIBYTE = 1 << 20;

  static Stream<Arguments> forms() {
    World world =
        new World(
            "K=local",
            "/f/K=in folder",
            "prod K=prod",
            "prod /f/K=prod folder",
            "api::prod K=api",
            "api::prod /f/K=api folder");
    return Stream.of(
        arguments("key", "${K}", "local", world),
        arguments("path and key", "${/f/K}", "in folder", world),
        arguments("environment and key", "${prod.K}", "prod", world),
        arguments("environment, path and key", "${prod./f/K}", "prod folder", world),
        arguments("app, environment and key", "${api::prod.K}", "api", world),
        arguments("app, environment, path and key", "${api::prod./f/K}", "api folder", world),
        arguments("path without first slash", "${f/K}", "in folder", world),
        arguments("path without first slash, environment", "${prod.f/K}", "prod folder", world));
  }

  static Stream<Arguments> letterCase() {
    return Stream.of(
        arguments("app name in another case", "${API::prod.K}", "v", new World("api::prod K=v")),
        arguments("environment in another case", "${PROD.K}", "v", new World("prod K=v")),
        arguments("path in another case", "${/F/K}", "${/F/K}", new World("/f/K=v")),
        arguments("lower-case reference", "${k}", "v", new World("K=v")),
        arguments("lower-case name of a client", "${k}", "v", new World("k=v")),
        arguments("the upper-case name comes first", "${k}", "V", new World("K=V", "k=v")),
        arguments("upper case finds no lower case", "${K}", "${K}", new World("k=v")),
        arguments("mixed case is exact", "${kEy}", "${kEy}", new World("Key=v")),
        arguments("mixed case as written", "${kEy}", "v", new World("kEy=v")),
        arguments("special upper case", "${maß}", "v", new World("MASS=v")),
        arguments("no dotless i", "${i}", "v", new World("I=v")));
  }

  static Stream<Arguments> cycles() {
    return Stream.of(
        arguments("itself", "x${A}", "x${A}", new World()),
        arguments("two", "a${B}", "ab${A}", new World("B=b${A}")),
        arguments("behind the start", "a${B}", "abc${B}", new World("B=b${C}", "C=c${B}")),
        arguments("itself, by environment", "${dev.A}", "${dev.A}", new World()),
        arguments("itself, by app", "${web::dev.A}", "${web::dev.A}", new World()),
        arguments(
            "through another environment", "${prod.B}", "b${dev.A}", new World("prod B=b${dev.A}")),
        arguments("side by side is no cycle", "${B}${B}", "cc", new World("B=${C}", "C=c")),
        arguments(
            "a cycle on one branch spoils no other",
            "${B}|${C}",
            "bc${B}|cb${C}",
            new World("B=b${C}", "C=c${B}")),
        arguments(
            "in the other order", "${C}|${B}", "cb${C}|bc${B}", new World("B=b${C}", "C=c${B}")),
        arguments("chain of 25", "${K2}", "end", chain(25)),
        arguments("chain of 26", "${K2}", "${K26}", chain(26)),
        arguments("too deep on one branch, not on another", "${K2}${K3}", "${K26}end", chain(26)));
  }

  static Stream<Arguments> edgeCases() {
    return Stream.of(
        arguments("twice", "${C}${C}", "cc", new World("C=c")),
        arguments("missing and present", "${NOPE}-${C}", "${NOPE}-c", new World("C=c")),
        arguments("missing inside", "[${B}]", "[b${NOPE}]", new World("B=b${NOPE}")),
        arguments("dollar before", "$${C}", "$c", new World("C=c")),
        arguments("brace behind", "${C}}", "c}", new World("C=c")),
        arguments("double braces", "${{C}} ${C}", "${{C}} c", new World("C=c")),
        arguments("double braces inside", "${B}", "${{C}}", new World("B=${{C}}", "C=c")),
        arguments("spaces", "${ C }", "${ C }", new World("C=c")),
        arguments("spaces in a name", "${ C }", "c", new World(" C =c")),
        arguments("environment in upper case", "${PROD.B}", "b", new World("prod B=b")),
        arguments("app in upper case", "${API::Prod.B}", "b", new World("api::prod B=b")),
        arguments("root, not folder", "${B}", "root", new World("/f/B=folder", "B=root")),
        arguments("many slashes", "${//f//B}", "b", new World("/f/B=b")),
        arguments("slash behind", "${B/}", "${B/}", new World("B=b")),
        arguments("dot in a key elsewhere", "${prod.B.C}", "v", new World("prod B.C=v")),
        arguments("dot in a local key", "${B.C}", "${B.C}", new World("B.C=v")),
        arguments("dot in a local path", "${/v1.2/K}", "${/v1.2/K}", new World("/v1.2/K=v")),
        arguments("dot in a path, own name", "${dev./v1.2/K}", "v", new World("/v1.2/K=v")),
        arguments("key with colons", "${api::K}", "v", new World("API::K=v")),
        arguments("no key with colons", "${api::K}", "${api::K}", new World("api::prod K=v")),
        arguments(
            "colons behind the dot", "${prod.a::b}", "${prod.a::b}", new World("prod a::b=v")),
        arguments("empty body", "${}", "${}", new World()),
        arguments("empty key", "${prod.}", "${prod.}", new World("prod B=b")),
        arguments("empty app", "${::p.B}", "${::p.B}", new World("p B=b")),
        arguments("empty environment", "${.B}", "${.B}", new World("B=b", "Development B=b")),
        arguments("app, empty environment", "${api::.B}", "${api::.B}", new World("api::prod B=b")),
        arguments("own app by name", "${web::prod.B}", "b", new World("prod B=b")),
        arguments("reference in a name", "${X${B}}", "${XY}", new World("B=Y", "XY=boom")),
        arguments(
            "reference elsewhere in a name",
            "${X${prod.B}}",
            "${XY}",
            new World("prod B=Y", "XY=boom")),
        arguments(
            "missing there, present here",
            "${prod.B}${C}",
            "${C}c",
            new World("prod B=${C}", "C=c")),
        arguments(
            "missing in the other app, present here",
            "${api::prod.B}",
            "h=${HOST}",
            new World("api::prod B=h=${HOST}", "HOST=mine")),
        arguments(
            "relative to where it stands",
            "${api::prod.B}",
            "h=theirs",
            new World("api::prod B=h=${HOST}", "api::prod HOST=theirs", "HOST=mine")),
        arguments(
            "joined from two values", "${B}${C}", "${D}", new World("B=${", "C=D}", "D=boom")),
        arguments(
            "no access",
            "${prod.B}-${C}",
            "${prod.B}-c",
            new World("prod B=b", "C=c").withoutAccess("prod")),
        arguments(
            "no access on the way",
            "${api::prod.B}",
            "b${web::prod.C}",
            new World("api::prod B=b${web::prod.C}", "prod C=c").withoutAccess("prod")),
        arguments(
            "own app's name is ambiguous, but not needed",
            "${prod.B}",
            "b",
            new World("prod B=b").withApp("WEB")),
        arguments(
            "own app's name is ambiguous",
            "${web::prod.B}",
            "${web::prod.B}",
            new World("prod B=b").withApp("WEB")),
        arguments(
            "two apps of one name",
            "${api::prod.B}",
            "${api::prod.B}",
            new World("api::prod B=b").withApp("API")),
        arguments(
            "app without SSE",
            "${api::prod.B}",
            "${api::prod.B}",
            new World("api::prod B=b").withoutSse("api")),
        arguments("no such app", "${api::prod.B}", "${api::prod.B}", new World("prod B=b")),
        arguments(
            "no such environment", "${api::dev.B}", "${api::dev.B}", new World("api::prod B=b")),
        arguments("empty value", "[${B}]", "[]", new World("B=")),
        arguments("lines", "a\n${B}\n", "a\n1\n2\n", new World("B=1\n2")),
        arguments("a dollar sign in a value", "${B}", "$1\\", new World("B=$1\\")));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource({"forms", "letterCase", "cycles", "edgeCases"})
  void resolves(String name, String value, String expected, World world) {
    assertThat(world.resolve(value)).as(name).isEqualTo(expected);
  }

  @Test
  void anOverrideHasTheIdentityOfItsSecretAndNeverServesReferences() {
    World world = new World("A=base", "B=b${A}");

    assertThat(new ReferenceResolver(world).resolve(world.dev(), world.idOf("A"), "o${B}"))
        .isEqualTo("ob${A}");
    assertThat(new ReferenceResolver(world).resolve(world.dev(), world.idOf("B"), "${A}"))
        .isEqualTo("base");
  }

  @Test
  void oneResolverServesAWholeResponse() {
    World world = new World("B=b${C}", "C=c${B}", "D=${B}${C}");
    ReferenceResolver resolver = new ReferenceResolver(world);

    assertThat(resolver.resolve(world.dev(), world.idOf("B"), "b${C}")).isEqualTo("bc${B}");
    assertThat(resolver.resolve(world.dev(), world.idOf("C"), "c${B}")).isEqualTo("cb${C}");
    assertThat(resolver.resolve(world.dev(), world.idOf("D"), "${B}${C}"))
        .isEqualTo("bc${B}cb${C}");
  }

  @Test
  void asksNothingTwice() {
    World world = new World("prod B=b", "A=");
    ReferenceResolver resolver = new ReferenceResolver(world);
    int before = world.questions();
    for (int i = 0; i < 10; i++) {
      resolver.resolve(world.dev(), world.idOf("A"), "${prod.B}${prod.B}${prod.b}${NOPE}${nope}");
    }

    // Ten for the ids; one environment, its B by two spellings, NOPE, and nope in both cases.
    assertThat(world.questions() - before).isEqualTo(10 + 1 + 2 + 1 + 2);
  }

  @Test
  void aThousandReferencesAreFollowedAndNotOneMore() {
    World world = new World("B=b");

    assertThat(world.resolve("${B}".repeat(1_000))).isEqualTo("b".repeat(1_000));
    assertThat(world.resolve("${B}".repeat(1_001))).isEqualTo("b".repeat(1_000) + "${B}");
    assertThat(world.resolve("${B}".repeat(1_000) + "${NOPE}${B}."))
        .isEqualTo("b".repeat(1_000) + "${NOPE}${B}.");
  }

  @Test
  void referencesThatFailCountLikeOthers() {
    World world = new World("B=b");

    assertThat(world.resolve("${NOPE}".repeat(500) + "${nope.X}".repeat(499) + "${B}${B}"))
        .isEqualTo("${NOPE}".repeat(500) + "${nope.X}".repeat(499) + "b${B}");
  }

  @Test
  void eachValueHasLookupsOfItsOwn() {
    World world = new World("A=", "B=b");
    ReferenceResolver resolver = new ReferenceResolver(world);

    for (int i = 0; i < 3; i++) {
      assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${B}".repeat(900)))
          .isEqualTo("b".repeat(900));
    }
  }

  @Test
  void allValuesTogetherFollow20000References() {
    World world = new World("A=", "B=b");
    ReferenceResolver resolver = new ReferenceResolver(world);

    for (int i = 0; i < 25; i++) {
      assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${B}".repeat(799)))
          .isEqualTo("b".repeat(799));
    }
    assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${B}".repeat(27)))
        .isEqualTo("b".repeat(25) + "${B}${B}");
    assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${B}.")).isEqualTo("${B}.");
  }

  @Test
  void allValuesTogetherGrowBy16MebibytesAndNotFurther() {
    World world = new World("A=", "B=" + "x".repeat(MEBIBYTE - 1), "C=17 characters....", "D=${C}");
    world.put("E=e").put("F=");
    ReferenceResolver resolver = new ReferenceResolver(world);

    for (int i = 0; i < 16; i++) {
      assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${B}")).hasSize(MEBIBYTE - 1);
    }
    assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${B}${C}${D}"))
        .isEqualTo("${B}${C}${D}");
    assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${E}".repeat(17)))
        .isEqualTo("e".repeat(16) + "${E}");
    assertThat(resolver.resolve(world.dev(), world.idOf("A"), "${F}text")).isEqualTo("text");
  }

  @Test
  void knowsWhatItHasSubstituted() {
    World world = new World("B=b${C}${NOPE}", "C=c", "D=${E}", "E=" + "x".repeat(MEBIBYTE));
    world.put("A=").put("F=${G}").put("G=${F}").put("UNUSED=");
    ReferenceResolver resolver = new ReferenceResolver(world);
    assertThat(resolver.substituted()).isEmpty();

    resolver.resolve(world.dev(), world.idOf("A"), "${B}y${D}${A}");
    assertThat(resolver.substituted()).containsOnly(world.idOf("B"), world.idOf("C"));

    resolver.resolve(world.dev(), world.idOf("F"), "${G}");
    assertThat(resolver.substituted())
        .containsOnly(world.idOf("B"), world.idOf("C"), world.idOf("G"));
  }

  @Test
  void textThatIsNoReferenceCostsNothing() {
    World world = new World("B=b");

    assertThat(world.resolve("${.B}".repeat(2_000) + "${B}"))
        .isEqualTo("${.B}".repeat(2_000) + "b");
  }

  @Test
  void valuesGrowToAMebibyteAndNotFurther() {
    World world = new World("B=" + "x".repeat(MEBIBYTE - 1), "C=" + "x".repeat(MEBIBYTE));

    assertThat(world.resolve("${C}")).hasSize(MEBIBYTE);
    assertThat(world.resolve("y${B}")).hasSize(MEBIBYTE);
    assertThat(world.resolve("yy${B}")).isEqualTo("yy${B}");
    assertThat(world.resolve("${B}yy")).isEqualTo("${B}yy");
    assertThat(world.resolve("é${B}")).isEqualTo("é${B}");
  }

  @Test
  void lengthIsCountedInBytes() {
    World world =
        new World(
            "B=" + "😀".repeat(MEBIBYTE / 4),
            "C=" + "é".repeat(MEBIBYTE / 2),
            "D=" + "€".repeat(MEBIBYTE / 3));

    assertThat(world.resolve("${B}")).hasSize(MEBIBYTE / 2);
    assertThat(world.resolve("x${B}")).isEqualTo("x${B}");
    assertThat(world.resolve("${C}")).hasSize(MEBIBYTE / 2);
    assertThat(world.resolve("x${C}")).isEqualTo("x${C}");
    assertThat(world.resolve("x${D}")).hasSize(1 + MEBIBYTE / 3);
    assertThat(world.resolve("xx${D}")).isEqualTo("xx${D}");
  }

  @Test
  void whatDoesNotFitStaysAndTheRestIsResolved() {
    World world = new World("B=" + "x".repeat(MEBIBYTE - 10), "C=c");

    assertThat(world.resolve("${B}${B}${C}")).isEqualTo("x".repeat(MEBIBYTE - 10) + "${B}c");
  }

  @Test
  void aReferencedValueIsBoundedLikeAnyOther() {
    World world = new World("B=yy${C}", "C=" + "x".repeat(MEBIBYTE - 1));

    assertThat(world.resolve("[${B}]")).isEqualTo("[yy${C}]");
  }

  @Test
  void exponentialGrowthEndsAtTheLimitOfLookups() {
    World world = new World();
    for (int i = 2; i < 25; i++) {
      world.put("K" + i + "=${K" + (i + 1) + "}${K" + (i + 1) + "}");
    }
    world.put("K25=x");

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          for (int i = 0; i < 100; i++) {
            String resolved = world.resolve("${K2}${K2}");
            assertThat(resolved).startsWith("x".repeat(400)).endsWith("${K2}");
          }
        });
  }

  @Test
  void longTextIsNotCopiedForEveryLookup() {
    World world = new World();
    for (int i = 2; i < 24; i++) {
      world.put("K" + i + "=${K" + (i + 1) + "}");
    }
    world.put("K24=" + "x".repeat(MEBIBYTE - 1));

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          String value = "yy" + "${K2}".repeat(43);
          for (int i = 0; i < 200; i++) {
            assertThat(world.resolve(value)).isEqualTo(value);
          }
        });
  }

  /** The chain K2 to the last, each referring to the next; the secret that is read is K1. */
  private static World chain(int length) {
    World world = new World();
    for (int i = 2; i < length; i++) {
      world.put("K" + i + "=${K" + (i + 1) + "}");
    }
    return world.put("K" + length + "=end");
  }
}
