package lockstep.server.invites;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.INVITE;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

@ContractTest
final class InvitesContractTest extends OnBothDatabases {

  private static final String PATH = "/v1/members/invites/";

  @Test
  void anInviteIsAnsweredWithWhatItPromises() {
    UUID role = organisation.role(DefaultRole.DEVELOPER);

    JsonNode invite = invite(" Nadia@ACME.test ", role).is(201).json();

    assertThat(invite.propertyNames())
        .containsExactly(
            "id", "inviteeEmail", "role", "invitedBy", "createdAt", "expiresAt", "valid");
    assertThat(invite.get("inviteeEmail").stringValue()).isEqualTo("nadia@acme.test");
    assertThat(invite.get("role").toString())
        .isEqualTo("{\"id\":\"" + role + "\",\"name\":\"Developer\"}");
    assertThat(invite.get("invitedBy").toString())
        .isEqualTo("{\"type\":\"member\",\"email\":\"" + emailOf(owner) + "\"}");
    assertThat(
            Duration.between(
                Instant.parse(invite.get("createdAt").stringValue()),
                Instant.parse(invite.get("expiresAt").stringValue())))
        .isEqualTo(Duration.ofDays(14));
    assertThat(invite.get("valid").booleanValue()).isTrue();
    assertThat(owner.get(PATH).is(200).json().get("data").get(0)).isEqualTo(invite);
  }

  @Test
  void whoeverMayInviteGetsTheLink() {
    String id = invite("a@acme.test", organisation.role(DefaultRole.DEVELOPER)).is(201).id();

    TestResponse answer = owner.get(PATH + id + "/link/").is(200);

    JsonNode link = answer.json();
    assertThat(link.propertyNames()).containsExactly("link", "id", "code");
    assertThat(link.get("id").stringValue()).isEqualTo(id);
    String code = link.get("code").stringValue();
    assertThat(code).matches("[0-9a-f]{32}");
    assertThat(link.get("link").stringValue())
        .isEqualTo(server.uri().resolve("/invite/" + id + "/" + code).toString());
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    TestCaller.anonymous(server.uri()).get("/v1/invites/" + id + "/?code=" + code).is(200);
  }

  @Test
  void thereIsNoLinkOfAnInviteThatCannotBeAccepted() {
    String id = invite("a@acme.test", organisation.role(DefaultRole.DEVELOPER)).is(201).id();
    TestOrganisation other = TestOrganisation.create(server);
    other.owner().get(PATH + id + "/link/").isError(404, "Invite not found.");

    owner.delete(PATH + id + "/").is(204);

    owner.get(PATH + id + "/link/").isError(404, "Invite not found.");
    owner.get(PATH + "x/link/").isError(404, "Invite not found.");
  }

  @Test
  void aServiceAccountInvitesUnderItsName() {
    TestCaller account = organisation.serviceAccount(DefaultRole.MANAGER);

    JsonNode sender =
        account
            .post(PATH, body("a@acme.test", organisation.role(DefaultRole.DEVELOPER)))
            .is(201)
            .json()
            .get("invitedBy");

    assertThat(sender.toString())
        .isEqualTo("{\"type\":\"service_account\",\"name\":\"bot-" + account.account() + "\"}");
  }

  @Test
  void theListIsNewestFirst() {
    invite("one@acme.test").is(201);
    invite("two@acme.test").is(201);

    assertThat(owner.get(PATH).each("inviteeEmail"))
        .containsExactly("two@acme.test", "one@acme.test");
  }

  @Test
  void theSenderIsNullOnceGone() {
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    manager.post(PATH, body("a@acme.test", organisation.role(DefaultRole.DEVELOPER))).is(201);
    organisation.deleteAccount(manager);

    assertThat(owner.get(PATH).json().get("data").get(0).get("invitedBy").isNull()).isTrue();
  }

