package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static lockstep.server.testing.TestCaller.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** App and environment of a request about secrets, and who may make it. */
@ContractTest
final class SecretsContextContractTest extends SecretsContract {

  private static final String CONTEXT_REQUIRED =
      "Environment context required. Supply `app_id` and `env` as query parameters.";

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

  @Test
  void appAndEnvironmentMustBeNamed() {
    for (String method : METHODS) {
      for (String query :
          List.of("", "?env=Development", "?app_id=&env=Development", "?app_id=" + app.id())) {
        send(owner, method, "/v1/secrets/" + query).isError(403, CONTEXT_REQUIRED);
      }
      send(owner, method, "/v1/secrets/?env=&app_id=" + app.id()).isError(403, CONTEXT_REQUIRED);
    }
  }

  /** With a body that is wrong, which nobody is told before they are let through. */
  private static TestResponse send(TestCaller caller, String method, String path) {
    return method.equals("GET") ? caller.get(path) : caller.sendText(method, path, "{");
  }

  @Test
  void anAppThatIsUnknownMalformedOrForeignIsNotFound() {
    TestApp foreign = TestOrganisation.create(server).app("theirs");
    for (String method : METHODS) {
      for (String id : List.of(UUID.randomUUID().toString(), "x", "1-1-1-1-1", foreign.id())) {
        send(owner, method, "/v1/secrets/?app_id=" + id + "&env=Development")
            .isError(404, "App with ID " + id + " not found");
        send(owner, method, "/v1/secrets/?app_id=" + id)
            .isError(404, "App with ID " + id + " not found");
      }
    }
    String longId = "x".repeat(300);
    owner
        .get("/v1/secrets/?app_id=" + longId + "&env=Development")
        .isError(404, "App with ID " + "x".repeat(200) + "… not found");
  }

  @Test
  void anEnvironmentThatTheAppDoesNotHaveIsNotFound() {
    organisation.app("other", "only-there");
    for (String name : List.of("only-there", " Development", "Develop", "😀", "%", "Deve\u0131")) {
      owner
          .get("/v1/secrets/?app_id=" + app.id() + "&env=" + encoded(name))
          .isError(404, "Environment '" + name + "' not found in App " + app.id());
    }
  }

  @Test
  void headersOfTheClientProtocolDoNotNameAnEnvironment() {
    owner
        .with("Environment", app.environment("Development"))
        .get("/v1/secrets/")
        .isError(403, CONTEXT_REQUIRED);
    String id = createOne(secret("K", "v"));
    owner
        .with("Environment", app.environment("Staging"))
        .with("Secret-Id", id)
        .get(app.secrets())
        .is(200)
        .json()
        .forEach(found -> assertThat(found.get("id").stringValue()).isEqualTo(id));
  }

  @Test
  void aMemberNeedsTheAppForAMissingContextAndTheEnvironmentForItsSecrets() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    for (String method : METHODS) {
      send(developer, method, "/v1/secrets/?app_id=" + app.id())
          .isError(403, "User cannot access this app");
    }
    organisation.grant(developer, app, "Staging");
    for (String method : METHODS) {
      send(developer, method, "/v1/secrets/?app_id=" + app.id()).isError(403, CONTEXT_REQUIRED);
      send(developer, method, app.secrets()).isError(403, "User cannot access this environment");
    }
    developer.get(app.secrets("Staging")).is(200);
  }

  @Test
  void aServiceAccountNeedsTheAppForAMissingContextAndTheEnvironmentForItsSecrets() {
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    bot.get("/v1/secrets/?app_id=" + app.id())
        .isError(403, "Service account cannot access this app");
    organisation.grant(bot, app, "Staging");
    for (String method : METHODS) {
      send(bot, method, app.secrets())
          .isError(403, "Service account cannot access this environment");
    }
    bot.get(app.secrets("Staging")).is(200);
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void everyActionNeedsItsPermission(Action missing) {
    String id = createOne(secret("K", "v"));
    TestCaller caller = organisation.memberWith(allBut(missing));
    organisation.grant(caller, app, "Development");
    String refusal =
        "You don't have permission to " + missing.wireName() + " secrets in this environment.";
    for (Action action : Action.values()) {
      TestResponse answer =
          switch (action) {
            case CREATE -> caller.post(app.secrets(), body(secret("NEW", "v")));
            case READ -> caller.get(app.secrets());
            case UPDATE -> caller.put(app.secrets(), body(change(id, "value", "w")));
            case DELETE -> caller.delete(app.secrets(), Map.of("secrets", List.of(id)));
          };
      if (action == missing) {
        answer.isError(403, refusal);
      } else {
        answer.is(action == Action.CREATE ? 201 : 200);
      }
    }
  }

  private static PermissionSet allBut(Action missing) {
    Set<Action> actions = EnumSet.complementOf(EnumSet.of(missing));
    return new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, actions));
  }

  @Test
  void thePermissionIsCheckedBeforeServerSideEncryptionAndBothBeforeTheBody() {
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    organisation.grant(nobody, app, "Development");
    send(nobody, "POST", app.secrets())
        .isError(403, "You don't have permission to create secrets in this environment.");

    organisation.turnSseOff(app);

    send(nobody, "POST", app.secrets())
        .isError(403, "You don't have permission to create secrets in this environment.");
    for (String method : METHODS) {
      send(owner, method, app.secrets()).isError(400, "SSE is not enabled for this App");
    }
    send(owner, "POST", app.secrets("Nowhere"))
        .isError(404, "Environment 'Nowhere' not found in App " + app.id());
  }

  @Test
  void aLegacyServiceTokenWorksInItsEnvironmentsOnly() {
    TestCaller legacy = organisation.serviceToken(app, "Development");
    TestApp other = organisation.app("other");

    String id = legacy.post(app.secrets(), body(secret("K", "v"))).is(201).id();
    legacy.put(app.secrets(), body(change(id, "value", "w"))).is(200);
    assertThat(legacy.get(app.secrets()).is(200).each("value")).containsExactly("w");
    legacy.delete(app.secrets(), Map.of("secrets", List.of(id))).is(200);
    for (String method : METHODS) {
      String refusal = "Service token cannot access this environment";
      send(legacy, method, app.secrets("Staging")).isError(403, refusal);
      send(legacy, method, other.secrets()).isError(403, refusal);
    }
    legacy.get("/v1/apps/").isError(401, "Invalid token");
  }

  @Test
  void aLegacyServiceTokenOfTheTerraformClientGets200() {
    organisation
        .serviceToken(app, "Development")
        .with("User-Agent", "terraform-provider-phase/0.2.0 (linux amd64; u@h)")
        .post(app.secrets(), body(secret("K", "v")))
        .is(200);
  }
}
