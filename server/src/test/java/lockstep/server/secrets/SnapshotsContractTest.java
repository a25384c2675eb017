package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/** What is kept between requests never shows, except by entity tags. */
@ContractTest
final class SnapshotsContractTest extends SecretsContract {

  @Test
  void everyReadShowsTheNewestValue() {
    String id = createOne(secret("A", "0"));
    for (int i = 1; i <= 20; i++) {
      update(Map.of("id", id, "value", "v" + i));
      assertThat(secretNamed("A").get("value").stringValue()).isEqualTo("v" + i);
      assertThat(list("key", "a").get(0).get("value").stringValue()).isEqualTo("v" + i);
    }
    delete(id);
    assertThat(list()).isEmpty();
  }

  @Test
  void anOverrideIsSeenByItsOwnerAloneAndUntilItIsGone() {
    create(secret("A", "shared"));
    TestCaller other = organisation.member(DefaultRole.ADMIN);
    assertThat(list().get(0).get("override").isNull()).isTrue();

    String id = list().get(0).get("id").stringValue();
    update(Map.of("id", id, "override", Map.of("value", "mine", "isActive", true)));

    assertThat(list().get(0).get("override").get("value").stringValue()).isEqualTo("mine");
    assertThat(other.get(app.secrets()).is(200).json().get(0).get("override").isNull()).isTrue();
    assertThat(list("key", "A").get(0).get("override").get("value").stringValue())
        .isEqualTo("mine");
  }

  @Test
  void aReferenceToAnotherEnvironmentShowsItsNewestValue() {
    create(secret("A", "${production.B}"));
    String production = app.secrets("Production");
    String id =
        owner
            .post(production, body(secret("B", "0")))
            .is(201)
            .json()
            .get(0)
            .get("id")
            .stringValue();
    for (int i = 1; i <= 5; i++) {
      owner.put(production, Map.of("secrets", List.of(Map.of("id", id, "value", "v" + i)))).is(200);
      assertThat(secretNamed("A").get("value").stringValue()).isEqualTo("v" + i);
    }
  }

  @Test
  void aClientThatHasItAlreadyGetsNoBody() {
    create(secret("A", "a"), secret("B", "b"));
    TestResponse first = owner.get(app.secrets()).is(200);
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(tag).matches("\"[0-9a-f]{32}\"");

    TestCaller knowing = owner.with("If-None-Match", "\"x\", W/" + tag);
    TestResponse again = knowing.get(app.secrets()).is(304);
    assertThat(again.text()).isEmpty();
    assertThat(again.headers().firstValue("ETag")).hasValue(tag);
    assertThat(knowing.get(app.secrets() + "&key=A").is(200).json()).hasSize(1);
    assertThat(knowing.get(app.secrets("Staging")).is(200).json()).isEmpty();

    createOne(secret("C", "c"));
    assertThat(knowing.get(app.secrets()).is(200).json()).hasSize(3);
  }

  @Test
  void whatIsReadWithoutABodyIsOnRecord() {
    create(secret("A", "a"));
    String tag = owner.get(app.secrets()).is(200).headers().firstValue("ETag").orElseThrow();
    owner.with("If-None-Match", tag).get(app.secrets()).is(304);

    String newest = owner.get("/v1/audit/events/?limit=1").is(200).text();
    assertThat(newest).contains("Secrets read").contains("\"notModified\":true");
  }

  @Test
  void tagsTellCallersAndReferencedStatesApart() {
    String id = createOne(secret("A", "${production.B}"));
    String production = app.secrets("Production");
    String referenced =
        owner
            .post(production, body(secret("B", "0")))
            .is(201)
            .json()
            .get(0)
            .get("id")
            .stringValue();
    String tag = owner.get(app.secrets()).is(200).headers().firstValue("ETag").orElseThrow();
    owner.with("If-None-Match", tag).get(app.secrets()).is(304);

    TestCaller other = organisation.member(DefaultRole.ADMIN);
    other.with("If-None-Match", tag).get(app.secrets()).is(200);

    String now = owner.get(app.secrets()).is(200).headers().firstValue("ETag").orElseThrow();
    owner
        .put(production, Map.of("secrets", List.of(Map.of("id", referenced, "value", "1"))))
        .is(200);
    assertThat(owner.with("If-None-Match", now).get(app.secrets()).is(200).text())
        .contains("\"value\":\"1\"");
    assertThat(id).isNotEmpty();
  }

