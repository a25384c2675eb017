package lockstep.server.secrets;

import static lockstep.server.testing.TestCaller.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import lockstep.server.ServerUnderTest;
import lockstep.server.secrets.SecretBatchesPropertyTest.Step;
import lockstep.server.secrets.SecretModel.Entry;
import lockstep.server.secrets.SecretModel.Write;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import tools.jackson.databind.JsonNode;

/**
 * After random batches, every state that {@link SecretModel} was in is what the server says the
 * environment held then, and what a rollback makes of it again.
 */
class EnvironmentHistoryPropertyTest {

  /** A time, and what there was. */
  private record Moment(String time, Map<String, Entry> secrets) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return new SecretBatchesPropertyTest().steps();
  }

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void everyStateIsRememberedAndComesBack(@ForAll("steps") List<Step> steps) {
    ServerUnderTest server = Backend.SQLITE.server();
    TestOrganisation organisation = TestOrganisation.create(server);
    TestApp app = organisation.app("shop");
    TestCaller owner = organisation.owner();
    SecretModel model = new SecretModel();
    List<String> ids = new ArrayList<>();
    ids.add(SecretsContract.UNKNOWN_ID);
    // As each secret was last, deleted ones included.
    Map<String, Entry> last = new LinkedHashMap<>();
    List<Moment> moments = new ArrayList<>();
    moments.add(new Moment(updatedAt(owner, app), Map.of()));
    for (Step step : steps) {
      List<Write> writes =
          step.plans().stream()
              .map(plan -> SecretBatchesPropertyTest.write(step, plan, ids))
              .toList();
      TestResponse answer = SecretBatchesPropertyTest.send(owner, app, step.kind(), writes);
      SecretBatchesPropertyTest.expected(model, step, writes, answer, ids);
      last.putAll(model.secrets());
      moments.add(new Moment(updatedAt(owner, app), new LinkedHashMap<>(model.secrets())));
    }

    List<Moment> toVisit = new ArrayList<>(moments.reversed());
    toVisit.addAll(moments);
    for (Moment moment : toVisit) {
      owner.post(path(app) + "rollback/", Map.of("at", moment.time())).is(200);
      Map<String, Entry> now = SecretBatchesPropertyTest.stored(owner, app);
      assertThat(withoutVersions(now)).isEqualTo(withoutVersions(afterRollback(moment, last)));
      last.putAll(now);
      moments.add(new Moment(updatedAt(owner, app), now));
    }
    for (Moment moment : moments) {
      assertThat(at(owner, app, moment.time())).isEqualTo(shown(moment, last));
    }
  }

  /** What was sealed since keeps the seal and its value. */
  private static Map<String, Entry> afterRollback(Moment moment, Map<String, Entry> last) {
    Map<String, Entry> expected = new LinkedHashMap<>();
    moment
        .secrets()
        .forEach(
            (id, then) -> {
              Entry latest = Objects.requireNonNull(last.get(id));
              expected.put(
                  id,
                  latest.sealed()
                      ? new Entry(then.path(), then.key(), latest.value(), true, then.version())
                      : then);
            });
    return expected;
  }

  private static Map<String, Entry> withoutVersions(Map<String, Entry> secrets) {
    Map<String, Entry> copy = new LinkedHashMap<>();
    secrets.forEach(
        (id, one) -> copy.put(id, new Entry(one.path(), one.key(), one.value(), one.sealed(), 0)));
    return copy;
  }

  /** What is sealed by now shows no value. */
  private static Map<String, Entry> shown(Moment moment, Map<String, Entry> last) {
    Map<String, Entry> shown = new LinkedHashMap<>();
    moment
        .secrets()
        .forEach(
            (id, one) -> {
              boolean isSealed = Objects.requireNonNull(last.get(id)).sealed();
              shown.put(
                  id,
                  new Entry(
                      one.path(),
                      one.key(),
                      isSealed ? "(none)" : one.value(),
                      one.sealed(),
                      one.version()));
            });
    return shown;
  }

  private static Map<String, Entry> at(TestCaller owner, TestApp app, String time) {
    Map<String, Entry> held = new LinkedHashMap<>();
    owner
        .get(path(app) + "?show=true&at=" + encoded(time))
        .is(200)
        .json()
        .get("data")
        .forEach(
            secret -> {
              JsonNode value = secret.at("/plaintext/value");
              held.put(
                  secret.get("id").stringValue(),
                  new Entry(
                      secret.get("path").stringValue(),
                      secret.at("/plaintext/key").stringValue(),
                      value.isNull() ? "(none)" : value.stringValue(),
                      secret.get("type").stringValue().equals("sealed"),
                      secret.get("version").intValue()));
            });
    return held;
  }

  private static String path(TestApp app) {
    return "/v1/environments/" + app.environment("Development") + "/history/";
  }

  private static String updatedAt(TestCaller owner, TestApp app) {
    return owner
        .get("/v1/environments/" + app.environment("Development") + "/")
        .is(200)
        .json()
        .get("updatedAt")
        .stringValue();
  }
}
