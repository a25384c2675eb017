package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.secret;
import static lockstep.server.testing.TestCaller.encoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.Sample;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/environments/:id/history/}: earlier states of an environment, and the way back. */
@ContractTest
final class EnvironmentHistoryContractTest extends SecretsContract {

  private String path() {
    return "/v1/environments/" + app.environment("Development") + "/history/";
  }

  private JsonNode at(String time, String more) {
    return owner.get(path() + "?at=" + encoded(time) + more).is(200).json().get("data");
  }

  private JsonNode difference(String from, String to, String more) {
    String query = "diff/?from=" + encoded(from) + "&to=" + encoded(to) + more;
    return owner.get(path() + query).is(200).json().get("data");
  }

  private TestResponse rollBack(TestCaller caller, String time) {
    return caller.post(path() + "rollback/", Map.of("at", time));
  }

  private JsonNode rolledBack(String time) {
    return rollBack(owner, time).is(200).json().get("data");
  }

  /** The secrets without what grows with every change. */
  private List<JsonNode> state() {
    List<JsonNode> state = new ArrayList<>();
    for (JsonNode one : list()) {
      ObjectNode copy = ((ObjectNode) one).deepCopy();
      copy.remove(List.of("version", "updatedAt"));
      state.add(copy);
    }
    return state;
  }

  private static List<String> plain(JsonNode secrets, String member) {
    List<String> texts = new ArrayList<>();
    secrets.forEach(
        one -> {
          JsonNode text = one.get("plaintext").get(member);
          texts.add(text.isNull() ? "(none)" : text.stringValue());
        });
    return texts;
  }

  private static List<String> ids(JsonNode refs) {
    return refs.valueStream().map(ref -> ref.get("id").stringValue()).toList();
  }

  @Test
  void anEnvironmentIsShownAsItWasAtATime() {
    String empty = environmentUpdatedAt();
    String b = createOne(secretWith("B", "value", "1", "tags", List.of("t"), "comment", "c"));
    String a = createOne(secret("/f", "A", "${B}"));
    String full = environmentUpdatedAt();
    update(change(b, "key", "Z", "value", "2"));
    delete(a);
    String now = environmentUpdatedAt();

    assertThat(at(empty, "")).isEmpty();
    JsonNode then = at(full, "&show=true");
    assertThat(ids(then)).containsExactly(b, a);
    assertThat(plain(then, "key")).containsExactly("B", "A");
    assertThat(plain(then, "value")).containsExactly("1", "${B}");
    assertThat(plain(then, "comment")).containsExactly("c", "");
    assertThat(each(then, "path")).containsExactly("/", "/f");
    assertThat(then.get(0).get("tags").toString()).isEqualTo("[\"t\"]");
    assertThat(plain(at(full, ""), "value")).containsOnly("(none)");
    assertThat(plain(at(now, "&show=true"), "value")).containsExactly("2");
    assertThat(at("2999-01-01T00:00:00Z", "")).hasSize(1);
    assertThat(at(full.replace("Z", "+00:00"), "")).hasSize(2);
  }

  @Test
  void differencesSayWhatWasAddedRemovedAndChanged() {
    String changed = createOne(secretWith("CHANGED", "tags", List.of("t")));
    String same = createOne(secret("SAME", "v"));
    String removed = createOne(secret("REMOVED", "v"));
    String from = environmentUpdatedAt();
    update(
        change(changed, "value", "w", "tags", List.of(), "path", "/p"), change(same, "value", "v"));
    delete(removed);
    String added = createOne(secret("ADDED", "v"));
    String passing = createOne(secret("PASSING", "v"));
    delete(passing);
    String to = environmentUpdatedAt();

    JsonNode data = difference(from, to, "&show=true");

    assertThat(ids(data)).containsExactly(removed, added, changed);
    assertThat(each(data, "change")).containsExactly("removed", "added", "changed");
    assertThat(data.get(0).get("after").isNull()).isTrue();
    assertThat(data.get(1).get("before").isNull()).isTrue();
    assertThat(data.get(2).get("changed").toString()).isEqualTo("[\"path\",\"value\",\"tags\"]");
    assertThat(data.get(2).at("/before/plaintext/value").stringValue()).isEqualTo("v");
    assertThat(data.get(2).at("/after/plaintext/value").stringValue()).isEqualTo("w");
    assertThat(difference(from, to, "").get(2).at("/after/plaintext/value").isNull()).isTrue();
    assertThat(each(difference(to, from, ""), "change"))
        .containsExactly("changed", "added", "removed");
    assertThat(difference(to, to, "")).isEmpty();
  }

