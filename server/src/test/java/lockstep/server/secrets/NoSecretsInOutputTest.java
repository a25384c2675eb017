package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Unique texts go through every route of secrets, in requests that succeed and in requests that
 * fail for every kind of reason; then all that was printed, logged, counted or answered as an error
 * is searched for them.
 */
final class NoSecretsInOutputTest {

  private final String canary = "canary" + UUID.randomUUID().toString().replace("-", "");
  private final List<TestResponse> failures = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(Backend.class)
  void nothingThatIsPrintedLoggedOrAnsweredAsAnErrorHoldsASecret(Backend backend) {
    String output;
    String metrics;
    String bearer;
    try (CapturedOutput captured = new CapturedOutput()) {
      ServerUnderTest server = ServerUnderTest.start(backend, Map.of("LOCKSTEP_METRICS_PORT", "0"));
      TestOrganisation organisation = TestOrganisation.create(server);
      TestCaller owner = organisation.owner();
      TestApp app = organisation.app("shop");
      bearer = owner.headers().getOrDefault("Authorization", "");
      exercise(owner, app);
      refuse(owner, organisation, app);
      breakTable(server, "audit_event");
      exerciseOutage(owner, app, 503);
      breakTable(server, "secret");
      // Or what is remembered would be shown, if only it could be put on record.
      server.database().write(db -> db.execute("update environment set revision = revision + 1"));
      exerciseOutage(owner, app, 500);
      metrics =
          TestCaller.anonymous(server.lockstep().metricsUri().orElseThrow()).get("/metrics").text();
      server.database().close();
      exerciseOutage(owner, app, 503);
      // What is still to be written cannot be.
      assertThatThrownBy(server::close).isInstanceOf(IllegalStateException.class);
      output = captured.text();
    }

    assertThat(output).as("the capture works").contains("lockstep.server.requests");
    assertThat(metrics).as("there are metrics").contains("secrets");
    assertHoldsNoSecret("output", output, bearer);
    assertHoldsNoSecret("metrics", metrics, bearer);
    assertThat(failures).hasSizeGreaterThan(30);
    for (TestResponse failure : failures) {
      assertThat(failure.status()).isGreaterThanOrEqualTo(400);
      assertHoldsNoSecret("an error", failure.headers().map() + failure.text(), bearer);
    }
  }

  private void assertHoldsNoSecret(String what, String text, String bearer) {
    String token = bearer.substring(bearer.lastIndexOf(' ') + 1);
    assertThat(token).hasSize(64);
    assertThat(text.toLowerCase(Locale.ROOT).contains(canary)).as(what + ": " + text).isFalse();
    assertThat(text.contains(token)).as(what + " and the token").isFalse();
    assertThat(text.contains(ServerUnderTest.SERVER_SECRET)).as(what + " and the key").isFalse();
  }

  private Map<String, Object> entry() {
    return SecretsContract.secretWith(
        canary,
        "value",
        canary + "${" + canary + "}",
        "comment",
        canary,
        "override",
        SecretsContract.override(canary, true));
  }

  private void exercise(TestCaller owner, TestApp app) {
    String id = owner.post(app.secrets(), body(entry())).is(201).id();
    owner
        .put(app.secrets(), body(SecretsContract.change(id, "value", canary, "comment", canary)))
        .is(200);
    assertThat(owner.get(app.secrets() + "&key=" + canary).is(200).each("value"))
        .containsExactly(canary);
    owner.delete(app.secrets(), Map.of("secrets", List.of(id))).is(200);
    owner.post(app.secrets(), body(entry())).is(201);
  }

  private void refuse(TestCaller owner, TestOrganisation organisation, TestApp app) {
    String id = owner.get(app.secrets() + "&key=" + canary).is(200).id();
    refused(owner.post(app.secrets(), body(entry())), 409);
    refused(owner.post(app.secrets(), body(entry(), entry())), 409);
    for (String method : List.of("POST", "PUT", "DELETE")) {
      refused(owner.sendText(method, app.secrets(), "{\"secrets\": [" + canary), 400);
      refused(owner.sendText(method, app.secrets(), canary), 400);
      refused(owner.sendText(method, app.secrets(), "\"" + canary + "\""), 400);
      refused(owner.sendText(method, app.secrets(), "{\"secrets\": \"" + canary + "\"}"), 400);
      refused(owner.sendText(method, app.secrets(), canary.repeat(40_000)), 413);
      refused(
          owner.sendText(method, app.secrets(), "{\"" + canary + "\":1,\"" + canary + "\":2}"),
          400);
      refused(TestCaller.anonymous(owner.server()).sendText(method, app.secrets(), canary), 401);
      refused(
          organisation
              .member(lockstep.server.access.DefaultRole.DEVELOPER)
              .sendText(method, app.secrets(), canary),
          403);
      refused(owner.sendText(method, app.secrets("Nowhere"), canary), 404);
    }
    refused(owner.sendText("PATCH", app.secrets(), canary), 405);
    for (String member : List.of("value", "comment", "key")) {
      Map<String, Object> tooLong = entry();
      tooLong.put(member, canary.repeat(3_000));
      refused(owner.post(app.secrets(), body(tooLong)), 400);
      tooLong.put("id", id);
      refused(owner.put(app.secrets(), body(tooLong)), 400);
      Map<String, Object> withNull = entry();
      withNull.put(member, canary + "\0");
      refused(owner.post(app.secrets(), body(withNull)), 400);
      Map<String, Object> wrongType = entry();
      wrongType.put(member, List.of(canary));
      refused(owner.post(app.secrets(), body(wrongType)), 400);
    }
    Map<String, Object> wrongOverride = entry();
    wrongOverride.put("override", object("value", canary, "isActive", canary));
    refused(owner.post(app.secrets(), body(wrongOverride)), 400);
    refused(
        owner.put(
            app.secrets(),
            body(SecretsContract.change(SecretsContract.UNKNOWN_ID, "value", canary))),
        404);
    refused(owner.get(app.secrets() + "&key=" + canary + "&lease_ttl=x"), 400);
    refused(owner.get(app.secrets() + "&key=" + canary + "%ff"), 400);
  }

  private void exerciseOutage(TestCaller owner, TestApp app, int status) {
    refused(owner.get(app.secrets()), status);
    refused(owner.get(app.secrets() + "&key=" + canary), status);
    Map<String, Object> entry = entry();
    entry.put("key", canary + "new");
    refused(owner.post(app.secrets(), body(entry)), status);
  }

  private void refused(TestResponse answer, int status) {
    failures.add(answer.is(status));
  }

  private static void breakTable(ServerUnderTest server, String table) {
    server
        .database()
        .write(db -> db.execute("alter table " + table + " rename to broken_" + table));
  }
}
