package lockstep.client;

import static lockstep.client.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is secret shows in no text that programs write without thinking. */
final class SecrecyTest extends AgainstScriptedServer {

  private static final String COMMENT = "the comment in question";

  private void assertHidden(Object shown) {
    assertThat(String.valueOf(shown))
        .doesNotContain(VALUE, COMMENT, account.token(), account.token().substring(20, 80));
  }

  @Test
  void nothingShowsValuesInToString() {
    account.lastRow("app/dev").put("comment", account.encrypted("app/dev", COMMENT));
    account
        .lastRow("app/dev")
        .putObject("override")
        .put("value", account.encrypted("app/dev", VALUE))
        .put("is_active", true);
    account.on(server);
    Environment environment = environment();
    Secrets secrets = environment.list();
    Secret secret = environment.get("KEY");

    assertHidden(client);
    assertHidden(environment);
    assertHidden(secrets);
    assertHidden(secrets.asList());
    assertHidden(secrets.values("/"));
    assertHidden(secret.override());
    assertHidden(secret);
    assertHidden(SecretChange.of(secret).value(VALUE).comment(COMMENT));
    assertHidden(NewSecret.of("K", VALUE).withComment(COMMENT));
    assertHidden(new UnresolvedReference(UnresolvedReference.Reason.LIMIT, VALUE));
    assertHidden(builder());
    assertHidden(OfflineCache.in(Path.of("x")));
  }

  @Test
  void failuresShowNeitherValuesNorToken() {
    account.secret("app/dev", "CIRCLE", VALUE + "${CIRCLE}").on(server);
    Environment environment = environment();
    Secret secret = environment.references(ReferenceMode.LEAVE).get("KEY");
    assertHidden(trace(catchThrowable(environment::list)));
    for (int status : List.of(400, 401, 403, 404, 409, 500)) {
      server.next(status(status, "no"));
      assertHidden(trace(catchThrowable(() -> environment.create(NewSecret.of("K", VALUE)))));
      server.next(status(status, "no"), status(status, "no"), status(status, "no"));
      server.next(status(status, "no"), status(status, "no"));
      assertHidden(
          trace(catchThrowable(() -> environment.update(SecretChange.of(secret).value(VALUE)))));
      assertHidden(trace(catchThrowable(() -> client.environment("app", "nope"))));
    }
    server.close();
    assertHidden(trace(catchThrowable(() -> environment.set("KEY", VALUE))));
    assertHidden(
        trace(catchThrowable(() -> LockstepClient.connect(account.token(), account.token()))));
    assertHidden(
        trace(catchThrowable(() -> LockstepClient.connect("https://x", account.token() + "0"))));
  }

  private static String trace(Throwable thrown) {
    assertThat(thrown).isNotNull();
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
