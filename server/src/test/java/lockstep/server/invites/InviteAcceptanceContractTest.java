package lockstep.server.invites;

import static lockstep.server.ServerUnderTest.SERVER_SECRET;
import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.INVITE;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import lockstep.crypto.PasswordHash;
import lockstep.crypto.ServerKey;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.ids.InviteId;
import lockstep.server.keys.InviteLinks;
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
final class InviteAcceptanceContractTest extends OnBothDatabases {

  private TestCaller anybody;
  private String email;
  private String invite;

  @BeforeEach
  void inviteSomebody() {
    anybody = TestCaller.anonymous(server.uri());
    email = UUID.randomUUID() + "@acme.test";
    invite = invite(organisation, email);
  }

  @Test
  void theInviteeSeesWhatTheCeremonyNeeds() {
    JsonNode seen = see(invite).is(200).json();

    assertThat(seen.propertyNames())
        .containsExactly("id", "organisation", "inviteeEmail", "role", "expiresAt");
    assertThat(seen.get("organisation").toString())
        .isEqualTo(
            "{\"id\":\"" + organisation.id() + "\",\"name\":\"org-" + organisation.id() + "\"}");
    assertThat(seen.get("inviteeEmail").stringValue()).isEqualTo(email);
    assertThat(seen.get("role").get("name").stringValue()).isEqualTo("Developer");
  }

  @Test
  void acceptingMakesAMemberWithTheRoleOfTheInvite() {
    TestCeremony ceremony = TestCeremony.perform();
    Map<String, Object> body = ceremony.body(" " + email.toUpperCase(Locale.ROOT));
    body.put("fullName", " Nadia <b>Roy</b>");

    JsonNode member = accept(invite, body).is(201).json();

    assertThat(member.get("email").stringValue()).isEqualTo(email);
    assertThat(member.get("fullName").stringValue()).isEqualTo("Nadia Roy");
    assertThat(member.get("username").stringValue())
        .isEqualTo(email.substring(0, email.indexOf('@')));
    assertThat(member.get("role").get("id").stringValue())
        .isEqualTo(organisation.role(DefaultRole.DEVELOPER).toString());
    assertThat(member.get("organisation").get("id").stringValue())
        .isEqualTo(organisation.id().toString());
    assertThat(member.get("token").isNull()).isTrue();
    assertThat(owner.get("/v1/members/invites/").each("id")).isEmpty();
  }

  @Test
  void whatIsKeptOfThePasswordIsASlowHash() {
    TestCeremony ceremony = TestCeremony.perform();
    accept(invite, ceremony.body(email)).is(201);

    String stored = passwordHash(email);
    assertThat(stored).startsWith("$argon2id$").doesNotContain(ceremony.authHash());
    assertThat(PasswordHash.verify(ceremony.authHash(), stored)).isTrue();
  }

  @Test
  void aTokenSentAlongWorksAtOnceAndIsNotShown() {
    TestCeremony ceremony = TestCeremony.perform();

    TestResponse accepted = accept(invite, ceremony.bodyWithToken(email)).is(201);

    assertThat(accepted.json().get("token").get("name").stringValue()).isEqualTo("laptop");
    assertThat(accepted.text())
        .doesNotContain(
            ceremony.token().token().bearer().hex(), ceremony.token().wrappedKeyShare());
    member(ceremony, accepted.id()).get("/v1/apps/").is(200);
  }

  @Test
  void theMemberHasARoleOnlyAndNoReach() {
    organisation.app("billing-api");
    TestCeremony ceremony = TestCeremony.perform();
    String id = accept(invite, ceremony.bodyWithToken(email)).is(201).id();

    assertThat(member(ceremony, id).get("/v1/apps/").is(200).each("name")).isEmpty();
  }

  @Test
  void whoeverSeesTheInviteButNotItsLinkCannotAcceptIt() {
    TestCaller reader =
        organisation.memberWith(
            new PermissionSet(Map.of(OrganisationResource.MEMBERS, Set.of(Action.READ)), Map.of()));
    assertThat(reader.get("/v1/members/invites/").is(200).each("id")).contains(invite);
    reader
        .get("/v1/members/invites/" + invite + "/link/")
        .isError(403, "You don't have permission to create members.");

    String other = code(invite(organisation, "x" + email));
    for (Object guess :
        List.of(
            "",
            invite,
            "0".repeat(32),
            code(invite).substring(1),
            code(invite) + "0",
            code(invite).toUpperCase(Locale.ROOT),
            other,
            0,
            List.of(code(invite)),
            NullNode.instance)) {
      see(invite, guess.toString()).isError(404, "Invite not found.");
      accept(invite, guess, TestCeremony.perform().body(email)).isError(404, "Invite not found.");
    }
    anybody.get("/v1/invites/" + invite + "/").isError(404, "Invite not found.");
    anybody
        .post("/v1/invites/" + invite + "/accept/", TestCeremony.perform().body(email))
        .isError(404, "Invite not found.");
    assertThat(members(email)).isZero();
    // Guesses do not use up the attempts of the invitee.
    accept(invite, TestCeremony.perform().body(email)).is(201);
  }