  @Test
  void whatIsSealedByNowShowsNoValue() {
    String id = createOne(secret("K", "canary"));
    String before = environmentUpdatedAt();
    update(change(id, "type", "sealed"));
    String after = environmentUpdatedAt();
    delete(id);

    for (String time : List.of(before, after)) {
      assertThat(at(time, "&show=true").toString()).doesNotContain("canary");
    }
    assertThat(difference(before, after, "&show=true").toString()).doesNotContain("canary");
  }

  @Test
  void aRollbackBringsBackAllThatAnEnvironmentHeld() {
    JsonNode created =
        create(
            secretWith(
                "A", "value", "a", "tags", List.of("x", "y"), "override", override("o", true)),
            secretWith("B", "value", "b", "path", "/p/q", "comment", "c"),
            secretWith("C", "type", "config"),
            secretWith("SAME", "value", "s"));
    List<String> ids = each(created, "id");
    String then = environmentUpdatedAt();
    List<JsonNode> state = state();
    String revived = ids.get(2);
    // Names are exchanged, and one is taken by a new secret.
    update(
        change(ids.get(0), "key", "B", "path", "/p/q", "tags", List.of("y"), "value", "2"),
        change(ids.get(1), "key", "A", "path", "/", "comment", "", "type", "config"));
    delete(revived);
    String since = createOne(secret("C", "new"));
    List<JsonNode> later = state();
    String latest = environmentUpdatedAt();

    JsonNode answer = rolledBack(then);

    assertThat(state()).isEqualTo(state);
    assertThat(ids(answer.get("restored"))).containsExactly(revived);
    assertThat(ids(answer.get("changed"))).containsExactlyInAnyOrder(ids.get(0), ids.get(1));
    assertThat(ids(answer.get("deleted"))).containsExactly(since);
    assertThat(answer.get("kept")).isEmpty();
    assertThat(answer.get("updatedAt").stringValue())
        .isEqualTo(environmentUpdatedAt())
        .isGreaterThan(latest);
    rolledBack(latest);
    assertThat(state()).isEqualTo(later);
    JsonNode nothing = rolledBack(latest);
    for (String group : List.of("restored", "changed", "deleted", "kept")) {
      assertThat(nothing.get(group)).isEmpty();
    }
  }

  @Test
  void aRollbackToBeforeTheFirstSecretDeletesAll() {
    String empty = environmentUpdatedAt();
    create(secret("A", "v"), secret("/p", "B", "v"));

    rolledBack(empty);

    assertThat(list()).isEmpty();
  }

  @Test
  void aRollbackKeepsPersonalValuesAsTheyAre() {
    String id = createOne(secretWith("K", "override", override("old", true)));
    String then = environmentUpdatedAt();
    update(change(id, "value", "w", "override", override("new", false)));

    rolledBack(then);

    JsonNode own = list().get(0).get("override");
    assertThat(own.get("value").stringValue()).isEqualTo("new");
    assertThat(own.get("isActive").booleanValue()).isFalse();
  }

  @Test
  void aRollbackBreaksNoSeal() {
    String id = createOne(secret("K", "open"));
    String gone = createOne(secret("L", "open"));
    String then = environmentUpdatedAt();
    update(
        change(id, "key", "M", "value", "hidden", "type", "sealed"),
        change(gone, "value", "hidden", "type", "sealed"));
    delete(gone);

    JsonNode answer = rolledBack(then);

    assertThat(ids(answer.get("kept"))).containsExactlyInAnyOrder(id, gone);
    assertThat(each(answer.get("kept"), "reason")).containsOnly("sealed");
    for (String key : List.of("K", "L")) {
      assertThat(secretNamed(key).get("type").stringValue()).isEqualTo("sealed");
      assertThat(secretNamed(key).get("value").stringValue()).isEqualTo("hidden");
    }
  }

  @Test
  void aRollbackLeavesRotatingSecretsAlone() {
    String then = environmentUpdatedAt();
    String id =
        new StoredRows(server, app, "Development")
            .insert("ROTATING", "v", row -> row.setLifecycle("rotating"))
            .toString();
    createOne(secret("K", "v"));

    JsonNode answer = rolledBack(then);

    assertThat(ids(answer.get("kept"))).containsExactly(id);
    assertThat(each(answer.get("kept"), "reason")).containsExactly("rotating");
    assertThat(keys(list())).containsExactly("ROTATING");
  }

