package lockstep.server.audit;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.keys.ServerKeys;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;

/** Several servers append to one chain. */
final class TwoServersChainTest {

  @Test
  void sixteenWritersOnTwoServersMakeOneChainWithoutGaps() throws Exception {
    Map<String, String> database = Backend.POSTGRES.freshDatabase();
    try (ServerUnderTest one = ServerUnderTest.start(Backend.POSTGRES, database);
        ServerUnderTest other = ServerUnderTest.start(Backend.POSTGRES, database)) {
      TestOrganisation organisation = TestOrganisation.create(one);
      TestApp app = organisation.app("shop");
      TestCaller here = organisation.owner();
      TestCaller there = new TestCaller(other.uri(), here.account(), here.headers());
      try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
        List<Future<?>> done = new ArrayList<>();
        for (int writer = 0; writer < 16; writer++) {
          TestCaller caller = writer % 2 == 0 ? here : there;
          int number = writer;
          done.add(writers.submit(() -> write(caller, app, number)));
        }
        for (Future<?> each : done) {
          each.get();
        }
      }
      ChainFixture.Verdict verdict = new ChainFixture.Verdict();
      boolean intact =
          other
              .database()
              .read(
                  db ->
                      AuditVerification.run(
                          db, ChainFixture.PUBLIC_KEY, Optional.of(organisation.id()), verdict));
      assertThat(verdict.problems).isEmpty();
      assertThat(intact).isTrue();
      assertThat(verdict.chains.getFirst().records()).isGreaterThanOrEqualTo(16 * 12L);
    }
  }

  private static void write(TestCaller caller, TestApp app, int number) {
    for (int i = 0; i < 4; i++) {
      String key = "K" + number + "_" + i;
      caller.post(app.secrets(), body(secret(key, "v"))).is(201);
      caller.get(app.secrets() + "&key=" + key).is(200);
      caller.post("/v1/roles/", role(key)).is(201);
    }
  }

  private static Map<String, Object> role(String name) {
    return Map.of(
        "name", name, "permissions", Map.of("permissions", Map.of(), "app_permissions", Map.of()));
  }

  @Test
  void serversThatStartTogetherAfterAnUpgradeBothWaitUntilAllOlderEventsAreChained()
      throws Exception {
    Map<String, String> database = Backend.POSTGRES.freshDatabase();
    UUID organisation = UUID.randomUUID();
    try (ServerUnderTest one = ServerUnderTest.start(Backend.POSTGRES, database);
        ServerUnderTest other = ServerUnderTest.start(Backend.POSTGRES, database);
        ExecutorService starting = Executors.newFixedThreadPool(2)) {
      one.database()
          .writeLong(
              db ->
                  db.execute(
                      "insert into unchained_audit_event (id, organisation_id, created_at, action,"
                          + " resource_type, account_kind, account_id, account_name, user_agent,"
                          + " request_id, description, details)"
                          + " select gen_random_uuid(), cast('"
                          + organisation
                          + "' as uuid), to_timestamp(n), 'read', 'secret', 'member', gen_random_uuid(),"
                          + " 'name', '', '', '', '{}' from generate_series(1, 6000) n"));
      CountDownLatch together = new CountDownLatch(2);
      List<Future<Boolean>> left = new ArrayList<>();
      for (ServerUnderTest server : List.of(one, other)) {
        left.add(
            starting.submit(
                () -> {
                  Checkpoints own =
                      new Checkpoints(
                          ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)));
                  AuditChains chains = new AuditChains(server.database(), own, Clock.systemUTC());
                  together.countDown();
                  together.await();
                  chains.chainOlderEvents();
                  return server.database().read(ChainStore::anyUnchained);
                }));
      }
      for (Future<Boolean> each : left) {
        assertThat(each.get()).isFalse();
      }
      ChainFixture.Verdict verdict = new ChainFixture.Verdict();
      one.database()
          .read(
              db ->
                  AuditVerification.run(
                      db, ChainFixture.PUBLIC_KEY, Optional.of(organisation), verdict));
      assertThat(verdict.problems).isEmpty();
      assertThat(verdict.chains.getFirst().records()).isEqualTo(6_000);
      assertThat(verdict.chains.getFirst().signedSequence()).isEqualTo(6_000);
    }
  }
}
