package lockstep.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/** Which environment a request is about, and who gets at it. */
@ContractTest
final class ProtocolContextContractTest extends ProtocolContract {

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

  /** An answer to each method, without a body. */
  private static List<TestResponse> each(TestCaller caller, String address) {
    return METHODS.stream().map(method -> caller.sendText(method, address, "")).toList();
  }

  @Test
  void anEnvironmentThatIsNotOursIsAnsweredLikeOneThatDoesNotExist() {
    TestOrganisation foreign = TestOrganisation.create(server);
    TestApp theirs = foreign.app("theirs");
    TestApp gone = organisation.app("gone");
    owner.delete("/v1/apps/" + gone.id() + "/").is(204);
    for (String id :
        List.of(
            theirs.environment("Development"),
            gone.environment("Development"),
            UNKNOWN_ID,
            "no-id",
            app.environment("Development").toUpperCase(Locale.ROOT) + "x")) {
      for (TestResponse answer : each(owner.with("Environment", id), SECRETS)) {
        answer.isError(401, "Environment not found");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
      }
    }
  }

  @Test
  void whoHoldsNoKeyIsRefusedByKind() {
    TestCaller member = organisation.member(DefaultRole.MANAGER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller legacy = organisation.serviceToken(organisation.app("open"), "Staging");
    each(inDevelopment(member), SECRETS)
        .forEach(answer -> answer.isError(403, "User cannot access this environment"));
    each(inDevelopment(account), SECRETS)
        .forEach(answer -> answer.isError(401, "Service account cannot access this environment"));
    each(inDevelopment(legacy), SECRETS)
        .forEach(answer -> answer.isError(401, "Service token cannot access this environment"));
  }

  @Test
  void globalAccessIsNoKey() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    inDevelopment(admin).get(SECRETS).isError(403, "User cannot access this environment");
    organisation.keyOf(admin, app, client.keys(), "Development");
    inDevelopment(admin).get(SECRETS).is(200);
  }

  @Test
  void theRoleSaysWhatMayBeDone() {
    TestCaller reader =
        organisation.memberWith(
            new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, Set.of(Action.READ))));
    organisation.keyOf(reader, app, client.keys(), "Development");
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    organisation.keyOf(nobody, app, client.keys(), "Development");
    inDevelopment(reader).get(SECRETS).is(200);
    for (String action : List.of("read", "create", "update", "delete")) {
      String method = METHODS.get(List.of("read", "create", "update", "delete").indexOf(action));
      String refusal = "You don't have permission to " + action + " secrets in this environment.";
      inDevelopment(nobody).sendText(method, SECRETS, "no json").isError(403, refusal);
      if (!action.equals("read")) {
        inDevelopment(reader).sendText(method, SECRETS, "no json").isError(403, refusal);
      }
    }
  }

  @Test
  void legacyTokensMayDoAllInTheirEnvironments() {
    app = organisation.app("open");
    TestCaller legacy = organisation.serviceToken(app, "Development");
    client = open(legacy, "Development");
    String id =
        client.createOne(client.secret("A", "a", "override", Map.of("value", "not even read")));
    client.update(client.secret("A", "b", "id", id)).is(200);
    assertThat(decrypted(client.list(), "value")).containsExactly("b");
    assertThat(client.list().get(0).get("override").isNull()).isTrue();
    client.delete(id).is(200);
    legacy.get(SECRETS).isError(401, "Service tokens require an environment context");
  }

  @Test
  void withoutAnEnvironmentThereIsNothingToDo() {
    String required = "Environment context required. Supply app_id and env as query parameters.";
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    for (TestCaller caller : List.of(owner, account)) {
      for (String query : List.of("", "?app_id=" + app.id(), "?env=Development", "?app_id=&env=")) {
        each(caller, SECRETS + query).forEach(answer -> answer.isError(403, required));
      }
    }
    owner.with("Environment", "").get(SECRETS).isError(403, required);
  }

  @Test
  void theQueryNamesTheEnvironmentWhereTheHeaderDoesNot() {
    String named = SECRETS + "?app_id=" + app.id() + "&env=dEVELOPMENT";
    client.create(client.secret("A", "a")).is(200);
    assertThat(owner.get(named).is(200).json()).hasSize(1);
    assertThat(owner.with("Environment", "").get(named).is(200).json()).hasSize(1);
    // The header counts, also where it leads nowhere.
    owner.with("Environment", UNKNOWN_ID).get(named).isError(401, "Environment not found");
    assertThat(client.caller().get(named.replace("dEVELOPMENT", "Staging")).is(200).json())
        .hasSize(1);
    owner
        .get(SECRETS + "?app_id=" + app.id() + "&env=nowhere")
        .isError(404, "Environment 'nowhere' not found in App " + app.id());
    owner
        .get(SECRETS + "?app_id=" + UNKNOWN_ID + "&env=Development")
        .isError(404, "App with ID " + UNKNOWN_ID + " not found");
    TestOrganisation.create(server)
        .owner()
        .get(named)
        .isError(404, "App with ID " + app.id() + " not found");
    organisation
        .member(DefaultRole.DEVELOPER)
        .get(named)
        .isError(403, "User cannot access this environment");
  }

  @Test
  void networkPoliciesHold() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.keyOf(member, app, client.keys(), "Development");
    organisation.policy(false, "192.0.2.1", member);
    for (String path : List.of(TOKENS, SECRETS)) {
      inDevelopment(member)
          .get(path)
          .isError(
              403, "Access denied: a network access policy restricts access from your IP address.");
    }
  }

  @Test
  void idsOfOtherEnvironmentsAreUnknown() {
    TestApp open = organisation.app("open");
    String foreignId =
        TestOrganisation.create(server).app("theirs").secrets(); // an address, no id at all
    String elsewhere =
        owner.post(open.secrets(), TestApp.body(TestApp.secret("A", "a"))).is(201).id();
    String own = client.createOne(client.secret("A", "a"));
    String before = owner.get(open.secrets()).is(200).text();
    for (String id : List.of(elsewhere, UNKNOWN_ID, "no-id")) {
      assertRefused(
          404,
          "Secret not found: " + id,
          () ->
              client.update(client.secret("B", "b", "id", own), client.secret("C", "c", "id", id)));
    }
    String time = updatedAt();
    client.delete(elsewhere, UNKNOWN_ID, "no-id", foreignId).is(200);
    client.delete().is(200);
    assertThat(updatedAt()).isEqualTo(time);
    assertThat(owner.get(open.secrets()).is(200).text()).isEqualTo(before);
    client.delete(elsewhere, own).is(200);
    assertThat(client.list()).isEmpty();
    assertThat(owner.get(open.secrets()).is(200).text()).isEqualTo(before);
  }
}