  @Test
  void eachActionNeedsItsPermission() {
    TestCaller nobody = organisation.memberWith(PermissionSet.NONE);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String known = PATH + invite("a@acme.test").id() + "/";

    nobody.get(PATH).isError(403, "You don't have permission to read members.");
    developer.get(PATH).is(200);
    developer.post(PATH, Map.of()).isError(403, "You don't have permission to create members.");
    for (String path : List.of(known, PATH + UUID.randomUUID() + "/", PATH + "x/")) {
      developer.delete(path).isError(403, "You don't have permission to delete members.");
    }
  }

  @Test
  void theEmailIsCheckedFirst() {
    owner.post(PATH, Map.of()).isError(400, "Missing required field: email");
    owner.post(PATH, Map.of("email", "  ")).isError(400, "Missing required field: email");
    owner
        .post(PATH, object("email", NullNode.instance))
        .isError(400, "Missing required field: email");
    owner.post(PATH, Map.of("email", 1)).isError(400, "'email' must be a string.");
    owner
        .post(PATH, Map.of("email", "Not An Address"))
        .isError(400, "'not an address' is not a valid email address.");
    owner
        .post(PATH, Map.of("email", "a".repeat(300)))
        .isError(400, "'" + "a".repeat(200) + "…' is not a valid email address.");
  }

  @Test
  void theRoleMustBeThereKnownAndInvitable() {
    String email = "a@acme.test";
    owner.post(PATH, Map.of("email", email)).isError(400, "Missing required field: role_id");
    owner
        .post(PATH, Map.of("email", email, "role_id", ""))
        .isError(400, "Missing required field: role_id");
    TestOrganisation other = TestOrganisation.create(server);
    for (Object role : List.of("x", UUID.randomUUID(), other.role(DefaultRole.DEVELOPER))) {
      owner
          .post(PATH, Map.of("email", email, "role_id", role.toString()))
          .isError(404, "Role not found.");
    }
    invite(email, organisation.role(DefaultRole.OWNER))
        .isError(400, "Members cannot be invited with the 'Owner' role.");
    invite(email, organisation.role(DefaultRole.ADMIN))
        .isError(400, "Members cannot be invited with the 'Admin' role.");
    String mayCreateTokens =
        "Members cannot be invited with a role that allows creating service account tokens.";
    invite(email, organisation.role(DefaultRole.MANAGER)).isError(400, mayCreateTokens);
    UUID minter =
        organisation.customRole(
            new PermissionSet(
                Map.of(OrganisationResource.SERVICE_ACCOUNT_TOKENS, Set.of(Action.CREATE)),
                Map.of()));
    invite(email, minter).isError(400, mayCreateTokens);
    invite(email, organisation.role(DefaultRole.SERVICE)).is(201);
  }

  @Test
  void aMemberCannotBeInvitedWhateverTheCase() {
    String email = emailOf(owner);

    invite(email.toUpperCase(java.util.Locale.ROOT))
        .isError(409, "'" + email + "' is already a member of this organisation.");
  }

  @Test
  void aRemovedMemberCanBeInvited() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    String email = emailOf(member);
    organisation.deleteAccount(member);

