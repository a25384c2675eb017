package lockstep.references;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import lockstep.references.StrictResolution.Failures;
import lockstep.references.StrictResolution.Resolved;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ReferenceResolverPropertyTest {

  private static final List<String> PLACES =
      List.of("A", "B", "C", "c", "/f/A", "prod A", "prod B", "api::prod B", "api::prod /f/A");

  private static final List<String> TOKENS =
      List.of(
          "${A}",
          "${B}",
          "${C}",
          "${c}",
          "${NOPE}",
          "${/f/A}",
          "${f/A}",
          "${prod.A}",
          "${PROD.b}",
          "${dev.A}",
          "${dev.C}",
          "${nope.A}",
          "${api::prod.B}",
          "${Api::Prod./f/A}",
          "${web::dev.B}",
          "${web::prod.A}",
          "${no::prod.A}",
          "${api::K}",
          "${prod.a::b}",
          "${",
          "}",
          "{",
          "$",
          ".",
          "::",
          "/",
          "A",
          "dev",
          "é",
          "😀",
          "\n");

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.of(TOKENS).list().ofMaxSize(6).map(tokens -> String.join("", tokens));
  }

  @Provide
  Arbitrary<World> worlds() {
    Arbitrary<List<String>> secrets = values().list().ofSize(PLACES.size());
    Arbitrary<Integer> disturbance = Arbitraries.integers().between(0, 7);
    return Combinators.combine(secrets, disturbance).as(ReferenceResolverPropertyTest::world);
  }

  @Provide
  Arbitrary<ResolutionLimits> limits() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 6),
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(0, 120))
        .as(
            (branch, lookups, bytes) ->
                new ResolutionLimits(branch, lookups, bytes, 20_000, 16 << 20));
  }

  @Property(tries = 3_000)
  void agreesWithTheSlowModel(
      @ForAll("worlds") World world,
      @ForAll("values") String value,
      @ForAll("limits") ResolutionLimits limits) {
    String expected = new SlowResolver(world, limits).resolve(world.dev(), world.idOf("A"), value);

    assertThat(new ReferenceResolver(world, limits).resolve(world.dev(), world.idOf("A"), value))
        .isEqualTo(expected);
  }

  @Property(tries = 1_000)
  void agreesWithTheSlowModelWithinTheStandardLimits(
      @ForAll("worlds") World world, @ForAll("values") String value) {
    String expected =
        new SlowResolver(world, ResolutionLimits.STANDARD)
            .resolve(world.dev(), world.idOf("A"), value);

    assertThat(new ReferenceResolver(world).resolve(world.dev(), world.idOf("A"), value))
        .isEqualTo(expected);
  }

  @Property(tries = 1_000)
  void whatOneResolverHasSeenBeforeDoesNotMatter(
      @ForAll("worlds") World world,
      @ForAll("values") String first,
      @ForAll("values") String second,
      @ForAll("limits") ResolutionLimits limits) {
    ReferenceResolver used = new ReferenceResolver(world, limits);
    used.resolve(world.dev(), world.idOf("B"), first);

    assertThat(used.resolve(world.dev(), world.idOf("A"), second))
        .isEqualTo(
            new ReferenceResolver(world, limits).resolve(world.dev(), world.idOf("A"), second));
  }

  @Property(tries = 1_000)
  void strictResolutionIsTheSameUnlessAReferenceFails(
      @ForAll("worlds") World world,
      @ForAll("values") String value,
      @ForAll("limits") ResolutionLimits limits) {
    ReferenceResolver resolver = new ReferenceResolver(world, limits);
    String lenient = resolver.resolve(world.dev(), world.idOf("A"), value);

    switch (resolver.resolveStrict(world.dev(), world.idOf("A"), value, ReaderKind.USER)) {
      case Resolved resolved -> assertThat(resolved.value()).isEqualTo(lenient);
      case Failures failures -> assertThat(failures.messages()).isNotEmpty();
    }
  }

  @Property
  void textWithoutReferencesIsUnchanged(@ForAll String value) {
    String text = value.replace("${", "$");

    assertThat(new World("B=b").resolve(text)).isEqualTo(text);
  }

  @Property
  void anyTextCanBeResolved(@ForAll String before, @ForAll String body, @ForAll String after) {
    String value = before + "${" + body + "}" + after;

    assertThat(new World("B=b").resolve(value)).isNotNull();
  }

  private static World world(List<String> values, int disturbance) {
    World world = new World();
    for (int i = 0; i < PLACES.size(); i++) {
      world.put(PLACES.get(i) + "=" + values.get(i));
    }
    if ((disturbance & 1) != 0) {
      world.withoutAccess("prod");
    }
    if ((disturbance & 2) != 0) {
      world.withApp("API");
    }
    if ((disturbance & 4) != 0) {
      world.withoutSse("api");
    }
    return world;
  }
}
