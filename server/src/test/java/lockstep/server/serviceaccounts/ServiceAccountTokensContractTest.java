package lockstep.server.serviceaccounts;

import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class ServiceAccountTokensContractTest extends OnBothDatabases {

  private TestCaller bot;
  private String path;
  private String tokens;

  @BeforeEach
  void prepareAccount() {
    bot = organisation.serviceAccount(DefaultRole.SERVICE);
    path = "/v1/service-accounts/" + bot.account() + "/";
    tokens = path + "tokens/";
  }

  private TestCaller holder(JsonNode token) {
    return TestCaller.authorized(
        server.uri(), bot.account(), token.get("bearerToken").stringValue());
  }

  @Test
  void aNewTokenWorksAtOnceAndADeletedOneNeverAgain() {
    JsonNode token = owner.post(tokens, Map.of("name", "ci")).is(201).json();

    assertThat(token.propertyNames())
        .containsExactly("id", "name", "createdAt", "expiresAt", "token", "bearerToken");
    assertThat(token.get("token").stringValue()).matches("pss_service:v2(:[0-9a-f]{64}){4}");
    assertThat(token.get("expiresAt").isNull()).isTrue();
    holder(token).get(path).is(200);

    String id = token.get("id").stringValue();
    owner.delete(tokens + id + "/").is(204);

    holder(token).get(path).isError(401, "Token expired or deleted");
    owner.delete(tokens + id + "/").isError(404, "Token not found.");
    bot.get(path).is(200);
  }

  @Test
  void onlyTheDigestOfATokenIsStored() {
    JsonNode token = owner.post(tokens, Map.of("name", "ci")).is(201).json();

    String row =
        server
            .database()
            .read(
                db ->
                    db.selectFrom(TOKEN)
                        .where(TOKEN.ID.eq(UUID.fromString(token.get("id").stringValue())))
                        .fetch()
                        .formatCSV());

    String[] parts = token.get("token").stringValue().split(":", -1);
    assertThat(row).contains(parts[3]).doesNotContain(parts[2], parts[4], parts[5]);
  }

  @Test
  void listsTokensThatWorkNewestFirst() {
    JsonNode kept = owner.post(tokens, Map.of("name", "kept")).is(201).json();
    JsonNode expired =
        owner.post(tokens, Map.of("name", "expired", "expires_in", 60)).is(201).json();
    JsonNode deleted = owner.post(tokens, Map.of("name", "deleted")).is(201).json();
    owner.delete(tokens + deleted.get("id").stringValue() + "/").is(204);
    server
        .database()
        .write(
            db ->
                db.update(TOKEN)
                    .set(TOKEN.EXPIRES_AT, Instant.EPOCH)
                    .where(TOKEN.ID.eq(UUID.fromString(expired.get("id").stringValue())))
                    .execute());

    JsonNode listed = owner.get(path).is(200).json().get("tokens");

    assertThat(listed).hasSize(2);
    assertThat(listed.get(0).propertyNames())
        .containsExactly("id", "name", "createdAt", "expiresAt");
    assertThat(listed.get(0).get("id")).isEqualTo(kept.get("id"));
    holder(expired).get(path).isError(401, "Token expired or deleted");
    owner.delete(tokens + expired.get("id").stringValue() + "/").is(204);
  }

  @Test
  void anotherAccountsTokenIsNotFound() {
    TestCaller other = organisation.serviceAccount(DefaultRole.SERVICE);
    JsonNode token =
        owner
            .post("/v1/service-accounts/" + other.account() + "/tokens/", Map.of("name", "ci"))
            .is(201)
            .json();

    for (String id :
        List.of(token.get("id").stringValue(), UUID.randomUUID().toString(), "nonsense")) {
      owner.delete(tokens + id + "/").isError(404, "Token not found.");
    }
  }

  @Test
  void theServerMintsOnlyForAccountsWhoseKeysItManages() {
    server
        .database()
        .write(
            db ->
                db.update(SERVICE_ACCOUNT)
                    .setNull(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING)
                    .where(SERVICE_ACCOUNT.ID.eq(bot.account()))
                    .execute());

    owner
        .post(tokens, Map.of())
        .isError(
            400,
            "Service account does not have server-side key management enabled. Tokens cannot be"
                + " minted via the API.");
  }

  @Test
  void theBodyIsCheckedInItsOrder() {
    owner.post(tokens, Map.of("expiry", 1)).isError(400, "Missing required field: name");
    owner
        .post(tokens, Map.of("name", "x".repeat(65)))
        .isError(400, "'name' cannot exceed 64 characters.");
    owner
        .post(tokens, Map.of("name", "ci", "expiry", 1, "expires_at", 1))
        .isError(
            400,
            "Unknown field 'expiry'. Use 'expires_at' (ISO-8601 with timezone) or 'expires_in'"
                + " (positive integer seconds).");
    owner
        .post(tokens, Map.of("name", "ci", "expires_at", 1, "expires_in", "x"))
        .isError(
            400,
            "'expires_at' must be an ISO-8601 datetime string with timezone (e.g."
                + " '2026-12-31T23:59:59Z').");
    for (String text :
        List.of("", "tomorrow", "2099-02-30T00:00:00Z", "2099-01-01T24:00:00Z", "2099-01-01Z")) {
      owner
          .post(tokens, Map.of("name", "ci", "expires_at", text))
          .isError(400, "'expires_at' is not a valid ISO-8601 datetime.");
    }
    for (String text : List.of("2099-01-01", "2099-01-01T00:00:00", "2020-01-01 00:00")) {
      owner
          .post(tokens, Map.of("name", "ci", "expires_at", text))
          .isError(400, "'expires_at' must include a timezone offset (e.g. 'Z' or '+00:00').");
    }
    owner
        .post(tokens, Map.of("name", "ci", "expires_at", "2020-01-01T00:00:00Z"))
        .isError(400, "'expires_at' must be in the future.");
    for (Object seconds : List.of(0, -1, 1.5, 60.0, true, "60", 3_153_600_001L)) {
      owner
          .post(tokens, Map.of("name", "ci", "expires_in", seconds))
          .isError(400, "'expires_in' must be a positive integer (seconds).");
    }
    owner
        .sendText("POST", tokens, "{\"name\": \"ci\", \"expires_in\": 99999999999999999999999}")
        .isError(400, "'expires_in' must be a positive integer (seconds).");
  }

  @Test
  void anExpiryTimeIsTakenWithItsOffset() {
    JsonNode token =
        owner
            .post(
                tokens,
                object("name", "ci", "expires_at", "2099-01-01T01:30:00.5+01:30", "expires_in", 0))
            .is(201)
            .json();

    assertThat(token.get("expiresAt").stringValue()).isEqualTo("2099-01-01T00:00:00.500000Z");
  }

  @Test
  void aNumberOfSecondsCountsFromNow() {
    JsonNode token =
        owner.post(tokens, Map.of("name", "ci", "expires_in", 3_153_600_000L)).is(201).json();

    Instant created = Instant.parse(token.get("createdAt").stringValue());
    Instant expires = Instant.parse(token.get("expiresAt").stringValue());
    assertThat(Duration.between(created, expires))
        .isBetween(Duration.ofSeconds(3_153_599_970L), Duration.ofSeconds(3_153_600_000L));
  }

  @Test
  void tokensOfAccountsOfTheOrganisationAreForUsersWithGlobalAccessAndTheAccountItself() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    TestCaller trusted = organisation.serviceAccount(DefaultRole.MANAGER);
    String ownTokens = "/v1/service-accounts/" + trusted.account() + "/tokens/";

    manager.post(tokens, Map.of("name", "x")).isError(404, "Service account not found.");
    trusted.post(tokens, Map.of("name", "x")).isError(404, "Service account not found.");
    String id = trusted.post(ownTokens, Map.of("name", "x")).is(201).id();
    manager.delete(ownTokens + id + "/").isError(404, "Service account not found.");
    trusted.delete(ownTokens + id + "/").is(204);
    bot.post(tokens, Map.of("name", "x"))
        .isError(403, "You don't have permission to create service account tokens.");
  }
}