    invite(email).is(201);
  }

  @Test
  void aMemberOfAnotherOrganisationCanBeInvited() {
    invite(emailOf(TestOrganisation.create(server).owner())).is(201);
  }

  @Test
  void nobodyIsInvitedTwice() {
    invite("a@acme.test").is(201);

    invite(" A@acme.test").isError(409, "An active invite already exists for 'a@acme.test'.");
  }

  @Test
  void ofTwoEqualInvitesAtOnceOneWins() throws Exception {
    try (ExecutorService both = Executors.newFixedThreadPool(2)) {
      Callable<Integer> send = () -> invite("twin@acme.test").status();
      var results = both.invokeAll(List.of(send, send));

      assertThat(List.of(results.get(0).get(), results.get(1).get()))
          .containsExactlyInAnyOrder(201, 409);
    }
  }

  @Test
  void appsAreRefusedLast() {
    String refusal =
        "The 'apps' field is not accepted when creating an invite. Use PUT"
            + " /v1/members/<id>/access/ after the invitee accepts and completes their key"
            + " ceremony.";
    String role = organisation.role(DefaultRole.DEVELOPER).toString();

    owner
        .post(PATH, object("email", "a@acme.test", "role_id", role, "apps", List.of()))
        .isError(400, refusal);
    owner
        .post(PATH, object("email", "a@acme.test", "role_id", role, "apps", NullNode.instance))
        .isError(400, refusal);
    owner
        .post(PATH, object("email", emailOf(owner), "role_id", role, "apps", List.of()))
        .isError(409, "'" + emailOf(owner) + "' is already a member of this organisation.");
    assertThat(owner.get(PATH).each("inviteeEmail")).isEmpty();
  }

  @Test
  void aDeletedInviteIsGoneAndTheAddressFree() {
    String id = invite("a@acme.test").id();

    owner.delete(PATH + id + "/").is(204);

    owner.delete(PATH + id + "/").isError(404, "Invite not found.");
    assertThat(owner.get(PATH).each("id")).isEmpty();
    invite("a@acme.test").is(201);
  }

  @Test
  void anExpiredInviteIsGoneAndTheAddressFree() {
    String id = invite("a@acme.test").id();
    expire(id);

    assertThat(owner.get(PATH).each("id")).isEmpty();
    owner.delete(PATH + id + "/").isError(404, "Invite not found.");
    invite("a@acme.test").is(201);
  }

  @Test
  void anUnknownAMalformedAndAForeignInviteAreNotFound() {
    TestOrganisation other = TestOrganisation.create(server);
    String foreign =
        other.owner().post(PATH, body("a@acme.test", other.role(DefaultRole.DEVELOPER))).id();

    for (Object id : List.of(foreign, UUID.randomUUID(), "x")) {
      owner.delete(PATH + id + "/").isError(404, "Invite not found.");
    }
    assertThat(other.owner().get(PATH).each("id")).containsExactly(foreign);
  }

  @Test
  void anInviteCanOnlyBeDeleted() {
    String path = PATH + invite("a@acme.test").id() + "/";

    for (TestResponse refused : List.of(owner.get(path), owner.put(path, Map.of()))) {
      assertThat(refused.is(405).headers().firstValue("Allow")).hasValue("DELETE");
    }
  }

  @Test
  void aRoleThatIsRenamedIsShownByItsNewName() {
    UUID role = organisation.customRole(PermissionSet.NONE);
    invite("a@acme.test", role).is(201);
    owner.put("/v1/roles/" + role + "/", Map.of("name", "Renamed")).is(200);

    assertThat(owner.get(PATH).json().get("data").get(0).get("role").get("name").stringValue())
        .isEqualTo("Renamed");
  }

  @Test
  void sendingAndDeletingAreRecorded() {
    String id = invite("a@acme.test").id();
    owner.delete(PATH + id + "/").is(204);

    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.ACTION, AUDIT_EVENT.RESOURCE_TYPE)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.RESOURCE_ID.eq(UUID.fromString(id)))
                        .orderBy(AUDIT_EVENT.CREATED_AT)
                        .fetch(row -> row.value1() + " " + row.value2()));
    assertThat(events).containsExactly("create invite", "delete invite");
  }

  private TestResponse invite(String email) {
    return invite(email, organisation.role(DefaultRole.DEVELOPER));
  }

  private TestResponse invite(String email, UUID role) {
    return owner.post(PATH, body(email, role));
  }

  private static Map<String, Object> body(String email, UUID role) {
    return Map.of("email", email, "role_id", role.toString());
  }

  private void expire(String id) {
    server
        .database()
        .write(
            db ->
                db.update(INVITE)
                    .set(INVITE.EXPIRES_AT, Instant.EPOCH)
                    .where(INVITE.ID.eq(UUID.fromString(id)))
                    .execute());
  }

  private String emailOf(TestCaller member) {
    return server
        .database()
        .read(
            db ->
                db.select(USER_ACCOUNT.EMAIL)
                    .from(USER_ACCOUNT)
                    .join(MEMBER)
                    .on(MEMBER.USER_ACCOUNT_ID.eq(USER_ACCOUNT.ID))
                    .where(MEMBER.ID.eq(member.account()))
                    .fetchSingle()
                    .value1());
  }
}
