package lockstep.client;

import static lockstep.client.ScriptedServer.body;
import static lockstep.client.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest extends AgainstScriptedServer {

  static Stream<Arguments> refusals() {
    return Stream.of(
        arguments(400, RejectedException.class),
        arguments(401, UnauthorisedException.class),
        arguments(403, ForbiddenException.class),
        arguments(404, NotFoundException.class),
        arguments(409, ConflictException.class),
        arguments(413, RejectedException.class),
        arguments(501, UnavailableException.class));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalHasATypeAndTheWordsOfTheServer(int status, Class<? extends Exception> type) {
    Environment environment = environment();
    server.next(status(status, "Because of the moon"));

    assertThatThrownBy(() -> environment.create(NewSecret.of("NEW", "x")))
        .isInstanceOf(type)
        .hasMessage("Because of the moon (status " + status + ")");
  }

  @Test
  void wordsOfTheServerCannotForgeLinesOfALog() {
    Environment environment = environment();
    server.next(status(400, "no\\r\\n2026-01-01 ERROR forged\\u0007\\u2028" + "x".repeat(5000)));

    assertThatThrownBy(environment::values)
        .message()
        .startsWith("no  2026-01-01 ERROR forged  xxx")
        .hasSizeLessThan(400);
  }

  @Test
  void aRedirectIsNotFollowedWithTheToken() {
    Environment environment = environment();
    try (ScriptedServer elsewhere = ScriptedServer.start()) {
      server.next(status(307, "", "Location", elsewhere.address() + "/service/secrets/"));

      assertThatThrownBy(environment::values)
          .isInstanceOf(UnexpectedAnswerException.class)
          .hasMessageContaining("redirect");
      assertThat(elsewhere.arrived()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>Welcome</html>",
        "{}",
        "[{}]",
        "[",
        "[] []",
        "[null]",
        "[{\"id\":\"../../x\",\"key\":\"a\"}]"
      })
  void whatIsNotTheProtocolIsSaidToBeUnexpected(String text) {
    Environment environment = environment();
    server.next(body(text));

    assertThatThrownBy(environment::list).isInstanceOf(UnexpectedAnswerException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"wrapped_key_share\":7}", "no"})
  void aSessionThatIsNotTheProtocolIsSaidToBeUnexpected(String text) {
    server.next(body(text));

    assertThatThrownBy(client::apps).isInstanceOf(UnexpectedAnswerException.class);
  }

  @Test
  void aSecretThatDoesNotOpenIsAnErrorAndNotLeftOut() {
    account.with("app/other").secret("app/dev", "BAD", "x");
    account.lastRow("app/dev").put("value", account.encrypted("app/other", "for another key"));
    account.on(server);

    assertThatThrownBy(environment()::list)
        .isInstanceOf(UnexpectedAnswerException.class)
        .hasMessageContaining(account.lastRow("app/dev").get("id").stringValue())
        .hasMessageNotContaining("for another key");
  }

  @Test
  void keysThatBelongToAnotherTokenDoNotOpen() {
    TestAccount other = new TestAccount().secret("app/dev", "KEY", "x");
    server.tokens(other.tokensJson());

    assertThatThrownBy(() -> environment().list())
        .isInstanceOf(UnexpectedAnswerException.class)
        .hasMessageContaining("app/dev");
  }

  @Test
  void aKeyThatIsNotTheOneItIsSaidToBeIsRefused() {
    account.with("app/other");
    server.tokens(
        account
            .tokensJson()
            .replace(
                account.keys("app/dev").identityKey(), account.keys("app/other").identityKey()));

    assertThatThrownBy(() -> environment().list()).isInstanceOf(UnexpectedAnswerException.class);
  }

  @Test
  void namesOfFieldsThatAreNewDoNotMatter() {
    account.lastRow("app/dev").put("invented_later", true);
    account.on(server);

    assertThat(environment().values()).containsEntry("KEY", VALUE);
  }

  @Test
  void aClosedClientSaysSo() {
    Environment environment = environment();
    environment.values();
    client.close();

    assertThatThrownBy(environment::values).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anAnswerThatIsTooLongIsUnexpectedAndNotAskedForAgain() {
    try (LockstepClient small = builder().bodies(new BodyLimits(100_000, 1000)).build()) {
      Environment environment = small.environment("app", "dev");
      server.next(body("[" + " ".repeat(200_000) + "]"));

      assertThatThrownBy(environment::values)
          .isInstanceOf(UnexpectedAnswerException.class)
          .hasMessageContaining("longer than any");
      assertThat(timing.pauses()).isEmpty();
    }
  }

  @Test
  void anErrorThatIsTooLongHasItsStatusAllTheSame() {
    try (LockstepClient small = builder().bodies(new BodyLimits(100_000, 1000)).build()) {
      Environment environment = small.environment("app", "dev");
      server.next(status(404, "x".repeat(200_000)));

      assertThatThrownBy(environment::values)
          .isInstanceOf(NotFoundException.class)
          .hasMessage("the server answered with status 404");
    }
  }
}
