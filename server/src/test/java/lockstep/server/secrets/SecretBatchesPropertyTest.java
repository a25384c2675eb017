package lockstep.server.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.server.ServerUnderTest;
import lockstep.server.secrets.SecretModel.Entry;
import lockstep.server.secrets.SecretModel.Outcome;
import lockstep.server.secrets.SecretModel.Write;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import tools.jackson.databind.JsonNode;

/** Random batches have the same answers and the same effects as in {@link SecretModel}. */
class SecretBatchesPropertyTest {

  enum Kind {
    CREATE,
    UPDATE,
    DELETE
  }

  /**
   * One entry of a batch before it is known what secrets there are.
   *
   * @param target picks one of the secrets that were ever created, or none
   */
  record Plan(
      int target,
      String key,
      Optional<String> newKey,
      Optional<String> value,
      Optional<String> path,
      Optional<String> type) {}

  record Step(Kind kind, List<Plan> plans) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> keys = Arbitraries.of("a", "A", "b", "B", "c", "d", "ß", "ss");
    Arbitrary<Plan> plans =
        Combinators.combine(
                Arbitraries.integers().between(0, 9),
                keys,
                keys.optional(0.5),
                Arbitraries.of("1", "2", "").optional(0.7),
                Arbitraries.of("/", "/f").optional(0.6),
                Arbitraries.of("secret", "config", "sealed").optional(0.2))
            .as(Plan::new);
    Arbitrary<Step> steps =
        Combinators.combine(
                Arbitraries.frequency(
                    net.jqwik.api.Tuple.of(3, Kind.CREATE),
                    net.jqwik.api.Tuple.of(6, Kind.UPDATE),
                    net.jqwik.api.Tuple.of(1, Kind.DELETE)),
                plans.list().ofMinSize(1).ofMaxSize(4))
            .as(Step::new);
    return steps.list().ofSize(12);
  }

  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void batchesBehaveLikeTheModel(@ForAll("steps") List<Step> steps) {
    ServerUnderTest server = Backend.SQLITE.server();
    TestOrganisation organisation = TestOrganisation.create(server);
    TestApp app = organisation.app("shop");
    TestCaller owner = organisation.owner();
    SecretModel model = new SecretModel();
    List<String> ids = new ArrayList<>();
    ids.add(SecretsContract.UNKNOWN_ID);

    for (Step step : steps) {
      List<Write> writes = step.plans().stream().map(plan -> write(step, plan, ids)).toList();
      TestResponse answer = send(owner, app, step.kind(), writes);
      assertThat(outcome(answer))
          .as("%s", writes)
          .isEqualTo(expected(model, step, writes, answer, ids));
      assertThat(stored(owner, app)).as("after %s", writes).isEqualTo(model.secrets());
    }
  }

  static Write write(Step step, Plan plan, List<String> ids) {
    boolean creates = step.kind() == Kind.CREATE;
    return new Write(
        ids.get(plan.target() % ids.size()),
        creates ? Optional.of(plan.key()) : plan.newKey(),
        creates ? Optional.of(plan.value().orElse("v")) : plan.value(),
        plan.path(),
        plan.type());
  }

  static TestResponse send(TestCaller owner, TestApp app, Kind kind, List<Write> writes) {
    return switch (kind) {
      case CREATE -> owner.post(app.secrets(), secrets(writes.stream().map(w -> json(w)).toList()));
      case UPDATE ->
          owner.put(
              app.secrets(),
              secrets(
                  writes.stream()
                      .map(
                          write -> {
                            Map<String, Object> json = json(write);
                            json.put("id", write.id());
                            return json;
                          })
                      .toList()));
      case DELETE -> owner.delete(app.secrets(), secrets(writes.stream().map(Write::id).toList()));
    };
  }

  private static Map<String, Object> secrets(List<?> entries) {
    return Map.of("secrets", entries);
  }

  private static Map<String, Object> json(Write write) {
    Map<String, Object> json = new LinkedHashMap<>();
    write.key().ifPresent(key -> json.put("key", key));
    write.value().ifPresent(value -> json.put("value", value));
    write.path().ifPresent(path -> json.put("path", path));
    write.type().ifPresent(type -> json.put("type", type));
    return json;
  }

  static Outcome expected(
      SecretModel model, Step step, List<Write> writes, TestResponse answer, List<String> ids) {
    return switch (step.kind()) {
      case CREATE -> {
        List<String> created = answer.status() == 201 ? answer.each("id") : List.of();
        ids.addAll(created);
        yield model.create(writes, created);
      }
      case UPDATE -> model.update(writes);
      case DELETE -> model.delete(writes.stream().map(Write::id).toList());
    };
  }

  private static Outcome outcome(TestResponse answer) {
    JsonNode json = answer.json();
    if (answer.status() >= 400) {
      return new Outcome(answer.status(), json.get("error").stringValue(), List.of());
    }
    List<Entry> entries = new ArrayList<>();
    if (json.isArray()) {
      json.forEach(secret -> entries.add(entry(secret)));
    }
    return new Outcome(answer.status(), "", entries);
  }

  static Map<String, Entry> stored(TestCaller owner, TestApp app) {
    Map<String, Entry> stored = new LinkedHashMap<>();
    owner
        .get(app.secrets())
        .is(200)
        .json()
        .forEach(secret -> stored.put(secret.get("id").stringValue(), entry(secret)));
    return stored;
  }

  private static Entry entry(JsonNode secret) {
    return new Entry(
        secret.get("path").stringValue(),
        secret.get("key").stringValue(),
        secret.get("value").stringValue(),
        secret.get("type").stringValue().equals("sealed"),
        secret.get("version").intValue());
  }
}