  /** What is kept ready for a name is what everybody is shown, and not what one caller is. */
  @Test
  void aNameThatIsAskedForAgainIsAnsweredForEachCallerAndEachState() {
    String id = createOne(secret("A", "common"));
    create(secret("B", "other"));
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Development");
    String byName = app.secrets() + "&key=A";
    TestResponse first = owner.get(byName).is(200);
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(developer.get(byName).is(200).text()).isEqualTo(first.text());
    assertThat(owner.get(byName).is(200).text()).isEqualTo(first.text());
    owner.with("If-None-Match", tag).get(byName).is(304);
    owner.with("If-None-Match", tag).get(byName + "&path=/").is(200);
    assertThat(owner.get(byName + "&path=/x").is(200).json()).isEmpty();

    developer.put(app.secrets(), body(change(id, "override", override("mine", true)))).is(200);

    for (int time = 0; time < 2; time++) {
      TestResponse own = developer.with("If-None-Match", tag).get(byName).is(200);
      assertThat(own.json().get(0).get("override").get("value").stringValue()).isEqualTo("mine");
      TestResponse owners = owner.get(byName).is(200);
      assertThat(owners.json().get(0).get("override").isNull()).isTrue();
      assertThat(owners.headers().firstValue("ETag"))
          .isNotEqualTo(own.headers().firstValue("ETag"));
    }
    update(change(id, "value", "changed"));
    assertThat(secretNamed("A").get("value").stringValue()).isEqualTo("changed");
    assertThat(secretNamed("B").get("value").stringValue()).isEqualTo("other");
    owner.delete(app.secrets(), Map.of("secrets", List.of(id))).is(200);
    assertThat(owner.get(byName).is(200).json()).isEmpty();
  }

  private static String valueOf(TestCaller caller, String secrets, String key) {
    for (var one : caller.get(secrets).is(200).json()) {
      if (one.get("key").stringValue().equals(key)) {
        return one.get("value").stringValue();
      }
    }
    throw new AssertionError("not listed: " + key);
  }

  private void assertReads(TestCaller caller, String expected) {
    for (int i = 0; i < 3; i++) {
      assertThat(valueOf(caller, app.secrets(), "A")).isEqualTo(expected);
    }
  }

  /** All of it twice and more: what was resolved for the same caller before is shown again. */
  @Test
  void whatWasResolvedIsShownAgainAsLongAsItIsTrue() {
    create(secret("A", "${production.B}"), secret("C", "c"));
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Development");
    assertReads(owner, "${production.B}");

    String production = app.secrets("Production");
    String referenced = owner.post(production, body(secret("B", "0"))).is(201).id();
    assertReads(owner, "0");
    assertReads(developer, "${production.B}");

    organisation.grant(developer, app, "Production");
    assertReads(developer, "0");

    owner
        .put(production, Map.of("secrets", List.of(Map.of("id", referenced, "value", "1"))))
        .is(200);
    assertReads(owner, "1");
    assertReads(developer, "1");

    String id = owner.get(app.secrets() + "&key=A").is(200).id();
    Map<String, Object> override =
        Map.of("id", id, "override", Map.of("value", "mine ${production.B}", "isActive", true));
    developer.put(app.secrets(), Map.of("secrets", List.of(override))).is(200);
    for (int i = 0; i < 3; i++) {
      assertThat(developer.get(app.secrets()).is(200).text()).contains("\"mine 1\"");
      assertThat(owner.get(app.secrets()).is(200).text()).doesNotContain("mine");
    }

    owner.delete(production, Map.of("secrets", List.of(referenced))).is(200);
    assertReads(owner, "${production.B}");
  }

  @Test
  void whatIsShownAgainIsOnRecordWithWhatReferencesBrought() {
    create(secret("A", "${production.B}"));
    owner.post(app.secrets("Production"), body(secret("B", "0"))).is(201);
    for (int i = 0; i < 3; i++) {
      owner.get(app.secrets()).is(200);
      assertThat(owner.get("/v1/audit/events/?limit=2").is(200).text())
          .contains("Secrets read", "Secrets read through references");
    }
  }

  @Test
  void aDeletedEnvironmentIsGoneAtOnce() {
    create(secret("A", "a"));
    list();
    owner.delete("/v1/environments/" + app.environment("Development") + "/").is(204);

    owner.get(app.secrets()).is(404);
  }

  @Test
  void namesInAnyCaseAndLengthAreUnderstoodEachTime() {
    create(secret("A", "a"));
    for (int i = 0; i < 2; i++) {
      assertThat(owner.get(app.secrets("DEVELOPMENT")).is(200).json()).hasSize(1);
      owner.get(app.secrets("D".repeat(500))).is(404);
    }
  }
}
