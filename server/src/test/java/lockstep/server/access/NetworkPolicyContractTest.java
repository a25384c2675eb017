package lockstep.server.access;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.NETWORK_POLICY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import lockstep.server.ServerUnderTest;
import lockstep.server.http.RawClient;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;

/** From where an account may call. The tests call from 127.0.0.1. */
@ContractTest
final class NetworkPolicyContractTest extends OnBothDatabases {

  private static final String DENIED =
      "Access denied: a network access policy restricts access from your IP address.";
  private static final String ELSEWHERE = "203.0.113.7";

  @Test
  void aPolicyHoldsOnEveryRouteBehindCredentialsAndOnNoOther() {
    TestCaller member = organisation.member(DefaultRole.ADMIN);
    organisation.policy(false, ELSEWHERE, member);
    for (Route route : server.routes()) {
      for (String method : route.methods()) {
        String path = route.template().replaceAll(":[a-z_]+", UUID.randomUUID().toString());
        if (route.access() == lockstep.server.http.Access.PUBLIC) {
          assertThat(member.sendText(method, path, "").status()).isNotEqualTo(403);
        } else {
          member.sendText(method, path, "").isError(403, DENIED);
        }
      }
    }
  }

  @Test
  void withoutAPolicyEverybodyIsLetIn() {
    organisation.policy(false, ELSEWHERE);
    allowed(owner);
  }

  @Test
  void globalPoliciesHoldForAccountsWithoutTheirOwn() {
    TestApp app = organisation.app("app");
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller legacy = organisation.serviceToken(app, "Development");
    TestCaller exempt = organisation.member(DefaultRole.DEVELOPER);
    organisation.policy(false, "127.0.0.1", exempt);
    organisation.policy(true, ELSEWHERE);

    denied(owner);
    denied(account);
    legacy.get(app.secrets()).isError(403, DENIED);
    allowed(exempt);
  }

  @Test
  void ownPoliciesReplaceGlobalOnes() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.policy(true, "127.0.0.1");
    organisation.policy(false, ELSEWHERE, member, account);

