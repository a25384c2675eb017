package lockstep.server.edge;

import static lockstep.server.ServerUnderTest.SERVER_SECRET;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lockstep.crypto.PasswordHash;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.faults.Eventually;
import lockstep.server.ids.InviteId;
import lockstep.server.keys.InviteLinks;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestCeremony;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More requests than the server can answer, or than its database can bear. */
@SuppressWarnings("NullAway.Init") // set before each test
@Timeout(60)
@ContractTest
final class OverloadContractTest extends OnBothDatabases {

  private static final int CAPACITY = 32;

  /** Of which so many may be busy with a password or wait for that. */
  private static final int HASHING = CAPACITY / 4;

  private static final String BUSY = "The server is busy or stopping.";
  private static final Duration SOON = Duration.ofSeconds(1);

  /** Generous, because all clients and the hashes have one machine together here. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private ServerUnderTest small;
  private TestOrganisation there;
  private TestApp app;

  @BeforeEach
  void startSmallServer() {
    small =
        ServerUnderTest.start(
            backend,
            Map.of(
                "LOCKSTEP_MAX_CONCURRENT_REQUESTS",
                String.valueOf(CAPACITY),
                "TRUSTED_PROXIES",
                "127.0.0.1"));
    there = TestOrganisation.create(small);
    app = there.app("app");
    there.owner().post(app.secrets(), body(secret("KEY", "value"))).is(201);
  }

  @AfterEach
  void stop() {
    clients.close();
    small.close();
  }

  /** Twice, so that nothing the first flood was refused can have kept a place. */
  @Test
  void whenEventsCannotBeStoredFastEnoughTheRestIsShedAndAllRecoversAtOnce() throws Exception {
    for (int flood = 1; flood <= 2; flood++) {
      CountDownLatch gate = new CountDownLatch(1);
      Future<?> slowness = slowDown(gate);
      List<Future<TestResponse>> reads = start(3 * CAPACITY, this::read);

      Eventually.within(
          Duration.ofSeconds(8),
          "the rest is shed while the database is slow",
          () -> reads.stream().filter(Future::isDone).count() == 2 * CAPACITY);
      assertThat(reads.stream().filter(Future::isDone).map(Future::resultNow))
          .allSatisfy(OverloadContractTest::assertShed);
      TestCaller.anonymous(small.uri()).get("/health/").is(200);
      assertShed(read());
      assertShed(there.owner().post(app.secrets(), body(secret("SHED", "value"))));

      gate.countDown();
      slowness.get();
      assertAnswersSoon();
      assertThat(answers(reads)).filteredOn(answer -> answer.status() == 200).hasSize(CAPACITY);
      assertThat(read().each("key")).containsExactly("KEY");
    }
  }

  @Test
  void writesThatAreShedWereNotMadeAndThoseThatAreAnsweredWere() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Future<?> slowness = slowDown(gate);
    List<Future<TestResponse>> writes = new ArrayList<>();
    for (int i = 0; i < 3 * CAPACITY; i++) {
      String key = "K" + i;
      writes.addAll(start(1, () -> there.owner().post(app.secrets(), body(secret(key, "value")))));
    }
    Eventually.within(
        Duration.ofSeconds(8),
        "the rest is shed while the database is slow",
        () -> writes.stream().filter(Future::isDone).count() >= 2 * CAPACITY);
    TestCaller.anonymous(small.uri()).get("/health/").is(200);

