package lockstep.cli;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.faults.Eventually;
import lockstep.server.faults.Verification;
import lockstep.server.serverkeys.ServerKeyRotation;
import lockstep.server.store.Database;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/**
 * {@code kill -9} at random moments of a change of keys. The system properties are those of {@link
 * KillTest}.
 */
@ContractTest
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before the test
final class RotationKillTest {

  private static final Map<Backend, Integer> USUAL_ROUNDS =
      Map.of(Backend.SQLITE, 2, Backend.POSTGRES, 1);
  private static final int FEWEST_ROUNDS = 3;
  private static final int SECRETS = 200;
  private static final int APPS = 45;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private final Map<String, String> content = new TreeMap<>();
  private long seed;
  private int rounds;
  private Random random;
  private KilledServer killed;
  private TestOrganisation organisation;
  private TestApp shop;
  private List<TestCaller> holders;

  private void prepare(int apps) {
    seed = Long.getLong("lockstep.kill.seed", System.nanoTime());
    rounds = Integer.getInteger("lockstep.kill.rounds", USUAL_ROUNDS.get(backend));
    random = new Random(seed);
    killed = new KilledServer(backend, folder);
    try (ServerUnderTest server = ServerUnderTest.start(backend, killed.settings())) {
      organisation = TestOrganisation.create(server);
      TestCaller owner = organisation.owner();
      shop = organisation.app("shop");
      for (int i = 1; i < apps; i++) {
        organisation.app("app-" + i);
      }
      holders =
          List.of(
              owner,
              organisation.serviceAccount(DefaultRole.SERVICE),
              organisation.member(DefaultRole.DEVELOPER),
              organisation.serviceToken(shop, "Development"));
      for (TestCaller holder : holders.subList(1, 3)) {
        organisation.grant(holder, shop, "Development");
      }
      fill(owner);
    }
  }

  private void fill(TestCaller owner) {
    List<Object> first = new ArrayList<>();
    for (int i = 0; i < SECRETS; i++) {
      first.add(secret("/f" + i % 7, "K" + i, "first " + i));
    }
    List<Object> second = new ArrayList<>();
    int i = 0;
    for (JsonNode made : owner.post(shop.secrets(), body(first.toArray())).is(201).json()) {
      second.add(object("id", made.get("id").stringValue(), "value", "second " + i));
      content.put(made.get("key").stringValue(), "second " + i++);
    }
    owner.put(shop.secrets(), body(second.toArray())).is(200);
  }

  private String environment() {
    return shop.environment("Development");
  }

  private String rotateAddress() {
    return "/v1/environments/" + environment() + "/rotate-keys/";
  }

  private String identityKey() {
    return killed.identityKey(environment());
  }

  /** By the server, and by every holder with the token that it always had. */
  private void requireReadable(CommandProcess server, String where) {
    Map<String, String> read = new TreeMap<>();
    KilledServer.at(server, organisation.owner())
        .get(shop.secrets())
        .is(200)
        .json()
        .forEach(row -> read.put(row.get("key").stringValue(), row.get("value").stringValue()));
    assertThat(read).as("over the REST API, %s", where).isEqualTo(content);
    for (TestCaller holder : holders) {
      killed.requireReadable(
          server, holder, organisation.token(holder), environment(), content, where);
    }
    assertThat(Verification.problems(killed.settings(), organisation.id())).as(where).isEmpty();
  }

  /** Each value in the history, which is encrypted with the same keys. */
  private void requireHistory(CommandProcess server, String where) {
    TestCaller owner = KilledServer.at(server, organisation.owner());
    String id = owner.get(shop.secrets() + "&key=K0").is(200).json().at("/0/id").stringValue();
    String versions = shop.secrets().replace("/secrets/", "/secrets/" + id + "/versions/");
    assertThat(
            owner
                .get(versions + "&show=true")
                .is(200)
                .json()
                .get("data")
                .findValuesAsString("value"))
        .as(where)
        .contains("first 0");
  }

