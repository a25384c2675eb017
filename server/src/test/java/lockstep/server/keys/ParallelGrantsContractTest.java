package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes that meet: whichever comes first, the outcome is one that an order of them explains. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ParallelGrantsContractTest extends OnBothDatabases {

  private static final int ROUNDS = 4;

  private StoredGrants grants;

  @BeforeEach
  void prepareGrants() {
    grants = new StoredGrants(server, organisation);
  }

  private static CompletableFuture<TestResponse> send(Supplier<TestResponse> request) {
    return CompletableFuture.supplyAsync(request);
  }

  private Set<String> allEnvironments() {
    return server
        .database()
        .read(
            db ->
                db.select(ENVIRONMENT.ID)
                    .from(ENVIRONMENT)
                    .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.id()))
                    .fetchSet(row -> row.value1().toString()));
  }

  @Test
  void whoIsPromotedWhileAppsAreCreatedGetsTheKeysOfAllOfThem() {
    for (int round = 0; round < ROUNDS; round++) {
      TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
      String role = organisation.role(DefaultRole.ADMIN).toString();

      List<CompletableFuture<TestResponse>> created =
          List.of(
              send(() -> owner.post("/v1/apps/", Map.of("name", "one"))),
              send(() -> owner.post("/v1/apps/", Map.of("name", "two"))));
      owner.put("/v1/members/" + developer.account() + "/", Map.of("role_id", role)).is(200);
      created.forEach(response -> response.join().is(201));

      assertThat(grants.environmentsOf(developer.account())).isEqualTo(allEnvironments());
    }
    grants.assertEveryKeyHasAGrant();
  }

  @Test
  void anAccountCreatedWhileItsTeamIsDeletedIsGoneOrWasNeverThere() {
    TestApp app = organisation.app("billing-api");
    for (int round = 0; round < ROUNDS; round++) {
      String team = owner.post("/v1/teams/", Map.of("name", "Ops")).is(201).id();
      owner
          .put(
              "/v1/teams/" + team + "/access/",
              object(
                  "apps",
                  List.of(
                      object(
                          "id",
                          app.id(),
                          "environments",
                          List.copyOf(app.environments().values())))))
          .is(200);

      CompletableFuture<TestResponse> creation =
          send(
              () ->
                  owner.post(
                      "/v1/service-accounts/",
                      Map.of(
                          "name",
                          "bot",
                          "role_id",
                          organisation.role(DefaultRole.SERVICE).toString(),
                          "team_id",
                          team)));
      owner.delete("/v1/teams/" + team + "/").is(204);

      TestResponse created = creation.join();
      if (created.status() == 201) {
        UUID account = UUID.fromString(created.id());
        assertThat(grants.environmentsOf(account)).isEmpty();
        TestCaller.authorized(
                server.uri(),
                account,
                created.json().get("initialToken").get("bearerToken").stringValue())
            .get("/v1/apps/")
            .isError(401, "Token expired or deleted");
      } else {
        created.isError(404, "Team not found.");
      }
    }
    grants.assertEveryKeyHasAGrant();
  }

  @Test
  void whoIsGivenAccessWhileBeingRemovedHasNone() {
    TestApp app = organisation.app("billing-api");
    for (int round = 0; round < ROUNDS; round++) {
      TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
      String member = "/v1/members/" + developer.account() + "/";

      CompletableFuture<TestResponse> given =
          send(
              () ->
                  owner.put(
                      member + "access/",
                      object(
                          "apps",
                          List.of(
                              object(
                                  "id",
                                  app.id(),
                                  "environments",
                                  List.copyOf(app.environments().values()))))));
      owner.delete(member).is(204);

      assertThat(given.join().status()).isIn(200, 404);
      assertThat(grants.environmentsOf(developer.account())).isEmpty();
    }
    grants.assertEveryKeyHasAGrant();
  }

  @Test
  void aTokenMadeWhileItsAccountIsDeletedDoesNotWork() {
    for (int round = 0; round < ROUNDS; round++) {
      TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
      String account = "/v1/service-accounts/" + bot.account() + "/";

      CompletableFuture<TestResponse> minted =
          send(() -> owner.post(account + "tokens/", Map.of("name", "ci")));
      owner.delete(account).is(204);

      TestResponse token = minted.join();
      if (token.status() == 201) {
        TestCaller.authorized(
                server.uri(), bot.account(), token.json().get("bearerToken").stringValue())
            .get("/v1/apps/")
            .isError(401, "Token expired or deleted");
      } else {
        assertThat(token.status()).isIn(400, 404);
      }
    }
  }
}