    gate.countDown();
    slowness.get();
    assertAnswersSoon();
    List<String> made = new ArrayList<>(List.of("KEY"));
    List<TestResponse> answers = answers(writes);
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).status() == 201) {
        made.add("K" + i);
      } else {
        assertShed(answers.get(i));
      }
    }
    assertThat(made).hasSizeGreaterThan(1);
    assertThat(read().each("key")).containsExactlyInAnyOrderElementsOf(made);
  }

  @Test
  void aFloodThatTheServerCanAnswerIsAnsweredOrShedToTheLastRequest() throws Exception {
    List<Future<TestResponse>> reads = start(600, this::read);
    List<TestResponse> health = new ArrayList<>();
    while (!reads.stream().allMatch(Future::isDone)) {
      health.add(TestCaller.anonymous(small.uri()).get("/health/"));
    }
    assertAnswersSoon();
    assertThat(health).isNotEmpty().allSatisfy(answer -> answer.is(200));
    List<TestResponse> answers = answers(reads);
    assertThat(answers).hasSize(600).anyMatch(answer -> answer.status() == 200);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 200)
        .allSatisfy(OverloadContractTest::assertShed);
  }

  @Test
  void passwordsThatAreTriedFromEverywhereStarveNoReads() throws Exception {
    List<Attempts> invites = invitesOfOnePerson(8);
    List<Future<TestResponse>> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String address = "203.0.113." + i;
      invites.forEach(invite -> attempts.addAll(start(1, () -> invite.tryFrom(address))));
    }
    // Until then it is a flood like any other.
    AtomicInteger mostHashes = new AtomicInteger();
    Eventually.within(
        Duration.ofSeconds(8),
        "who has no turn is sent away",
        () -> {
          mostHashes.accumulateAndGet(hashesNow(), Math::max);
          return attempts.stream().filter(attempt -> !attempt.isDone()).count() <= HASHING;
        });
    for (int i = 0; i < 50; i++) {
      long begin = System.nanoTime();
      read().is(200);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
      mostHashes.accumulateAndGet(hashesNow(), Math::max);
    }

    assertThat(mostHashes.get()).isBetween(1, 2);
    List<TestResponse> answers = answers(attempts);
    assertThat(answers).extracting(TestResponse::status).contains(403).containsOnly(403, 503);
    assertThat(answers)
        .filteredOn(answer -> answer.status() == 503)
        .allSatisfy(answer -> assertThat(answer.headers().firstValue("Retry-After")).isPresent())
        .anyMatch(answer -> answer.text().contains("Too many requests that check passwords."));
    assertAnswersSoon();
  }

  private record Attempts(TestCaller anybody, String path, Map<String, Object> body) {

    TestResponse tryFrom(String address) {
      return anybody.with("X-Real-IP", address).post(path, body);
    }
  }

  /** The person has an account, so each attempt to accept costs a look at the password. */
  private List<Attempts> invitesOfOnePerson(int count) {
    String email = UUID.randomUUID() + "@acme.test";
    Attempts own = invite(there, email);
    own.tryFrom("203.0.113.200").is(201);
    return IntStream.range(0, count)
        .mapToObj(_ -> invite(TestOrganisation.create(small), email))
        .toList();
  }

  private Attempts invite(TestOrganisation from, String email) {
    String id =
        from.owner()
            .post(
                "/v1/members/invites/",
                Map.of("email", email, "role_id", from.role(DefaultRole.DEVELOPER).toString()))
            .is(201)
            .id();
    Map<String, Object> body = TestCeremony.perform().body(email);
    body.put(
        "code", InviteLinks.code(ServerKey.parse(SERVER_SECRET), InviteId.parse(id).orElseThrow()));
    return new Attempts(TestCaller.anonymous(small.uri()), "/v1/invites/" + id + "/accept/", body);
  }

  /** Virtual threads are not among these, so hashes that run on one are not found. */
  private static int hashesNow() {
    return (int)
        Thread.getAllStackTraces().values().stream()
            .filter(
                stack ->
                    Stream.of(stack)
                        .anyMatch(
                            frame -> frame.getClassName().equals(PasswordHash.class.getName())))
            .count();
  }

  /** Nothing can be appended to the audit log until the gate is open. Returns once that is so. */
  private Future<?> slowDown(CountDownLatch gate) throws InterruptedException {
    CountDownLatch isSlow = new CountDownLatch(1);
    Future<?> holder =
        clients.submit(
            () ->
                small
                    .database()
                    .write(
                        db -> {
                          hold(db);
                          isSlow.countDown();
                          await(gate);
                          return true;
                        }));
    isSlow.await();
    return holder;
  }

  /** The embedded database has one writer, which is held by whoever writes. */
  private void hold(DSLContext db) {
    if (backend == Backend.POSTGRES) {
      db.execute("lock table audit_event in exclusive mode");
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private TestResponse read() {
    return there.owner().get(app.secrets());
  }

  private List<Future<TestResponse>> start(int count, Callable<TestResponse> request) {
    return IntStream.range(0, count).mapToObj(_ -> clients.submit(request)).toList();
  }

  private static List<TestResponse> answers(List<Future<TestResponse>> futures) throws Exception {
    List<TestResponse> answers = new ArrayList<>();
    for (Future<TestResponse> future : futures) {
      answers.add(future.get());
    }
    return answers;
  }

  private static void assertShed(TestResponse answer) {
    answer.isError(503, BUSY);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
  }

  private void assertAnswersSoon() {
    Eventually.within(SOON, "a read is answered", () -> read().status() == 200);
  }
}
