package lockstep.client;

import static lockstep.client.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import lockstep.client.UnresolvedReference.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReferencesTest extends AgainstScriptedServer {

  private Secret read(String value) {
    account.secret("app/dev", "A", value).on(server);
    return environment().get("A");
  }

  @ParameterizedTest
  @CsvSource({
    "${B}-${B},b-b",
    "${/f/g/B},in folder",
    "${f/g/B},in folder",
    "${PROD.B},in prod",
    "${prod./f/B},in folder of prod",
    "${web::dev.B},in web",
    "${WEB::DEV./f/B},in folder of web",
    "${app::dev.B},b",
    "${b},b",
    "${lower},l",
    "${prod.CHAIN},in web",
    "$${B},$b",
    "${{B}},${{B}}"
  })
  void referencesLeadToFoldersEnvironmentsAndApps(String value, String resolved) {
    account
        .secret("app/dev", "B", "b")
        .secret("app/dev", "lower", "l")
        .secret("app/dev", "/f/g", "B", "in folder")
        .secret("app/prod", "B", "in prod")
        .secret("app/prod", "CHAIN", "${web::dev.B}")
        .secret("app/prod", "/f", "B", "in folder of prod")
        .secret("web/dev", "B", "in web")
        .secret("web/dev", "/f", "B", "in folder of web");

    Secret secret = read(value);

    assertThat(secret.value()).isEqualTo(resolved);
    assertThat(secret.writtenValue()).isEqualTo(value);
    assertThat(secret.unresolved()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "${NOPE},SECRET_MISSING",
    "${/nope/KEY},SECRET_MISSING",
    "${nope.KEY},ENVIRONMENT_MISSING",
    "${nope::dev.KEY},APP_MISSING",
    "${twin::dev.KEY},APP_AMBIGUOUS",
    "${ap::dev.KEY},APP_MISSING",
    "${app::de.KEY},ENVIRONMENT_MISSING"
  })
  void whatLeadsNowhereStaysAsWrittenAndIsTold(String reference, Reason reason) {
    account.with("twin/dev").with("Twin/dev");

    Secret secret = read("<" + reference + ">");

    assertThat(secret.value()).isEqualTo("<" + reference + ">");
    assertThat(secret.unresolved()).containsExactly(new UnresolvedReference(reason, reference));
  }

  @Test
  void allMayBeRequiredToResolve() {
    account.secret("app/dev", "/f", "A", "pa${ss}word").on(server);

    ReferenceException e =
        catchThrowableOfType(
            ReferenceException.class, () -> environment().references(ReferenceMode.REQUIRE).list());
    assertThat(e).hasMessage("references in app/dev cannot be resolved: /f/A (no such secret)");
    assertThat(e.unresolved())
        .containsExactly(new UnresolvedReference(Reason.SECRET_MISSING, "${ss}"));
  }

  @Test
  void allMayBeLeftAsWritten() {
    account.secret("app/dev", "A", "${A}${KEY}").on(server);

    assertThat(environment().references(ReferenceMode.LEAVE).values())
        .containsEntry("A", "${A}${KEY}");
    assertThat(methods()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"${A}", "${B}", "${prod.C}"})
  void circlesAreErrors(String value) {
    account.secret("app/dev", "B", "${A}").secret("app/prod", "C", "${dev.A}");

    assertThatThrownBy(() -> read(value))
        .isInstanceOf(ReferenceException.class)
        .hasMessage("references in app/dev cannot be resolved: A (circular, or too many in a row)");
  }

  @Test
  void everyEnvironmentIsReadOnceAndOnlyIfSomethingLeadsThere() {
    account
        .secret("app/dev", "A", "${prod.X}${prod.Y}${prod.Z}${KEY}")
        .secret("app/dev", "B", "${prod.X}")
        .secret("app/prod", "X", "x")
        .secret("app/prod", "Y", "y")
        .secret("app/unused", "Z", "z")
        .on(server);

    assertThat(environment().values())
        .containsEntry("A", "xy${prod.Z}" + VALUE)
        .containsEntry("B", "x");
    assertThat(methods()).hasSize(3);
  }

  @Test
  void oneSecretWithoutReferencesIsOneRequest() {
    account.secret("app/dev", "A", "a").on(server);

    assertThat(environment().get("A").value()).isEqualTo("a");
    assertThat(methods()).hasSize(2);
    assertThat(server.arrived().getLast().header("KeyDigest"))
        .contains(account.keys("app/dev").keyDigest("A"));
    assertThat(server.arrived().getLast().header("Path")).contains("/");
  }

  @Test
  void anEnvironmentThatMayNotBeReadLeavesItsReferences() {
    account.secret("app/dev", "A", "${prod.X}").secret("app/prod", "X", "x").on(server);
    Environment environment = environment();
    server.next(
        ScriptedServer.body(account.secretsJson("app/dev")),
        status(403, "You don't have permission to read secrets in this environment."));

    Secret secret = environment.list().find("/", "A").orElseThrow();

    assertThat(secret.unresolved())
        .containsExactly(new UnresolvedReference(Reason.NO_ACCESS, "${prod.X}"));
  }

  @Test
  void anEnvironmentThatCannotBeReachedIsAnErrorAndNotLeftOut() {
    account.secret("app/dev", "A", "${prod.X}").secret("app/prod", "X", "x").on(server);
    Environment environment = environment().within(Duration.ofSeconds(1));
    server.next(
        ScriptedServer.body(account.secretsJson("app/dev")),
        status(503, "busy", "Retry-After", "5"));

    assertThatThrownBy(environment::list).isInstanceOf(UnavailableException.class);
  }

  @Test
  void theReadersOverrideIsUsedAndResolvedButOthersReferToTheSharedValue() {
    account.secret("app/dev", "B", "shared");
    account
        .lastRow("app/dev")
        .putObject("override")
        .put("value", account.encrypted("app/dev", "mine ${KEY}"))
        .put("is_active", true);

    Secret referring = read("${B}");
    Secret overridden = environment().get("B");

    assertThat(overridden.value()).isEqualTo("mine " + VALUE);
    assertThat(overridden.sharedValue()).isEqualTo("shared");
    assertThat(referring.value()).isEqualTo("shared");
  }

  @Test
  void anOverrideThatIsSwitchedOffIsShownButNotUsed() {
    account.secret("app/dev", "B", "shared");
    account
        .lastRow("app/dev")
        .putObject("override")
        .put("value", account.encrypted("app/dev", "mine"))
        .put("is_active", false);
    account.on(server);

    Secret secret = environment().get("B");

    assertThat(secret.value()).isEqualTo("shared");
    assertThat(secret.override()).contains(new PersonalOverride("mine", false));
  }

  /** The server refuses an environment without keys and a dead token with the same status. */
  @Test
  void aTokenThatIsRefusedWhileReferencesAreResolvedIsAnErrorAndNotLeftOut() {
    account.secret("app/dev", "A", "${prod.X}").secret("app/prod", "X", "x").on(server);
    Environment environment = environment();
    server.next(
        ScriptedServer.body(account.secretsJson("app/dev")),
        status(401, "Token expired or deleted"),
        status(401, "Token expired or deleted"));

    assertThatThrownBy(environment::list).isInstanceOf(UnauthorisedException.class);
  }

  @Test
  void aPolicyThatRefusesWhileReferencesAreResolvedIsAnErrorAndNotLeftOut() {
    account.secret("app/dev", "A", "${prod.X}").secret("app/prod", "X", "x").on(server);
    Environment environment = environment();
    server.next(
        ScriptedServer.body(account.secretsJson("app/dev")),
        status(403, "Not from this network"),
        status(403, "Not from this network"));

    assertThatThrownBy(environment::list).isInstanceOf(ForbiddenException.class);
  }

  @Test
  void anEnvironmentThatWasTakenAwayMeanwhileLeavesItsReferences() {
    account.secret("app/dev", "A", "${prod.X}");
    String without = account.tokensJson();
    account.secret("app/prod", "X", "x").on(server);
    Environment environment = environment();
    server.next(
        ScriptedServer.body(account.secretsJson("app/dev")),
        status(401, "Service account cannot access this environment"),
        ScriptedServer.body(without));

    Secret secret = environment.list().find("/", "A").orElseThrow();

    assertThat(secret.unresolved())
        .containsExactly(new UnresolvedReference(Reason.NO_ACCESS, "${prod.X}"));
  }

  @Test
  void namesOfSecretsCannotForgeLinesOfALog() {
    account.secret("app/dev", "A\n2026-01-01 ERROR forged", "${NOPE}").on(server);

    assertThatThrownBy(() -> environment().references(ReferenceMode.REQUIRE).list())
        .isInstanceOf(ReferenceException.class)
        .hasMessageContaining("A 2026-01-01 ERROR forged (no such secret)");
  }
}
