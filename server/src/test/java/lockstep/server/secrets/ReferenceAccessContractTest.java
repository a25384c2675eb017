package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** References lead only where the caller may read. */
@ContractTest
final class ReferenceAccessContractTest extends ReferenceFixture {

  private static final String VALUE = "${prod.B}-${api::prod.B}-${C}";
  private static final String UNRESOLVED = "${prod.B}-${api::prod.B}-c";
  private static final String RESOLVED = "b-api-c";

  private TestApp api = new TestApp("", "", Map.of());

  @BeforeEach
  void prepareSecrets() {
    api = app("api", "prod");
    given("C=c", "prod B=b", "api::prod B=api", "V=" + VALUE);
  }

  /** On a read and in the answer to a write alike. */
  private void assertSees(TestCaller caller, String expected) {
    assertThat(read(caller, "V")).isEqualTo(expected);
    String key = "W" + UUID.randomUUID();
    assertThat(createdAs(caller, key, VALUE)).isEqualTo(expected);
    String id = caller.get(web.secrets("dev") + "&key=" + key).is(200).id();
    assertThat(
            caller
                .put(web.secrets("dev"), body(SecretsContract.change(id, "comment", "x")))
                .is(200)
                .each("value"))
        .containsExactly(expected);
  }

  @Test
  void anOwnerSeesAll() {
    assertSees(owner, RESOLVED);
  }

  @Test
  void aMemberSeesWhatItHasEnvironmentsFor() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, web, "dev");
    assertSees(developer, UNRESOLVED);

    organisation.grant(developer, web, "prod");
    assertSees(developer, "b-${api::prod.B}-c");

    organisation.grant(developer, api, "prod");
    assertSees(developer, RESOLVED);
    assertThat(read(owner, "V")).isEqualTo(RESOLVED);
  }

  @Test
  void aServiceAccountSeesWhatItHasEnvironmentsFor() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(bot, web, "dev");
    assertSees(bot, UNRESOLVED);

    organisation.grant(bot, web, "prod");
    organisation.grant(bot, api, "prod");
    assertSees(bot, RESOLVED);
  }

  @Test
  void aLegacyServiceTokenSeesItsEnvironments() {
    assertSees(organisation.serviceToken(web, "dev"), UNRESOLVED);
    assertSees(organisation.serviceToken(web, "dev", "prod"), "b-${api::prod.B}-c");
  }

  @Test
  void accessEndsWithTheKey() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, web, "dev", "prod");
    assertThat(read(developer, "V")).isEqualTo("b-${api::prod.B}-c");

    organisation.revokeAllKeys(developer);
    developer.get(web.secrets("dev")).isError(403, "User cannot access this environment");
    organisation.grant(developer, web, "dev");

    assertSees(developer, UNRESOLVED);
  }

  @Test
  void whoMayOnlyWriteGetsReferencesBackAsWritten() {
    TestCaller writer = organisation.memberWith(secrets(Action.CREATE, Action.UPDATE));
    organisation.grant(writer, web, "dev", "prod");
    organisation.grant(writer, api, "prod");
    writer.get(web.secrets("dev")).is(403);

    String value = VALUE + "${dev.C}${web::dev.C}";
    assertThat(createdAs(writer, "W", value)).isEqualTo(value);
    String id = owner.get(web.secrets("dev") + "&key=W").id();
    Map<String, Object> change =
        SecretsContract.change(id, "override", SecretsContract.override("${C}", true));
    JsonNode changed = writer.put(web.secrets("dev"), body(change)).is(200).json().get(0);
    assertThat(changed.get("value").stringValue()).isEqualTo(value);
    assertThat(changed.get("override").get("value").stringValue()).isEqualTo("${C}");
  }

  @Test
  void otherAppsNeedThePermissionToReadSecretsThere() {
    TestCaller writer = organisation.memberWith(secrets(Action.CREATE, Action.UPDATE));
    organisation.grant(writer, web, "dev", "prod");
    organisation.grant(writer, api, "prod");

    UUID readers = organisation.team(organisation.customRole(secrets(Action.READ)), null);
    organisation.join(readers, writer);
    organisation.scope(readers, web, "dev");
    assertThat(createdAs(writer, "X", VALUE)).isEqualTo("b-${api::prod.B}-c");

    organisation.scope(readers, api, "prod");
    assertThat(createdAs(writer, "Y", VALUE)).isEqualTo(RESOLVED);

    organisation.deleteTeamOnly(readers);
    assertThat(createdAs(writer, "Z", VALUE)).isEqualTo(VALUE);
  }

  private static PermissionSet secrets(Action first, Action... others) {
    return new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, EnumSet.of(first, others)));
  }

  @Test
  void theWayThroughAForbiddenEnvironmentIsClosed() {
    given("api::prod HOP=${web::prod.B}", "V2=${api::prod.HOP}");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, web, "dev");
    organisation.grant(developer, api, "prod");

    assertThat(read(developer, "V2")).isEqualTo("${web::prod.B}");
    assertThat(read(owner, "V2")).isEqualTo("b");
  }

  @Test
  void anOverrideSeesNoMoreThanItsMember() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, web, "dev");
    String id = owner.get(web.secrets("dev") + "&key=C").id();

    assertThat(
            developer
                .put(
                    web.secrets("dev"),
                    body(
                        SecretsContract.change(
                            id, "override", SecretsContract.override(VALUE, true))))
                .is(200)
                .json()
                .get(0)
                .get("override")
                .get("value")
                .stringValue())
        .isEqualTo("${prod.B}-${api::prod.B}-${C}");
  }

  @Test
  void anAmbiguousAppNameStaysWhetherOrNotBothAreReached() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, web, "dev");
    organisation.grant(developer, api, "prod");
    assertThat(read(developer, "V")).isEqualTo("${prod.B}-api-c");

    TestApp twin = organisation.app("API", "prod");
    assertThat(read(developer, "V")).isEqualTo(UNRESOLVED);

    owner.delete("/v1/apps/" + twin.id() + "/").is(204);
    assertThat(read(developer, "V")).isEqualTo("${prod.B}-api-c");
  }

  @Test
  void theOwnAppIsKnownEvenIfItsNameIsAmbiguous() {
    organisation.app("Web", "dev");

    assertThat(createdAs(owner, "A", "${prod.B}|${web::prod.B}")).isEqualTo("b|${web::prod.B}");
  }

  @Test
  void anAppWithoutServerSideEncryptionIsClosed() {
    organisation.turnSseOff(api);

    assertSees(owner, "b-${api::prod.B}-c");
  }

  @Test
  void aRenamedEnvironmentIsFoundByItsNewNameOnly() {
    owner.put("/v1/environments/" + web.environment("prod") + "/", Map.of("name", "live")).is(200);

    assertThat(createdAs(owner, "A", "${prod.B}-${LIVE.B}")).isEqualTo("${prod.B}-b");
  }

  @Test
  void everyReaderOfOneSecretSeesItsOwnView() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, web, "dev");

    owner.post(web.secrets("dev"), body(secret("A", "${V}"))).is(201);

    assertThat(read(owner, "A")).isEqualTo(RESOLVED);
    assertThat(read(developer, "A")).isEqualTo(UNRESOLVED);
    assertThat(read(owner, "A")).isEqualTo(RESOLVED);
  }
}
