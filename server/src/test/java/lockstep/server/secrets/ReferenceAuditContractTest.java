package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.http.Fields;
import lockstep.server.http.Json;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;

/** What leaves through references is on record like everything else that is read. */
@ContractTest
final class ReferenceAuditContractTest extends ReferenceFixture {

  /** The reads through references that the request put on record: environment, then secrets. */
  private List<List<String>> readsThroughReferences(Runnable request) {
    Set<UUID> before = new HashSet<>(events().stream().map(AuditEventRecord::getId).toList());
    request.run();
    return events().stream()
        .filter(event -> !before.contains(event.getId()))
        .filter(event -> details(event).text("via").isPresent())
        .map(
            event -> {
              assertThat(event.getAction()).isEqualTo("read");
              assertThat(details(event).text("via")).contains("references");
              List<String> line = new java.util.ArrayList<>();
              line.add(event.getEnvironmentId().toString());
              details(event).list("secrets").orElseThrow().stream()
                  .map(secret -> secret.text().orElseThrow())
                  .sorted()
                  .forEach(line::add);
              return line;
            })
        .toList();
  }

  private List<AuditEventRecord> events() {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .and(AUDIT_EVENT.RESOURCE_TYPE.eq("secret"))
                    .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                    .fetch());
  }

  private static Fields details(AuditEventRecord event) {
    return Json.parse(event.getDetails().getBytes(StandardCharsets.UTF_8));
  }

  private String dev() {
    return web.environment("dev");
  }

  private String prod() {
    return web.environment("prod");
  }

  private String version(String environment, String key) {
    var secret = owner.get(web.secrets(environment) + "&key=" + key).is(200).json().get(0);
    return secret.get("id").stringValue() + ":" + secret.get("version").intValue();
  }

  @Test
  void aReadRecordsWhatItReadInOtherEnvironments() {
    given("prod B=b", "A=${prod.B}", "Z=${prod.B}${prod.B}");

    assertThat(readsThroughReferences(() -> owner.get(web.secrets("dev")).is(200)))
        .containsExactly(List.of(prod(), version("prod", "B")));
  }

  @Test
  void everySecretOnTheWayIsRecordedOncePerEnvironment() {
    var api = app("api", "prod");
    given("api::prod C=c", "prod B=b${D}${api::prod.C}", "prod D=d", "A=${prod.B}${prod.D}");
    var b = version("prod", "B");
    var d = version("prod", "D");
    var c = owner.get(api.secrets("prod")).is(200).id() + ":1";

    assertThat(readsThroughReferences(() -> read(owner, "A")))
        .containsExactlyInAnyOrder(
            List.of(prod(), b.compareTo(d) < 0 ? b : d, b.compareTo(d) < 0 ? d : b),
            List.of(api.environment("prod"), c));
  }

  @Test
  void answersToWritesRecordWhatTheyRead() {
    given("prod B=b", "C=c");
    String b = version("prod", "B");
    String c = version("dev", "C");

    assertThat(
            readsThroughReferences(
                () ->
                    owner
                        .post(
                            web.secrets("dev"),
                            body(secret("A", "${prod.B}${C}"), secret("D", "${A}")))
                        .is(201)))
        .containsExactlyInAnyOrder(List.of(prod(), b), List.of(dev(), c));

    String a = owner.get(web.secrets("dev") + "&key=A").id();
    assertThat(
            readsThroughReferences(
                () ->
                    owner
                        .put(web.secrets("dev"), body(SecretsContract.change(a, "comment", "x")))
                        .is(200)))
        .containsExactlyInAnyOrder(List.of(prod(), b), List.of(dev(), c));
  }

  @Test
  void aFilteredReadRecordsItsOwnEnvironmentOnlyForWhatTheListLacks() {
    given("C=c", "A=${C}", "B=${C}");
    String c = version("dev", "C");

    assertThat(readsThroughReferences(() -> read(owner, "A"))).containsExactly(List.of(dev(), c));
    assertThat(readsThroughReferences(() -> owner.get(web.secrets("dev")).is(200))).isEmpty();
  }

  @Test
  void whatDidNotGetIntoTheAnswerIsNotRecorded() {
    given("prod B=${LOOP}", "prod LOOP=${B}", "prod BIG=" + "x".repeat(65_536));
    given("prod HUGE=" + "${BIG}".repeat(16), "A=y${prod.HUGE}", "C=${dev.C}${NOPE}");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, web, "dev");

    assertThat(readsThroughReferences(() -> owner.get(web.secrets("dev")).is(200))).isEmpty();
    assertThat(readsThroughReferences(() -> developer.get(web.secrets("dev")).is(200))).isEmpty();
    assertThat(readsThroughReferences(() -> createdAs(owner, "D", "${prod.B}")))
        .singleElement()
        .satisfies(line -> assertThat(line).hasSize(3).startsWith(prod()));
  }
}