  @Test
  void aRollbackIsOneEventWithAllItDid() {
    String changed = createOne(secret("A", "v"));
    String deleted = createOne(secret("B", "v"));
    String then = environmentUpdatedAt();
    update(change(changed, "value", "w"));
    delete(deleted);
    String since = createOne(secret("C", "v"));

    rolledBack(then);

    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                        .and(AUDIT_EVENT.DESCRIPTION.eq("Environment rolled back"))
                        .fetch(AUDIT_EVENT.DETAILS));
    assertThat(events).hasSize(1);
    assertThat(events.getFirst()).contains(changed + ":3", deleted + ":2", since + ":1", then);
  }

  @Test
  void aRollbackNeedsAllThatItMayDo() {
    createOne(secret("K", "v"));
    String then = environmentUpdatedAt();
    createOne(secret("L", "v"));
    for (Action missing : List.of(Action.CREATE, Action.UPDATE, Action.DELETE)) {
      Set<Action> actions = EnumSet.complementOf(EnumSet.of(missing));
      assertRefused(
          403,
          "You don't have permission to " + missing.wireName() + " secrets in this environment.",
          () -> rollBack(memberWho(actions), then));
    }
    TestCaller writer = memberWho(EnumSet.of(Action.CREATE, Action.UPDATE, Action.DELETE));
    String refusal = "You don't have permission to read secrets in this environment.";
    writer.get(path() + "?at=" + then).isError(403, refusal);
    writer.get(path() + "diff/?from=" + then + "&to=" + then).isError(403, refusal);
    rollBack(writer, then).is(200);
    assertThat(keys(list())).containsExactly("K");
  }

  private TestCaller memberWho(Set<Action> actions) {
    TestCaller member =
        organisation.memberWith(new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, actions)));
    organisation.grant(member, app, "Development");
    return member;
  }

  @Test
  void timesMustBeTimes() {
    String rule = "' must be a time such as 2026-02-03T04:05:06Z";
    for (String wrong :
        List.of("", "x", "2026-02-03", "1969-12-31T23:59:59Z", "+99999-01-01T00:00:00Z")) {
      owner.get(path() + "?at=" + encoded(wrong)).isError(400, "'at" + rule);
      owner
          .get(path() + "diff/?to=2026-02-03T04:05:06Z&from=" + encoded(wrong))
          .isError(400, "'from" + rule);
      assertRefused(400, "'at" + rule, () -> rollBack(owner, wrong));
    }
    owner.get(path()).isError(400, "'at" + rule);
    owner.get(path() + "diff/?from=2026-02-03T04:05:06Z").isError(400, "'to" + rule);
    owner.post(path() + "rollback/", Map.of()).isError(400, "Missing required field: at");
  }

  @Test
  void endToEndAppsHaveThisTooForWhoHasAKey() {
    TestClient client =
        TestClient.open(owner, organisation.token(owner), app.environment("Development"));
    organisation.turnSseOff(app);
    String id = client.createOne(client.secret("K", "v1"));
    String deleted = client.createOne(client.secret("L", "v"));
    String then = client.list().get(1).get("created_at").stringValue();
    client.update(Map.of("id", id, "value", client.encrypt("v2"))).is(200);
    client.delete(deleted).is(200);
    String now = client.list().get(0).get("updated_at").stringValue();

    JsonNode held = at(then, "&show=true");
    assertThat(held.get(0).get("plaintext").isNull()).isTrue();
    assertThat(client.decrypt(held.get(0).get("ciphertext"), "value")).isEqualTo("v1");
    assertThat(at(then, "").get(0).at("/ciphertext/value").isNull()).isTrue();
    assertThat(difference(then, now, "")).hasSize(1);
    rolledBack(then);
    assertThat(client.list()).hasSize(2);
    assertThat(client.decrypt(client.list().get(0), "value")).isEqualTo("v1");
    rollBack(organisation.member(DefaultRole.ADMIN), then)
        .isError(403, "User cannot access this environment");
    owner
        .get(path().replace(app.environment("Development"), UNKNOWN_ID))
        .isError(404, "Environment not found");
  }

  @Test
  void aRollbackOfMoreSecretsThanOneRequestMayChangeIsRefused() {
    assumeTrue(Sample.takes(backend));
    String empty = environmentUpdatedAt();
    List<Object> entries = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      entries.add(secret("K" + i, ""));
    }
    create(entries.toArray());
    String full = environmentUpdatedAt();
    createOne(secret("MORE", ""));

    rollBack(owner, empty)
        .isError(
            409,
            "Going back to that time would change 10001 secrets, and one rollback changes at most"
                + " 10000. Choose a later time, or delete or restore some of them first.");
    assertThat(list()).hasSize(10_001);

    assertThat(rolledBack(full).get("deleted")).hasSize(1);
    assertThat(rolledBack(empty).get("deleted")).hasSize(10_000);
  }
}
