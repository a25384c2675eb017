package lockstep.server.protocol;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Which keys clients are given, and in which order. */
@ContractTest
final class HeldKeysContractTest extends ProtocolContract {

  private static List<String> names(JsonNode apps) {
    List<String> names = new ArrayList<>();
    for (JsonNode app : apps) {
      for (JsonNode key : app.get("environment_keys")) {
        names.add(app.get("name").stringValue() + ":" + key.at("/environment/name").stringValue());
      }
    }
    return names;
  }

  private static JsonNode apps(TestCaller caller) {
    return caller.get(TOKENS).is(200).json().get("apps");
  }

  @Test
  void eachKindOfAccountIsToldWhoItIs() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    TestApp open = organisation.app("open");
    TestCaller token = organisation.serviceToken(open, "Staging");

    JsonNode member = owner.get(TOKENS).is(200).json();
    assertThat(member.propertyNames())
        .containsExactlyInAnyOrder(
            "wrapped_key_share", "user_id", "offline_enabled", "organisation", "apps");
    assertThat(member.get("user_id").stringValue()).isEqualTo(owner.account().toString());
    assertThat(member.get("wrapped_key_share").stringValue()).matches("[0-9a-f]{208}");
    assertThat(member.at("/organisation/id").stringValue()).isEqualTo(organisation.id().toString());
    JsonNode bot = account.get(TOKENS).is(200).json();
    assertThat(bot.propertyNames())
        .containsExactlyInAnyOrder(
            "wrapped_key_share", "account_id", "offline_enabled", "organisation", "apps");
    assertThat(bot.get("account_id").stringValue()).isEqualTo(account.account().toString());
    assertThat(bot.get("apps")).isEmpty();
    JsonNode legacy = token.get(TOKENS).is(200).json();
    assertThat(legacy.propertyNames())
        .containsExactlyInAnyOrder("wrapped_key_share", "organisation", "apps");
    assertThat(names(legacy.get("apps"))).containsExactly("open:Staging");
    assertThat(legacy.at("/apps/0/encryption").stringValue()).isEqualTo("E2E");
    assertThat(legacy.at("/apps/0/environment_keys/0/user").isNull()).isTrue();
    assertThat(legacy.at("/apps/0/environment_keys/0/service_account").isNull()).isTrue();
  }

  @Test
  void appsSayHowTheyAreEncrypted() {
    organisation.app("open");
    assertThat(apps(owner).valueStream().map(app -> app.get("encryption").stringValue()))
        .containsExactly("E2E", "SSE");
  }

  @Test
  void shorterNamesComeFirstAndOlderApps() {
    TestApp second = organisation.app("aaa", "prod-eu", "prod", "dev", "qa");
    assertThat(names(apps(owner)))
        .containsExactly(
            "shop:Staging",
            "shop:Production",
            "shop:Development",
            "aaa:qa",
            "aaa:dev",
            "aaa:prod",
            "aaa:prod-eu");
    assertThat(second.name()).isEqualTo("aaa");
  }

  @Test
  void typesAreInUpperCase() {
    organisation.app("more", "special");
    List<String> types = new ArrayList<>();
    apps(owner)
        .forEach(
            app ->
                app.get("environment_keys")
                    .forEach(key -> types.add(key.at("/environment/env_type").stringValue())));
    assertThat(types).containsExactly("STAGING", "PROD", "DEV", "CUSTOM");
  }

  @Test
  void onlyHeldKeysOfLiveEnvironmentsAreGiven() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    assertThat(apps(member)).isEmpty();
    TestApp open = organisation.app("open");
    TestApp doomed = organisation.app("doomed");
    organisation.grant(member, open, "Development", "Staging");
    organisation.grant(member, doomed, "Development");
    organisation.list(member, app); // without a key
    assertThat(names(apps(member)))
        .containsExactly("open:Staging", "open:Development", "doomed:Development");

    owner.delete("/v1/environments/" + open.environment("Staging") + "/").is(204);
    owner.delete("/v1/apps/" + doomed.id() + "/").is(204);
    assertThat(names(apps(member))).containsExactly("open:Development");
    organisation.revokeAllKeys(member);
    assertThat(apps(member)).isEmpty();
  }

  @Test
  void keysThroughADeletedTeamAreDead() {
    TestApp open = organisation.app("open");
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    UUID team = organisation.team(null, null);
    organisation.join(team, member);
    organisation.scope(team, open, "Development");
    assertThat(names(apps(member))).containsExactly("open:Development");
    organisation.deleteTeamOnly(team);
    assertThat(apps(member)).isEmpty();
    member
        .with("Environment", open.environment("Development"))
        .get(SECRETS)
        .isError(403, "User cannot access this environment");
  }

  @Test
  void everyKeyOpens() {
    TestApp open = organisation.app("open", "a", "b", "c");
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(account, open, "a", "b");
    for (String name : List.of("a", "b")) {
      TestClient opened =
          TestClient.open(account, organisation.token(account), open.environment(name));
      assertThat(opened.keys().identityKey()).hasSize(64);
      opened.create(opened.secret("K", name)).is(200);
      assertThat(owner.get(open.secrets(name)).is(200).each("value")).containsExactly(name);
    }
  }

  @Test
  void everyChangeOfASecretMovesTheTimeOfTheEnvironment() {
    List<String> times = new ArrayList<>(List.of(updatedAt()));
    String id = client.createOne(client.secret("A", "a"));
    times.add(updatedAt());
    client.update(client.secret("A", "b", "id", id)).is(200);
    times.add(updatedAt());
    client.delete(id).is(200);
    times.add(updatedAt());
    assertThat(times).isSorted().doesNotHaveDuplicates();
    assertThat(times).allMatch(time -> time.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{6}Z"));
  }

  @Test
  void otherOrganisationsAreNotSeen() {
    TestOrganisation foreign = TestOrganisation.create(server);
    foreign.app("theirs");
    assertThat(names(apps(owner))).allMatch(name -> name.startsWith("shop:"));
    assertThat(names(apps(foreign.owner()))).allMatch(name -> name.startsWith("theirs:"));
  }

  @Test
  void whateverIsWrongWithATokenIs401() {
    TestCaller expired = organisation.memberToken(owner, Instant.EPOCH);
    TestCaller revoked = organisation.member(DefaultRole.DEVELOPER);
    organisation.deleteTokens(revoked);
    TestCaller removed = organisation.member(DefaultRole.DEVELOPER);
    organisation.deleteAccount(removed);
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.deleteAccount(bot);
    TestCaller legacy = organisation.serviceToken(organisation.app("open"), "Staging");
    server
        .database()
        .write(
            db ->
                db.update(ACCOUNT)
                    .set(ACCOUNT.DELETED_AT, Instant.now())
                    .where(ACCOUNT.ID.eq(legacy.account()))
                    .execute());
    TestCaller unknown =
        TestCaller.authorized(server.uri(), owner.account(), "User " + "0f".repeat(32));
    for (String path : List.of(TOKENS, SECRETS)) {
      for (TestCaller caller : List.of(expired, revoked, removed, bot, legacy, unknown)) {
        caller.get(path).isError(401, "Token expired or deleted");
      }
      TestCaller anonymous = TestCaller.anonymous(server.uri());
      anonymous.get(path).isError(401, "Authentication credentials were not provided.");
      for (String header :
          List.of("Bearer", "Bearer User", "Bearer  x", "Basic User x", "Bearer Robot x")) {
        assertThat(
                anonymous
                    .with("Authorization", header)
                    .get(path)
                    .isError(401, "Invalid token")
                    .headers()
                    .firstValue("WWW-Authenticate"))
            .hasValue("Bearer");
      }
    }
  }

  @Test
  void theEndpointOnlyReads() {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
      owner.sendText(method, TOKENS, "{}").isError(405, "Method \"" + method + "\" not allowed.");
    }
  }
}
