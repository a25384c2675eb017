package lockstep.server.tokens;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.ids.OrganisationId;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestCeremony;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

@SuppressWarnings("NullAway.Init") // set before each test
@ContractTest
final class PersonalTokensContractTest extends OnBothDatabases {

  private TestCaller member;
  private TestCeremony ceremony;

  @BeforeEach
  void giveAMemberKeys() {
    member = organisation.member(DefaultRole.DEVELOPER);
    ceremony = TestCeremony.perform();
    server
        .database()
        .write(
            db ->
                db.update(ACCOUNT)
                    .set(ACCOUNT.IDENTITY_KEY, ceremony.identityKey())
                    .where(ACCOUNT.ID.eq(member.account()))
                    .execute());
  }

  @Test
  void aTokenMadeByTheClientWorksAtOnceAndIsNotShown() {
    TestResponse created = member.post("/v1/tokens/", ceremony.tokenBody()).is(201);

    assertThat(created.json().propertyNames())
        .containsExactly("id", "name", "createdAt", "expiresAt", "lastUsedAt");
    assertThat(created.json().get("expiresAt").isNull()).isTrue();
    byToken().get("/v1/apps/").is(200);
    TestResponse list = member.get("/v1/tokens/").is(200);
    assertThat(list.each("name")).containsExactly("laptop", "test");
    assertThat(created.text() + list.text())
        .doesNotContain(
            ceremony.token().token().bearer().hex(),
            ceremony.token().wrappedKeyShare(),
            ceremony.publicKey().hex());
  }

  @Test
  void aDeletedTokenIsRefusedAtOnce() {
    String id = member.post("/v1/tokens/", ceremony.tokenBody()).is(201).id();
    byToken().get("/v1/apps/").is(200);

    member.delete("/v1/tokens/" + id + "/").is(204);

    byToken().get("/v1/apps/").isError(401, "Token expired or deleted");
    member.delete("/v1/tokens/" + id + "/").isError(404, "Token not found.");
    assertThat(member.get("/v1/tokens/").each("name")).containsExactly("test");
  }

  @Test
  void aTokenCanDeleteItself() {
    String id = member.post("/v1/tokens/", ceremony.tokenBody()).is(201).id();

    byToken().delete("/v1/tokens/" + id + "/").is(204);

    byToken().get("/v1/tokens/").isError(401, "Token expired or deleted");
  }

  @Test
  void tokensOfOthersAreNotFound() {
    TestCaller colleague = organisation.member(DefaultRole.DEVELOPER);
    TestCaller stranger = TestOrganisation.create(server).owner();
    String id = member.post("/v1/tokens/", ceremony.tokenBody()).is(201).id();

    for (TestCaller other : List.of(colleague, stranger, owner)) {
      other.delete("/v1/tokens/" + id + "/").isError(404, "Token not found.");
    }
    member.delete("/v1/tokens/" + UUID.randomUUID() + "/").isError(404, "Token not found.");
    member.delete("/v1/tokens/x/").isError(404, "Token not found.");
    byToken().get("/v1/apps/").is(200);
  }

  @Test
  void onlyMembersHaveThem() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    String refusal = "Only members have an account of their own.";