  @Test
  void anInviteIsAcceptedOnce() {
    accept(invite, TestCeremony.perform().body(email)).is(201);

    accept(invite, TestCeremony.perform().body(email)).isError(404, "Invite not found.");
    see(invite).isError(404, "Invite not found.");
    owner.delete("/v1/members/invites/" + invite + "/").isError(404, "Invite not found.");
  }

  @Test
  void ofTwoAcceptancesAtOnceOneWins() throws Exception {
    try (ExecutorService both = Executors.newFixedThreadPool(2)) {
      Callable<Integer> attempt = () -> accept(invite, TestCeremony.perform().body(email)).status();
      var results = both.invokeAll(List.of(attempt, attempt));

      List<Integer> statuses = List.of(results.get(0).get(), results.get(1).get());
      assertThat(statuses).containsOnlyOnce(201);
      assertThat(statuses).doesNotContain(500);
    }
    assertThat(members(email)).isEqualTo(1);
  }

  @Test
  void aDeletedAnExpiredAnUnknownAndAMalformedInviteAreNotFound() {
    owner.delete("/v1/members/invites/" + invite + "/").is(204);
    String expired = invite(organisation, email);
    expire(expired);

    for (Object id : List.of(invite, expired, UUID.randomUUID(), "x")) {
      see(id).isError(404, "Invite not found.");
      accept(id, TestCeremony.perform().body(email)).isError(404, "Invite not found.");
      accept(id, Map.of()).isError(404, "Invite not found.");
    }
  }

  @Test
  void anotherAddressThanTheInvitedOneFindsNothing() {
    accept(invite, TestCeremony.perform().body("x" + email)).isError(404, "Invite not found.");
    see(invite).is(200);
  }

  @Test
  void materialThatNoClientMakesIsRefused() {
    refused(Map.of(), "Missing required field: email");
    refused(without("identityKey"), "Missing required field: identityKey");
    refused(
        with("identityKey", "0".repeat(64)),
        "'identityKey' must be an Ed25519 public key of 64 hexadecimal digits.");
    refused(without("authHash"), "Missing required field: authHash");
    refused(
        with("authHash", "A".repeat(64)), "'authHash' must be 64 lower-case hexadecimal digits.");
    refused(with("wrappedKeyring", "ab"), keyringRule());
    refused(with("wrappedKeyring", "z".repeat(692)), keyringRule());
    refused(with("wrappedKeyring", "a".repeat(691)), keyringRule());
    refused(
        with("wrappedRecovery", "a".repeat(10_000)),
        "'wrappedRecovery' must be a ciphertext of 270 to 510 hexadecimal digits.");
    refused(with("fullName", "n".repeat(129)), "'fullName' cannot exceed 128 characters.");
    refused(with("token", "x"), "'token' must be an object.");
    see(invite).is(200);
  }

  @Test
  void aTokenOfAnotherKeyPairIsRefused() {
    Map<String, Object> body = TestCeremony.perform().body(email);
    body.put("token", TestCeremony.perform().tokenBody());

    accept(invite, body).isError(400, "The token's 'identityKey' is not the member's X25519 key.");
    see(invite).is(200);
  }

  @Test
  void aTokenThatIsInUseSpoilsTheWholeAcceptance() {
    TestCeremony ceremony = TestCeremony.perform();
    TestOrganisation other = TestOrganisation.create(server);
    accept(invite(other, email), ceremony.bodyWithToken(email)).is(201);

    accept(invite, ceremony.bodyWithToken(email))
        .isError(409, "This token is in use already. Make another one.");
    see(invite).is(200);
    assertThat(members(email)).isEqualTo(1);
  }

  @Test
  void somebodyWithAnAccountJoinsAnotherOrganisationWithItsPasswordOnly() {
    TestCeremony first = TestCeremony.perform();
    TestOrganisation other = TestOrganisation.create(server);
    accept(invite(other, email), first.body(email)).is(201);

    accept(invite, TestCeremony.perform().body(email))
        .isError(
            403,
            "This e-mail address has an account already. Accept the invite with its password.");
    accept(invite, TestCeremony.perform(first.authHash()).body(email)).is(201);
    assertThat(members(email)).isEqualTo(2);
  }

  @Test
  void somebodyWhoSignsInWithoutAPasswordIsNotGivenOneByAnInvite() {
    TestOrganisation other = TestOrganisation.create(server);
    TestCaller member = other.member(DefaultRole.DEVELOPER);
    String theirs = emailOf(member);

    accept(invite(organisation, theirs), TestCeremony.perform().body(theirs))
        .isError(
            403,
            "This e-mail address belongs to somebody who signs in without a password. Sign in that"
                + " way.");
  }

