package lockstep.references;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import lockstep.references.StrictResolution.Failures;
import lockstep.references.StrictResolution.Resolved;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StrictResolutionTest {

  private static final String CIRCULAR = "Circular or too-deeply-nested secret reference detected.";

  static Stream<Arguments> failures() {
    return Stream.of(
        arguments(
            "app missing",
            "${api::prod.B}",
            "The referenced app 'api' does not exist",
            new World()),
        arguments(
            "app ambiguous",
            "${api::prod.B}",
            "Could not resolve a cross-app reference because two or more apps named 'api' exist!",
            new World("api::prod B=b").withApp("API")),
        arguments(
            "no SSE",
            "${API::prod.B}",
            "The referenced app 'API' does not have SSE (Server-Side Encryption) enabled.",
            new World("api::prod B=b").withoutSse("api")),
        arguments(
            "environment missing",
            "${prod.B}",
            "The referenced environment 'prod' does not exist",
            new World()),
        arguments(
            "environment missing, cross-app",
            "${api::dev.B}",
            "The referenced environment 'dev' does not exist",
            new World("api::prod B=b")),
        arguments(
            "secret missing, cross-app",
            "${api::prod./f/B}",
            "The referenced secret does not exist in 'api::prod' at the requested path",
            new World("api::prod B=b")),
        arguments(
            "secret missing, cross-environment",
            "${prod./f/B}",
            "The referenced secret does not exist in 'prod' at the requested path",
            new World("prod B=b")),
        arguments(
            "local key missing",
            "${NOPE}",
            "The referenced key NOPE does not exist in the dev environment.",
            new World()),
        arguments(
            "local key missing in a folder",
            "${/f/Nope}",
            "The referenced key /f/Nope does not exist in the dev environment.",
            new World()),
        arguments(
            "local key missing in another environment",
            "${prod.B}",
            "The referenced key C does not exist in the Prod environment.",
            new World("Prod B=${C}", "C=c")),
        arguments(
            "local cycle",
            "${A}",
            "The referenced key A does not exist in the dev environment.",
            new World()),
        arguments("cycle across environments", "${dev.A}", CIRCULAR, new World()),
        arguments(
            "cycle across apps",
            "${api::prod.B}",
            CIRCULAR,
            new World("api::prod B=${web::dev.A}")),
        arguments(
            "no access",
            "${prod.B}",
            "You don't have permission to read secrets in one or more referenced environments.",
            new World("prod B=b").withoutAccess("prod")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void everyReferenceMustResolve(String name, String value, String message, World world) {
    assertThat(world.resolveStrict(value)).as(name).isEqualTo(failures(message));
  }

  @Test
  void tooDeep() {
    World world = new World("K25=${dev.K26}", "K26=end");
    for (int i = 2; i < 25; i++) {
      world.put("K" + i + "=${K" + (i + 1) + "}");
    }

    assertThat(world.resolveStrict("${K2}")).isEqualTo(failures(CIRCULAR));
    assertThat(world.resolveStrict("${K3}")).isEqualTo(new Resolved("end"));
  }

  @Test
  void serviceAccountsAreToldSo() {
    assertThat(
            new World("prod B=b")
                .withoutAccess("prod")
                .resolveStrict("${prod.B}", ReaderKind.SERVICE_ACCOUNT))
        .isEqualTo(
            failures(
                "This service account doesn't have permission to read secrets in one or more"
                    + " referenced environments."));
  }

  @Test
  void failuresAreListedInOrderThoseInsideIncluded() {
    World world = new World("B=${N2}${C}", "C=${N3}");

    assertThat(world.resolveStrict("${N1}${B}${N4}${N1}"))
        .isEqualTo(
            failures(
                "The referenced key N1 does not exist in the dev environment.",
                "The referenced key N2 does not exist in the dev environment.",
                "The referenced key N3 does not exist in the dev environment.",
                "The referenced key N4 does not exist in the dev environment.",
                "The referenced key N1 does not exist in the dev environment."));
  }

  @Test
  void aValueWithoutFailuresIsResolved() {
    assertThat(new World("B=b").resolveStrict("a${B}")).isEqualTo(new Resolved("ab"));
    assertThat(new World().resolveStrict("plain ${")).isEqualTo(new Resolved("plain ${"));
  }

  @Test
  void whatExceedsTheBoundsFails() {
    assertThat(new World("B=b").resolveStrict("${B}".repeat(1_005)))
        .isEqualTo(failures("The value needs too many secret references to be followed."));
    assertThat(new World("B=" + "x".repeat(1 << 20)).resolveStrict("x${B}"))
        .isEqualTo(failures("The value becomes too long by its secret references."));
  }

  @Test
  void longNamesAreShortened() {
    String name = "😀".repeat(201);
    String shortened = "😀".repeat(200) + "…";

    assertThat(new World().resolveStrict("${" + name + "}"))
        .isEqualTo(
            failures(
                "The referenced key " + shortened + " does not exist in the dev environment."));
    assertThat(new World().resolveStrict("${" + name + "::x.Y}"))
        .isEqualTo(failures("The referenced app '" + shortened + "' does not exist"));
    assertThat(new World().resolveStrict("${" + "n".repeat(200) + ".Y}"))
        .isEqualTo(failures("The referenced environment '" + "n".repeat(200) + "' does not exist"));
  }

  private static Failures failures(String... messages) {
    return new Failures(List.of(messages));
  }
}