  @Test
  void anEnvironmentHasItsOldKeysOrItsNewOnes() throws Exception {
    prepare(1);
    long usual = Duration.ofMillis(100).toNanos();
    List<String> keys = new ArrayList<>(List.of(identityKey()));
    int acknowledged = 0;
    for (int round = 1; round <= rounds; round++) {
      String where = "round %d of -Dlockstep.kill.seed=%d".formatted(round, seed);
      try (CommandProcess server = killed.start()) {
        requireReadable(server, where);
        TestCaller owner = KilledServer.at(server, organisation.owner());
        if (round == 1) {
          long start = System.nanoTime();
          owner.post(rotateAddress(), Map.of()).is(200);
          usual = System.nanoTime() - start;
          keys.add(identityKey());
        }
        CompletableFuture<TestResponse> answer =
            CompletableFuture.supplyAsync(() -> owner.post(rotateAddress(), Map.of()));
        LockSupport.parkNanos(random.nextLong(usual + usual / 4));
        server.kill();
        killed.awaitEndOfSessions();
        Optional<String> told = told(answer);
        String now = identityKey();
        told.ifPresent(key -> assertThat(now).as(where).isEqualTo(key));
        acknowledged += told.isPresent() ? 1 : 0;
        if (!now.equals(keys.getLast())) {
          assertThat(keys).as(where).doesNotContain(now);
          keys.add(now);
        }
      }
    }
    try (CommandProcess server = killed.start()) {
      String where = "at the end, seed " + seed;
      requireReadable(server, where);
      TestCaller owner = KilledServer.at(server, organisation.owner());
      owner.post(rotateAddress(), Map.of()).is(200);
      assertThat(identityKey()).as(where).isNotIn(keys);
      requireReadable(server, where);
      requireHistory(server, where);
      // Each is on record exactly if it happened.
      assertThat(
              owner
                  .get("/v1/audit/events/?action=update&resource_type=env")
                  .is(200)
                  .json()
                  .get("data"))
          .as(where)
          .hasSize(keys.size());
    }
    System.out.printf(
        "%s: killed %d times during rotations, %d of them happened, %d with an answer, seed %d%n",
        backend, rounds, keys.size() - 2, acknowledged, seed);
  }

  /** The key that the answer names, if there was one. */
  private static Optional<String> told(CompletableFuture<TestResponse> answer) throws Exception {
    try {
      return Optional.of(
          answer
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .is(200)
              .json()
              .get("identityKey")
              .stringValue());
    } catch (ExecutionException e) {
      return Optional.empty();
    }
  }

  @Test
  @Tag("slow-lane")
  void theChangeOfTheServerKeyGoesOnWhereItWasKilled() {
    prepare(APPS);
    rounds = Math.max(FEWEST_ROUNDS, rounds / 4);
    String key = ServerUnderTest.SERVER_SECRET;
    long usual = -1;
    int halfway = 0;
    for (int round = 1; round <= rounds; round++) {
      String where = "round %d of -Dlockstep.kill.seed=%d".formatted(round, seed);
      if (isSettled()) {
        killed.settings().put("SERVER_SECRET_PREVIOUS", key);
        key = newKey();
        killed.settings().put("SERVER_SECRET", key);
      }
      try (CommandProcess server = killed.start()) {
        long start = System.nanoTime();
        if (usual < 0) {
          server.address();
          usual = System.nanoTime() - start;
        } else {
          LockSupport.parkNanos(usual / 2 + random.nextLong(usual));
        }
        server.kill();
      }
      killed.awaitEndOfSessions();
      halfway += isSettled() ? 0 : 1;
      try (CommandProcess server = killed.start()) {
        requireReadable(server, where);
      }
      killed.awaitEndOfSessions();
    }
    String where = "at the end, seed " + seed;
    try (CommandProcess server = killed.start()) {
      Eventually.within(PATIENCE, where, this::isSettled);
      requireReadable(server, where);
    }
    killed.awaitEndOfSessions();
    killed.settings().remove("SERVER_SECRET_PREVIOUS");
    try (CommandProcess server = killed.start()) {
      requireReadable(server, where);
      KilledServer.at(server, organisation.owner()).post(rotateAddress(), Map.of()).is(200);
      requireReadable(server, where);
    }
    System.out.printf(
        "%s: killed %d times while the server key was changed, %d times halfway, seed %d%n",
        backend, rounds, halfway, seed);
  }

  private String newKey() {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return HexFormat.of().formatHex(key);
  }

  private boolean isSettled() {
    try (Database database = killed.reading()) {
      return ServerKeyRotation.status(database).isSettled();
    }
  }
}