  @Test
  void aRemovedMemberStartsFromNothingWithTheOldPassword() {
    TestCeremony first = TestCeremony.perform();
    String removed = accept(invite, first.bodyWithToken(email)).is(201).id();
    organisation.deleteAccount(member(first, removed));

    String again = invite(organisation, email);
    accept(again, TestCeremony.perform().body(email)).is(403);
    String id = accept(again, TestCeremony.perform(first.authHash()).body(email)).is(201).id();
    assertThat(id).isNotEqualTo(removed);
    member(first, removed).get("/v1/apps/").isError(401, "Token expired or deleted");
  }

  @Test
  void aMemberCannotAccept() {
    TestCeremony ceremony = TestCeremony.perform();
    accept(invite, ceremony.body(email)).is(201);
    reopen(invite);

    accept(invite, TestCeremony.perform(ceremony.authHash()).body(email))
        .isError(409, "'" + email + "' is already a member of this organisation.");
  }

  @Test
  void attemptsAtOneInviteAreBounded() {
    for (int i = 0; i < 10; i++) {
      accept(invite, Map.of("email", "x@acme.test")).is(404);
    }

    TestResponse refused = accept(invite, Map.of("email", email)).is(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    String other = invite(organisation, "x" + email);
    accept(other, Map.of("email", "x@acme.test")).is(404);
  }

  @Test
  void theAcceptanceIsRecordedUnderTheNewMember() {
    TestCeremony ceremony = TestCeremony.perform();
    String id = accept(invite, ceremony.bodyWithToken(email)).is(201).id();

    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.ACTION, AUDIT_EVENT.RESOURCE_TYPE, AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(AUDIT_EVENT.ACCOUNT_ID.eq(UUID.fromString(id)))
                        .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                        .fetch(row -> row.value1() + " " + row.value2() + " " + row.value3()));
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).startsWith("create member ").contains(invite);
    assertThat(events.get(1)).startsWith("create user_token ");
    assertThat(String.join("", events))
        .doesNotContain(ceremony.token().token().bearer().hex(), ceremony.authHash());
  }

  private static String keyringRule() {
    return "'wrappedKeyring' must be a ciphertext of 528 to 2128 hexadecimal digits.";
  }

  private void refused(Map<String, Object> body, String error) {
    // A fresh invite each time: attempts at one are bounded.
    owner.delete("/v1/members/invites/" + invite + "/").is(204);
    invite = invite(organisation, email);
    accept(invite, body).isError(400, error);
  }

  private Map<String, Object> with(String name, Object value) {
    Map<String, Object> body = TestCeremony.perform().body(email);
    body.put(name, value);
    return body;
  }

  private Map<String, Object> without(String name) {
    Map<String, Object> body = TestCeremony.perform().body(email);
    body.remove(name);
    return body;
  }

  private TestResponse see(Object id) {
    return see(id, code(id));
  }

  private TestResponse see(Object id, String code) {
    return anybody.get("/v1/invites/" + id + "/?code=" + TestCaller.encoded(code));
  }

  private TestResponse accept(Object id, Map<String, Object> body) {
    return accept(id, code(id), body);
  }

  private TestResponse accept(Object id, Object code, Map<String, Object> body) {
    Map<String, Object> all = new HashMap<>(body);
    all.put("code", code);
    return anybody.post("/v1/invites/" + id + "/accept/", all);
  }

  /** What the link of the invite says. */
  private static String code(Object id) {
    return InviteId.parse(id.toString())
        .map(invite -> InviteLinks.code(ServerKey.parse(SERVER_SECRET), invite))
        .orElse("0".repeat(32));
  }

  private static String invite(TestOrganisation from, String email) {
    return from.owner()
        .post(
            "/v1/members/invites/",
            Map.of("email", email, "role_id", from.role(DefaultRole.DEVELOPER).toString()))
        .is(201)
        .id();
  }

  private TestCaller member(TestCeremony ceremony, String id) {
    return TestCaller.authorized(
        server.uri(), UUID.fromString(id), ceremony.token().token().bearerHeaderValue());
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

  private void reopen(String id) {
    server
        .database()
        .write(
            db ->
                db.update(INVITE)
                    .setNull(INVITE.ACCEPTED_AT)
                    .where(INVITE.ID.eq(UUID.fromString(id)))
                    .execute());
  }

  private int members(String address) {
    return server
        .database()
        .read(
            db ->
                db.fetchCount(
                    db.selectOne()
                        .from(MEMBER)
                        .join(USER_ACCOUNT)
                        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
                        .where(USER_ACCOUNT.EMAIL.eq(address))));
  }

  private String passwordHash(String address) {
    return server
        .database()
        .read(
            db ->
                db.select(USER_ACCOUNT.PASSWORD_HASH)
                    .from(USER_ACCOUNT)
                    .where(USER_ACCOUNT.EMAIL.eq(address))
                    .fetchSingle()
                    .value1());
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