    denied(member);
    denied(account);
    allowed(owner);
  }

  @Test
  void oneOfSeveralPoliciesIsEnough() {
    organisation.policy(true, ELSEWHERE);
    organisation.policy(true, "10.0.0.0/8, 127.0.0.1");
    allowed(owner);
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.policy(false, ELSEWHERE, member);
    organisation.policy(false, "127.0.0.0/24", member);
    allowed(member);
  }

  @Test
  void policiesOfOtherOrganisationsDoNotMatter() {
    TestOrganisation other = TestOrganisation.create(server);
    other.policy(true, ELSEWHERE);
    denied(other.owner());
    allowed(owner);
  }

  @Test
  void entriesAreAddressesAndRanges() {
    for (String entries :
        List.of(
            "127.0.0.1",
            "127.0.0.1/32",
            "127.1.2.3/8",
            "0.0.0.0/0",
            "::ffff:127.0.0.1",
            "::ffff:127.0.0.0/104",
            " 127.0.0.1 ",
            "nonsense,127.0.0.1",
            "300.1.1.1, 127.0.0.1/33 ,127.0.0.1",
            ELSEWHERE + ",127.0.0.1")) {
      TestCaller member = organisation.member(DefaultRole.DEVELOPER);
      organisation.policy(false, entries, member);
      allowed(member);
    }
    for (String entries :
        List.of(
            "127.0.0.2",
            "128.0.0.0/8",
            "::1",
            "::/0",
            "",
            ",",
            "nonsense",
            "localhost",
            "127.0.0.1/33",
            "127.1",
            "2130706433",
            "0177.0.0.1",
            "127.0.0.1/-1",
            "127.0.0.1;127.0.0.1")) {
      TestCaller member = organisation.member(DefaultRole.DEVELOPER);
      organisation.policy(false, entries, member);
      denied(member);
    }
  }

  @Test
  void aChangedPolicyHoldsForTheNextRequest() {
    organisation.policy(true, ELSEWHERE);
    denied(owner);
    allow("127.0.0.1");
    allowed(owner);
    allow("10.0.0.1");
    denied(owner);
  }

  private void allow(String entries) {
    server
        .database()
        .write(
            db -> {
              AccessRevision.increment(
                  db, new lockstep.server.ids.OrganisationId(organisation.id()));
              return db.update(NETWORK_POLICY)
                  .set(NETWORK_POLICY.ALLOWED_IPS, entries)
                  .where(NETWORK_POLICY.ORGANISATION_ID.eq(organisation.id()))
                  .execute();
            });
  }

  @Test
  void forwardingHeadersOfStrangersAreNotBelieved() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.policy(false, ELSEWHERE, member);
    for (String header :
        List.of("X-Real-IP", "X-Forwarded-For", "Forwarded", "X-Client-IP", "True-Client-IP")) {
      denied(member.with(header, ELSEWHERE));
    }
    denied(member.with("Forwarded", "for=" + ELSEWHERE));
    TestCaller here = organisation.member(DefaultRole.DEVELOPER);
    organisation.policy(false, "127.0.0.1", here);
    allowed(here.with("X-Forwarded-For", ELSEWHERE).with("X-Real-IP", ELSEWHERE));
  }

  @Test
  void theAddressOnRecordIsThatOfThePeerUnlessAProxyIsTrusted() {
    owner.with("X-Real-IP", ELSEWHERE).post("/v1/apps/", Map.of("name", "n")).is(201);
    assertThat(addressesOnRecord(server, organisation)).containsOnly("127.0.0.1");
    behindProxy(
        Map.of("TRUSTED_PROXIES", "127.0.0.1"),
        (proxied, there) -> {
          there.owner().with("X-Real-IP", ELSEWHERE).post("/v1/apps/", Map.of("name", "n")).is(201);
          assertThat(addressesOnRecord(proxied, there)).containsOnly(ELSEWHERE);
        });
  }

  private static List<String> addressesOnRecord(
      ServerUnderTest server, TestOrganisation organisation) {
    return server
        .database()
        .read(
            db ->
                db.select(AUDIT_EVENT.CLIENT_ADDRESS)
                    .from(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .fetch(AUDIT_EVENT.CLIENT_ADDRESS));
  }

  @Test
  void aTrustedProxySaysWhoseRequestItIs() {
    behindProxy(
        Map.of("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"),
        (proxied, there) -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          there.policy(false, ELSEWHERE + ",2001:db8::7", member);
          denied(member);
          allowed(member.with("X-Real-IP", ELSEWHERE));
          allowed(member.with("X-Real-IP", "2001:DB8:0::7"));
          allowed(member.with("X-Real-IP", "::ffff:" + ELSEWHERE));
          allowed(member.with("X-Real-IP", ELSEWHERE).with("X-Forwarded-For", "192.0.2.1"));
          allowed(member.with("X-Forwarded-For", ELSEWHERE));
          allowed(member.with("X-Forwarded-For", "192.0.2.1, " + ELSEWHERE));
          allowed(member.with("X-Forwarded-For", ELSEWHERE + ", 10.1.2.3,10.0.0.1"));
          allowed(member.with("X-Real-IP", "nonsense").with("X-Forwarded-For", ELSEWHERE));
          allowed(member.with("X-Real-IP", "192.0.2.1,x").with("X-Forwarded-For", ELSEWHERE));
        });
  }

  @Test
  void whatCameBeforeTheLastUntrustedHopCountsForNothing() {
    behindProxy(
        Map.of("TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8"),
        (proxied, there) -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          there.policy(false, ELSEWHERE, member);
          denied(member.with("X-Forwarded-For", ELSEWHERE + ", 192.0.2.1"));
          denied(member.with("X-Forwarded-For", ELSEWHERE + ", 192.0.2.1, 10.0.0.1"));
          denied(member.with("X-Real-IP", "192.0.2.1").with("X-Forwarded-For", ELSEWHERE));
          denied(member.with("X-Forwarded-For", "10.0.0.1, 10.0.0.2"));
        });
  }

  @Test
  void anEntryThatIsNoAddressEndsTheWalkAtThePeer() {
    behindProxy(
        Map.of("TRUSTED_PROXIES", "127.0.0.1"),
        (proxied, there) -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          TestCaller peer = there.member(DefaultRole.DEVELOPER);
          there.policy(false, ELSEWHERE, member);
          there.policy(false, "127.0.0.1", peer);
          for (String hops :
              List.of(
                  ELSEWHERE + ", unknown",
                  ELSEWHERE + ",",
                  ELSEWHERE + ":443",
                  "\"" + ELSEWHERE + "\"",
                  "[" + ELSEWHERE + "]",
                  "_hidden")) {
            denied(member.with("X-Forwarded-For", hops));
            allowed(peer.with("X-Forwarded-For", hops));
          }
        });
  }

  @Test
  void severalForwardedForHeadersAreOneList() {
    behindProxy(
        Map.of("TRUSTED_PROXIES", "127.0.0.1"),
        (proxied, there) -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          there.policy(false, ELSEWHERE, member);
          assertThat(statusWith(member, "192.0.2.1", ELSEWHERE)).isEqualTo(200);
          assertThat(statusWith(member, ELSEWHERE, "192.0.2.1")).isEqualTo(403);
        });
  }

  private static int statusWith(TestCaller caller, String firstHop, String secondHop) {
    try (RawClient client = new RawClient(caller.server().getPort())) {
      client.send(
          "GET /v1/apps/ HTTP/1.1\r\nHost: h\r\nAuthorization: "
              + caller.headers().get("Authorization")
              + "\r\nX-Forwarded-For: "
              + firstHop
              + "\r\nX-Forwarded-For: "
              + secondHop
              + "\r\n\r\n");
      return client.receive().status();
    }
  }

  @Test
  void aPeerOutsideTheTrustedRangesIsAStranger() {
    behindProxy(
        Map.of("TRUSTED_PROXIES", "10.0.0.0/8"),
        (proxied, there) -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          there.policy(false, ELSEWHERE, member);
          denied(member.with("X-Real-IP", ELSEWHERE));
          denied(member.with("X-Forwarded-For", ELSEWHERE));
        });
  }

  @Test
  void thePolicyComesBeforeTheRateLimit() {
    behindProxy(
        Map.of("TRUSTED_PROXIES", "127.0.0.1", "RATE_LIMIT_DEFAULT", "1/h"),
        (proxied, there) -> {
          TestCaller member = there.member(DefaultRole.DEVELOPER);
          there.policy(false, ELSEWHERE, member);
          for (int i = 0; i < 3; i++) {
            denied(member);
          }
          allowed(member.with("X-Real-IP", ELSEWHERE));
          member.with("X-Real-IP", ELSEWHERE).get("/v1/apps/").is(429);
          denied(member);
        });
  }

  private static void allowed(TestCaller caller) {
    caller.get("/v1/apps/").is(200);
  }

  private static void denied(TestCaller caller) {
    caller.get("/v1/apps/").isError(403, DENIED);
  }

  private void behindProxy(
      Map<String, String> settings, BiConsumer<ServerUnderTest, TestOrganisation> test) {
    try (ServerUnderTest proxied = ServerUnderTest.start(backend, settings)) {
      test.accept(proxied, TestOrganisation.create(proxied));
    }
  }
}
