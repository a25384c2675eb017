package lockstep.server.recipients;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.DecisionObserver;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.audit.Audit;
import lockstep.server.audit.Checkpoints;
import lockstep.server.http.ApiException;
import lockstep.server.http.Json;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.ServerKeys;
import lockstep.server.keys.SuppliedKeys;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What changes between the decision about a request and its transaction counts. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class RecipientsInTimeContractTest extends OnBothDatabases {

  private EndToEndClient client;
  private TestApp app;
  private UUID environment;
  private TestCaller developer;

  @BeforeEach
  void createApp() {
    client = new EndToEndClient(owner);
    app = client.app("vault", "prod");
    environment = UUID.fromString(app.environment("prod"));
    developer = organisation.member(DefaultRole.DEVELOPER);
  }

  @Test
  void whoLostTheKeyMeanwhileGivesNone() {
    EnvironmentAccess granted = granted(Action.CREATE);
    SuppliedKeys keys = keysForDeveloper();
    organisation.revokeAllKeys(owner);

    assertRefused(
        403,
        "Only who has a key of this environment can give it to others.",
        () -> recipients().give(granted, keys, Optional.empty()));
  }

  @Test
  void anEnvironmentThatIsGoneMeanwhileIsNotFound() {
    EnvironmentAccess giving = granted(Action.CREATE);
    EnvironmentAccess taking = granted(Action.DELETE);
    SuppliedKeys keys = keysForDeveloper();
    server
        .database()
        .write(
            db -> {
              db.deleteFrom(ENVIRONMENT_KEY)
                  .where(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(environment))
                  .execute();
              return db.deleteFrom(ENVIRONMENT).where(ENVIRONMENT.ID.eq(environment)).execute();
            });

    assertRefused(
        404, "Environment not found", () -> recipients().give(giving, keys, Optional.empty()));
    assertRefused(
        404,
        "Environment not found",
        () -> recipients().take(taking, developer.account().toString()));
  }

  private static void assertRefused(int status, String message, ThrowingCallable change) {
    assertThatThrownBy(change)
        .asInstanceOf(type(ApiException.class))
        .returns(status, ApiException::status)
        .returns(message, ApiException::getMessage);
  }

  private SuppliedKeys keysForDeveloper() {
    List<JsonNode> one =
        client.holders(app, "prod").stream()
            .filter(
                holder ->
                    holder.get("accountId").stringValue().equals(developer.account().toString()))
            .toList();
    return SuppliedKeys.read(
        Json.parse(Json.write(object("keys", client.wrappedKeys("prod", one)))));
  }

  private Recipients recipients() {
    Clock clock = Clock.systemUTC();
    ServerKey key = ServerKey.parse(ServerUnderTest.SERVER_SECRET);
    return new Recipients(
        server.database(),
        new Access(server.database(), DecisionObserver.NONE),
        new EnvironmentKeyring(ServerKeys.of(key)),
        new EnvironmentGrants(server.database(), ServerKeys.of(key), clock),
        new Audit(server.database(), new Checkpoints(ServerKeys.of(key)), clock));
  }

  private EnvironmentAccess granted(Action action) {
    Caller caller =
        organisation.ownerAllowed(
            new PermissionSet(
                Map.of(OrganisationResource.MEMBERS, EnumSet.allOf(Action.class)), Map.of()));
    return new Access(server.database(), DecisionObserver.NONE)
        .keysOfEnvironment(caller, environment.toString(), action);
  }
}