    account.get("/v1/tokens/").isError(403, refusal);
    account.post("/v1/tokens/", ceremony.tokenBody()).isError(403, refusal);
    account.delete("/v1/tokens/x/").isError(403, refusal);
  }

  @Test
  void theNameIsCheckedFirstThenTheExpiry() {
    create("name", " ").isError(400, "Missing required field: name");
    create("name", 1).isError(400, "'name' must be a string.");
    create("name", "n".repeat(65)).isError(400, "'name' cannot exceed 64 characters.");
    create("expiry", NullNode.instance)
        .isError(
            400,
            "Unknown field 'expiry'. Use 'expires_at' (ISO-8601 with timezone) or 'expires_in'"
                + " (positive integer seconds).");
    create("expires_at", 1)
        .isError(
            400,
            "'expires_at' must be an ISO-8601 datetime string with timezone (e.g."
                + " '2026-12-31T23:59:59Z').");
    for (String broken :
        List.of(
            "",
            "soon",
            "2999-13-01T00:00:00Z",
            "2999-02-30T00:00:00Z",
            "+12345-01-01T00:00:00Z",
            "2999-01-01T00:00:00+25:00",
            "2999-01-01T00:00:00Z[UTC]")) {
      create("expires_at", broken).isError(400, "'expires_at' is not a valid ISO-8601 datetime.");
    }
    for (String local : List.of("2999-01-01", "2999-01-01T00:00", "2999-01-01T00:00:00.5")) {
      create("expires_at", local)
          .isError(400, "'expires_at' must include a timezone offset (e.g. 'Z' or '+00:00').");
    }
    create("expires_at", "2001-01-01T00:00:00Z")
        .isError(400, "'expires_at' must be in the future.");
    for (Object broken : new Object[] {"60", true, 0, -1, 1.5, 3_153_600_001L, List.of()}) {
      create("expires_in", broken)
          .isError(400, "'expires_in' must be a positive integer (seconds).");
    }
  }

  @Test
  void theExpiryIsKeptToTheMicrosecondAndExpiresAtWins() {
    Map<String, Object> body = ceremony.tokenBody();
    body.put("expires_at", "2999-12-31T23:59:59.123456789+02:00");
    body.put("expires_in", 1);

    JsonNode token = member.post("/v1/tokens/", body).is(201).json();

    assertThat(token.get("expiresAt").stringValue()).isEqualTo("2999-12-31T21:59:59.123456Z");
  }

  @Test
  void anExpiredTokenIsRefusedAndNotListed() {
    Map<String, Object> body = ceremony.tokenBody();
    body.put("expires_in", 3_153_600_000L);
    String id = member.post("/v1/tokens/", body).is(201).id();
    byToken().get("/v1/apps/").is(200);
    server
        .database()
        .write(
            db -> {
              AccessRevision.increment(db, new OrganisationId(organisation.id()));
              return db.update(TOKEN)
                  .set(TOKEN.EXPIRES_AT, Instant.EPOCH)
                  .where(TOKEN.ID.eq(UUID.fromString(id)))
                  .execute();
            });

    byToken().get("/v1/apps/").isError(401, "Token expired or deleted");
    assertThat(member.get("/v1/tokens/").each("name")).containsExactly("test");
  }

  @Test
  void materialThatNoClientMakesIsRefused() {
    create("bearer", "x").isError(400, "'bearer' must be 64 hexadecimal digits.");
    create("bearer", 1).isError(400, "'bearer' must be a string.");
    create("identityKey", "0".repeat(63))
        .isError(400, "'identityKey' must be 64 hexadecimal digits.");
    create("identityKey", TestCeremony.perform().publicKey().hex())
        .isError(400, "The token's 'identityKey' is not the member's X25519 key.");
    create("wrappedKeyShare", "0".repeat(207))
        .isError(400, "'wrappedKeyShare' must be 208 hexadecimal digits.");
  }

  @Test
  void aBearerIsUsedOnce() {
    member.post("/v1/tokens/", ceremony.tokenBody()).is(201);

    member
        .post("/v1/tokens/", ceremony.tokenBody())
        .isError(409, "This token is in use already. Make another one.");
  }

  @Test
  void whoHasThePermissionSeesAndDeletesTokensOfOthers() {
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    String path = "/v1/members/" + member.account() + "/tokens/";
    String id = member.post("/v1/tokens/", ceremony.tokenBody()).is(201).id();

    assertThat(admin.get(path).is(200).each("name")).containsExactly("laptop", "test");
    admin.delete(path + id + "/").is(204);
    byToken().get("/v1/apps/").isError(401, "Token expired or deleted");
    admin.delete(path + id + "/").isError(404, "Token not found.");
    admin.get("/v1/members/" + UUID.randomUUID() + "/tokens/").isError(404, "Member not found.");
    admin
        .get("/v1/members/" + TestOrganisation.create(server).owner().account() + "/tokens/")
        .isError(404, "Member not found.");
  }

  @Test
  void whoLacksThePermissionDoesNot() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    String path = "/v1/members/" + member.account() + "/tokens/";

    manager
        .get(path)
        .isError(403, "You don't have permission to read member personal access tokens.");
    manager
        .delete(path + UUID.randomUUID() + "/")
        .isError(403, "You don't have permission to delete member personal access tokens.");
  }

  @Test
  void onlyGlobalAccessDeletesTokensOfGlobalAccess() {
    TestCaller helpdesk =
        organisation.memberWith(
            new PermissionSet(
                Map.of(
                    OrganisationResource.MEMBER_PERSONAL_ACCESS_TOKENS,
                    Set.of(Action.READ, Action.DELETE)),
                Map.of()));
    String path = "/v1/members/" + owner.account() + "/tokens/";
    String id = helpdesk.get(path).is(200).each("id").getFirst();

    helpdesk
        .delete(path + id + "/")
        .isError(403, "You cannot delete tokens of a member with a global access role.");
    owner.get("/v1/tokens/").is(200);
  }

  @Test
  void creationAndDeletionAreRecordedWithoutTheToken() {
    String id = member.post("/v1/tokens/", ceremony.tokenBody()).is(201).id();
    member.delete("/v1/tokens/" + id + "/").is(204);

    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.ACTION, AUDIT_EVENT.RESOURCE_TYPE, AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.RESOURCE_ID.eq(UUID.fromString(id)))
                        .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                        .fetch(row -> row.value1() + " " + row.value2() + " " + row.value3()));
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).startsWith("create user_token ");
    assertThat(events.get(1)).startsWith("delete user_token ");
    assertThat(String.join("", events)).doesNotContain(ceremony.token().token().bearer().hex());
  }

  private TestCaller byToken() {
    return TestCaller.authorized(
        server.uri(), member.account(), ceremony.token().token().bearerHeaderValue());
  }

  private TestResponse create(String name, Object value) {
    Map<String, Object> body = ceremony.tokenBody();
    body.put(name, value);
    return member.post("/v1/tokens/", body);
  }
}
