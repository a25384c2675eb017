package lockstep.server.recipients;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.testing.EndToEndClient.keysOf;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only one member can open cannot be lost by taking its key. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class LastHolderContractTest extends OnBothDatabases {

  private static final String LOST =
      "No other member has a key of environment 'prod' of app 'vault', which only clients can open,"
          + " so it would be lost. Give a key to another member first.";

  private EndToEndClient client;
  private TestApp app;
  private TestCaller holder;

  @BeforeEach
  void leaveOneHolder() {
    client = new EndToEndClient(owner);
    app = client.app("vault", "prod");
    holder = organisation.member(DefaultRole.DEVELOPER);
  }

  private String member() {
    return "/v1/members/" + holder.account() + "/";
  }

  private boolean holds(TestCaller account) {
    return server
        .database()
        .read(
            db ->
                db.fetchExists(ENVIRONMENT_KEY, ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.account())));
  }

  @Test
  void theLastKeyStaysWithItsMember() {
    client.give(app, "prod", holder, organisation.serviceAccount(DefaultRole.SERVICE)).is(200);
    organisation.revokeAllKeys(owner);

    owner.delete(keysOf(app, "prod") + holder.account() + "/").isError(409, LOST);
    owner.put(member() + "access/", object("apps", List.of())).isError(409, LOST);
    owner.delete(member()).isError(409, LOST);

    assertThat(holds(holder)).isTrue();
    holder.get("/v1/end-to-end/apps/" + app.id() + "/").is(200);
  }

  @Test
  void theLastKeyThroughATeamStaysToo() {
    UUID team = organisation.team(null, null);
    organisation.join(team, holder);
    organisation.scope(team, app, "prod");
    organisation.revokeAllKeys(owner);

    owner.delete("/v1/teams/" + team + "/").isError(409, LOST);

    assertThat(holds(holder)).isTrue();
  }

  @Test
  void anotherMembersKeyIsEnough() {
    client.give(app, "prod", holder).is(200);

    owner.put(member() + "access/", object("apps", List.of())).is(200);
    client.give(app, "prod", holder).is(200);
    owner.delete(member()).is(204);

    assertThat(holds(holder)).isFalse();
    assertThat(holds(owner)).isTrue();
  }

  @Test
  void whatTheServerCanOpenIsTakenFromTheLastHolder() {
    TestApp open = organisation.app("open");
    organisation.revokeAllKeys(owner);
    organisation.grant(holder, open, "Development");

    owner.put(member() + "access/", object("apps", List.of())).is(200);

    assertThat(holds(holder)).isFalse();
  }

  @Test
  void theLastKeyGoesWithItsEnvironment() {
    owner.delete("/v1/end-to-end/environments/" + app.environment("prod") + "/").is(204);

    assertThat(holds(owner)).isFalse();
  }

  @Test
  void theOwnershipGoesOnlyToWhoHasTheKeys() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    String transfer = "/v1/organisation/transfer-ownership/";

    owner
        .post(transfer, object("member_id", admin.account().toString()))
        .isError(
            409,
            "The member has no key of environment 'prod' of app 'vault', which only clients can"
                + " open. Give the member a key first.");

    client.give(app, "prod", admin).is(200);
    owner.post(transfer, object("member_id", admin.account().toString())).is(200);
  }

  @Test
  void theLastHolderDoesNotDiscardItsOwnKeyEither() {
    owner.delete(keysOf(app, "prod") + owner.account() + "/").isError(409, LOST);

    client.give(app, "prod", holder).is(200);
    owner.delete(keysOf(app, "prod") + owner.account() + "/").is(204);
    holder.delete(keysOf(app, "prod") + holder.account() + "/").isError(409, LOST);
    assertThat(holds(holder)).isTrue();
  }
}
