package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.Caller;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.RateLimits;
import lockstep.server.auth.Authenticator;
import lockstep.server.auth.CallerAdmission;
import lockstep.server.auth.TokenUses;
import lockstep.server.http.Access;
import lockstep.server.http.ApiException;
import lockstep.server.http.HttpEvents;
import lockstep.server.http.HttpServer;
import lockstep.server.http.HttpSettings;
import lockstep.server.http.Router;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;

/** Refusals that are on record, and how many. */
@ContractTest
final class RefusedRequestsContractTest extends OnBothDatabases {

  private static final HttpEvents NO_EVENTS =
      new HttpEvents() {
        @Override
        public void requestFinished(
            String method, String route, int status, Duration duration, String requestId) {}

        @Override
        public void serverFault(String requestId, Throwable fault) {}
      };

  private List<AuditEventRecord> refusals(TestCaller caller) {
    return server
        .database()
        .read(
            db ->
                db.selectFrom(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .and(AUDIT_EVENT.ACTION.eq("refuse"))
                    .and(AUDIT_EVENT.ACCOUNT_ID.eq(caller.account()))
                    .orderBy(AUDIT_EVENT.SEQUENCE)
                    .fetch());
  }

  private AuditEventRecord onlyRefusal(TestCaller caller) {
    List<AuditEventRecord> refusals = refusals(caller);
    assertThat(refusals).hasSize(1);
    return refusals.getFirst();
  }

  @Test
  void aMissingPermissionIsOnRecordWithItsRouteAndThing() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String team = owner.post("/v1/teams/", object("name", "team")).is(201).id();

    developer.with("User-Agent", "probe/1").delete("/v1/teams/" + team + "/").is(403);

    AuditEventRecord event = onlyRefusal(developer);
    assertThat(event.getResourceType()).isEqualTo("request");
    assertThat(event.getResourceId()).isEqualTo(UUID.fromString(team));
    assertThat(event.getDetails())
        .contains("\"method\":\"DELETE\"", "\"route\":\"/v1/teams/:id/\"", "permission");
    assertThat(event.getUserAgent()).isEqualTo("probe/1");
    assertThat(event.getTokenId()).isNotNull();
  }

  @Test
  void aRefusedReadOfSecretsIsOnRecord() {
    TestApp app = organisation.app("shop");
    owner.post(app.secrets(), body(secret("CANARYKEY", "canaryvalue"))).is(201);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);

    developer.get(app.secrets() + "&key=CANARYKEY").is(403);
    developer.post(app.secrets(), body(secret("CANARYKEY", "canaryvalue"))).is(403);

    assertThat(refusals(developer))
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.toString()).doesNotContainIgnoringCase("canary"));
  }

  @Test
  void aNetworkPolicyThatKeepsSomebodyOutIsOnRecord() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    String policy =
        owner
            .post(
                "/v1/network-policies/",
                object("name", "elsewhere", "allowed_ips", List.of("192.0.2.1")))
            .is(201)
            .id();
    owner
        .put(
            "/v1/members/" + developer.account() + "/network-policies/",
            object("policy_ids", List.of(policy)))
        .is(200);

    developer.get("/v1/apps/").is(403);

    assertThat(onlyRefusal(developer).getDetails()).contains("network access policy");
  }

  @Test
  void whatIsNoRefusalOfAKnownCallerIsNot() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestOrganisation foreign = TestOrganisation.create(server);
    TestApp app = foreign.app("theirs");
    developer.get("/v1/apps/" + app.id() + "/").is(404);
    developer.get("/v1/audit/events/?limit=x").is(400);
    developer.get("/v1/apps/").is(200);
    assertThat(refusals(developer)).isEmpty();
    int others =
        server
            .database()
            .read(db -> db.fetchCount(AUDIT_EVENT, AUDIT_EVENT.ACCOUNT_ID.eq(developer.account())));
    assertThat(others).isZero();
  }

  @Test
  void nobodyFillsTheLogByAsking() {
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    TestCaller other = organisation.member(DefaultRole.DEVELOPER);
    int limit = RefusedRequests.RECORDED.requests();
    for (int i = 0; i < limit + 5; i++) {
      developer.delete("/v1/apps/" + UUID.randomUUID() + "/");
      developer.get("/v1/service-accounts/").is(403);
    }
    assertThat(refusals(developer)).hasSize(limit);
    other.get("/v1/service-accounts/").is(403);
    assertThat(refusals(other)).hasSize(1);
  }

  @Test
  void aRefusalThatCannotBeRecordedIsAnsweredWith503() {
    try (ServerUnderTest own = ServerUnderTest.start(backend)) {
      TestOrganisation there = TestOrganisation.create(own);
      TestCaller developer = there.member(DefaultRole.DEVELOPER);
      own.database().write(db -> db.execute("alter table audit_event rename to elsewhere"));
      developer
          .get("/v1/service-accounts/")
          .isError(503, "The audit log cannot be written right now.");
    }
  }

  @Test
  void howManyWereLeftOutIsNotForgottenWhenARecordFails() {
    AtomicLong now = new AtomicLong();
    Router.Builder<Caller> routes = Router.builder();
    routes
        .route("/closed/", Access.ACCOUNT)
        .get(
            (call, caller) -> {
              throw ApiException.forbidden("closed");
            });
    try (ServerUnderTest own = ServerUnderTest.start(backend);
        TokenUses uses = new TokenUses(own.database(), Clock.systemUTC(), Duration.ofSeconds(5));
        HttpServer front =
            HttpServer.start(
                HttpSettings.defaults("127.0.0.1", 0),
                routes.build(),
                new CallerAdmission(
                    new Authenticator(
                        own.database(),
                        uses,
                        new RefusedStrangers(audit(own), System::nanoTime),
                        Clock.systemUTC()),
                    RateLimits.NONE,
                    new RefusedRequests(audit(own), now::get),
                    System::nanoTime),
                NO_EVENTS)) {
      TestOrganisation there = TestOrganisation.create(own);
      TestCaller known = there.member(DefaultRole.DEVELOPER);
      TestCaller caller = new TestCaller(front.uri(), known.account(), known.headers());
      for (int i = 0; i < RefusedRequests.RECORDED.requests() + 2; i++) {
        caller.get("/closed/").is(403);
      }
      now.addAndGet(RefusedRequests.RECORDED.period().multipliedBy(2).toNanos());
      own.database().write(db -> db.execute("alter table audit_event rename to elsewhere"));
      assertThat(caller.get("/closed/").status()).isGreaterThanOrEqualTo(500);
      own.database().write(db -> db.execute("alter table elsewhere rename to audit_event"));

      caller.get("/closed/").is(403);

      String last =
          own.database()
              .read(
                  db ->
                      db.selectFrom(AUDIT_EVENT)
                          .where(AUDIT_EVENT.ORGANISATION_ID.eq(there.id()))
                          .orderBy(AUDIT_EVENT.SEQUENCE.desc())
                          .limit(1)
                          .fetchSingle()
                          .getDetails());
      assertThat(last).contains("\"unrecorded\":2");
    }
  }

  private static Audit audit(ServerUnderTest of) {
    return new Audit(
        of.database(),
        new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET))),
        Clock.systemUTC());
  }
}
