package lockstep.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two servers on one PostgreSQL database: what is revoked on one is refused by the other for every
 * request that begins after the revocation was answered.
 */
@SuppressWarnings("NullAway.Init") // set before the tests
final class RevocationOnAnotherNodeTest {

  private static final int READS_BEFORE = 5;
  private static final int READS_AFTER = 30;

  private static ServerUnderTest one;
  private static ServerUnderTest other;

  @BeforeAll
  static void startTwoServers() {
    Map<String, String> database = Backend.POSTGRES.freshDatabase();
    one = ServerUnderTest.start(Backend.POSTGRES, database);
    other = ServerUnderTest.start(Backend.POSTGRES, database);
  }

  @AfterAll
  static void stopThem() {
    one.close();
    other.close();
  }

  private final TestOrganisation organisation = TestOrganisation.create(one);
  private final TestCaller owner = organisation.owner();
  private final TestApp app = organisation.app("app");

  @Test
  void removalOfAMember() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Development");

    isRefusedAfter(
        () -> owner.delete("/v1/members/" + member.account() + "/").is(204), member, 401);
  }

  @Test
  void deletionOfAServiceAccount() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(account, app, "Development");

    isRefusedAfter(
        () -> owner.delete("/v1/service-accounts/" + account.account() + "/").is(204),
        account,
        401);
  }

  @Test
  void accessThatIsTakenAway() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Development");

    isRefusedAfter(
        () ->
            owner
                .put("/v1/members/" + member.account() + "/access/", Map.of("apps", List.of()))
                .is(200),
        member,
        403);
  }

  @Test
  void anotherRole() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Development");
    UUID role = organisation.customRole(PermissionSet.NONE);

    isRefusedAfter(
        () -> owner.put("/v1/members/" + member.account() + "/", Map.of("role_id", role)).is(200),
        member,
        403);
  }

  @Test
  void deletionOfATeam() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    var team = organisation.team(null, null);
    organisation.join(team, member);
    organisation.scope(team, app, "Development");

    isRefusedAfter(() -> owner.delete("/v1/teams/" + team + "/").is(204), member, 403);
  }

  @Test
  void aNetworkPolicyForSomewhereElse() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(member, app, "Development");
    String policy =
        owner
            .post(
                "/v1/network-policies/",
                Map.of("name", "elsewhere", "allowed_ips", List.of("203.0.113.7")))
            .is(201)
            .id();

    isRefusedAfter(
        () ->
            owner
                .put(
                    "/v1/members/" + member.account() + "/network-policies/",
                    Map.of("policy_ids", List.of(policy)))
                .is(200),
        member,
        403);
  }

  /** Reads on the other server all the while, and looks at what began after the answer. */
  private void isRefusedAfter(Runnable revocation, TestCaller caller, int status) {
    TestCaller elsewhere = new TestCaller(other.uri(), caller.account(), caller.headers());
    CountDownLatch warm = new CountDownLatch(READS_BEFORE);
    AtomicLong answeredAt = new AtomicLong(Long.MAX_VALUE);
    AtomicLong late = new AtomicLong();
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  int after = 0;
                  while (after < READS_AFTER) {
                    boolean isAfter = System.nanoTime() > answeredAt.get();
                    int answered = elsewhere.get(app.secrets()).status();
                    after += isAfter ? 1 : 0;
                    if (answered == 200) {
                      warm.countDown();
                    }
                    if (isAfter && answered != status) {
                      late.incrementAndGet();
                    }
                  }
                });
    try {
      warm.await();
      revocation.run();
      answeredAt.set(System.nanoTime());
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    assertThat(late).as("requests that were still served").hasValue(0);
  }
}
