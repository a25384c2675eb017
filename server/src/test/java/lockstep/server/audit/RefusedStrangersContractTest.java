package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.LOCKBOX;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import lockstep.crypto.Lockbox;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.AccountKind;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.Origin;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What is refused to somebody without a token that works is on record where it concerns. */
@ContractTest
final class RefusedStrangersContractTest extends OnBothDatabases {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String UNKNOWN = "a".repeat(64);

  private List<AuditEventRecord> refusals() {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .and(AUDIT_EVENT.ACTION.eq("refuse"))
                    .orderBy(AUDIT_EVENT.SEQUENCE)
                    .fetch());
  }

  private AuditEventRecord onlyRefusal() {
    assertThat(refusals()).hasSize(1);
    return refusals().getFirst();
  }

  @Test
  void aTokenThatHasExpiredIsOnRecordUnderItsAccount() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    TestCaller late = organisation.memberToken(member, Instant.now().minusSeconds(60));

    late.with("User-Agent", "late").get("/v1/apps/").isError(401, "Token expired or deleted");

    AuditEventRecord event = onlyRefusal();
    assertThat(event.getResourceType()).isEqualTo("user_token");
    assertThat(event.getResourceId()).isEqualTo(event.getTokenId()).isNotNull();
    assertThat(event.getAccountId()).isEqualTo(member.account());
    assertThat(event.getUserAgent()).isEqualTo("late");
    assertThat(event.getClientAddress()).isEqualTo("127.0.0.1");
    assertThat(event.getDetails()).isEqualTo("{\"reason\":\"The token has expired\"}");
  }

  @Test
  void aTokenThatWasDeletedIsAndOneOfADeletedAccount() {
    TestCaller deleted = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.deleteTokens(deleted);
    deleted.get("/v1/apps/").is(401);
    assertThat(onlyRefusal().getResourceType()).isEqualTo("sa_token");
    assertThat(onlyRefusal().getDetails()).contains("The token was deleted");

    TestCaller gone = organisation.member(DefaultRole.DEVELOPER);
    organisation.deleteAccount(gone);
    gone.get("/v1/apps/").is(401);
    assertThat(refusals().getLast().getDetails()).contains("The account was deleted");
  }

  @Test
  void aTokenThatNeverWasIsNot() {
    int before = server.database().read(db -> db.fetchCount(AUDIT_EVENT));
    for (String kind : List.of("User", "ServiceAccount")) {
      TestCaller.authorized(server.uri(), UUID.randomUUID(), kind + " " + UNKNOWN)
          .get("/v1/apps/")
          .is(401);
    }
    assertThat(server.database().<Integer>read(db -> db.fetchCount(AUDIT_EVENT))).isEqualTo(before);
  }

  @Test
  void askingAgainAndAgainDoesNotFillTheLog() {
    TestCaller late =
        organisation.memberToken(
            organisation.member(DefaultRole.DEVELOPER), Instant.now().minusSeconds(60));
    for (int i = 0; i < 20; i++) {
      late.get("/v1/apps/").is(401);
    }
    assertThat(refusals()).hasSize(1);
  }

  @Test
  void manyAddressesDoNotFillItEitherAndTheNextEventSaysHowManyThereAreNot() throws Exception {
    AtomicLong now = new AtomicLong();
    RefusedStrangers strangers =
        new RefusedStrangers(
            new Audit(
                server.database(),
                new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET))),
                Clock.systemUTC()),
            now::get);
    RefusedStrangers.Thing thing =
        new RefusedStrangers.Thing(
            AuditedResource.USER_TOKEN,
            UUID.randomUUID(),
            new OrganisationId(organisation.id()),
            AccountKind.MEMBER,
            new AccountId(owner.account()),
            "ada",
            null);
    for (int i = 0; i < 50; i++) {
      strangers.record(thing, from("192.0.2." + i), "Because");
      strangers.record(thing, from("192.0.2." + i), "Because");
    }
    assertThat(refusals()).hasSize(RefusedStrangers.OF_A_THING.requests());
    now.addAndGet(RefusedStrangers.OF_A_THING.period().multipliedBy(2).toNanos());
    strangers.record(thing, from("192.0.2.1"), "Because");
    assertThat(refusals().getLast().getDetails())
        .isEqualTo("{\"reason\":\"Because\",\"unrecorded\":81}");
  }

  private static Origin from(String address) throws UnknownHostException {
    return new Origin(Optional.of(InetAddress.getByName(address)), "", "");
  }

  @Test
  void aWrongCodeForAnInviteIsOnRecordUnderTheOneWhoInvited() {
    String invite =
        owner
            .post(
                "/v1/members/invites/",
                object(
                    "email",
                    UUID.randomUUID() + "@acme.test",
                    "role_id",
                    organisation.role(DefaultRole.DEVELOPER)))
            .is(201)
            .id();
    TestCaller anybody = TestCaller.anonymous(server.uri());

    anybody.get("/v1/invites/" + invite + "/?code=wrong").isError(404, "Invite not found.");

    AuditEventRecord event = onlyRefusal();
    assertThat(event.getResourceType()).isEqualTo("invite");
    assertThat(event.getResourceId()).hasToString(invite);
    assertThat(event.getAccountId()).isEqualTo(owner.account());
    assertThat(event.getAccountName()).isEqualTo("somebody with the link");
    assertThat(event.getTokenId()).isNull();
    assertThat(event.getDetails()).isEqualTo("{\"reason\":\"The code is wrong\"}");
    anybody.get("/v1/invites/" + UUID.randomUUID() + "/?code=wrong").is(404);
    assertThat(refusals()).hasSize(1);
  }

  @Test
  void aSharedTextThatCannotBeOpenedAnyMoreIsOnRecordUnderItsCreator() {
    Object data = JSON.readValue(Lockbox.seal("hello").data(), Map.class);
    String used = owner.post("/v1/lockbox/", object("data", data, "allowedViews", 1)).is(201).id();
    TestCaller anybody = TestCaller.anonymous(server.uri());
    anybody.sendText("POST", "/lockbox/" + used, "").is(200);
    assertThat(refusals()).isEmpty();
    anybody.sendText("POST", "/lockbox/" + used, "").is(403);
    AuditEventRecord event = onlyRefusal();
    assertThat(event.getResourceType()).isEqualTo("lockbox");
    assertThat(event.getResourceId()).hasToString(used);
    assertThat(event.getAccountId()).isEqualTo(owner.account());
    assertThat(event.getDetails()).contains("No views are left");

    String expired = owner.post("/v1/lockbox/", object("data", data)).is(201).id();
    server
        .database()
        .write(
            db ->
                db.update(LOCKBOX)
                    .set(LOCKBOX.EXPIRES_AT, Instant.now().minusSeconds(1))
                    .where(LOCKBOX.ID.eq(UUID.fromString(expired)))
                    .execute());
    anybody.get("/lockbox/" + expired).is(404);
    assertThat(refusals()).hasSize(2);
    assertThat(refusals().getLast().getResourceId()).hasToString(expired);
    anybody.get("/lockbox/" + UUID.randomUUID()).is(404);
    assertThat(refusals()).hasSize(2);
  }
}
