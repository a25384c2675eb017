package lockstep.cli;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import lockstep.crypto.Token;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.faults.Verification;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestRotation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/**
 * {@code kill -9} at random moments while a client changes keys that the server does not have. The
 * system properties are those of {@link KillTest}.
 */
@ContractTest
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before the test
final class ClientRotationKillTest {

  private static final Map<Backend, Integer> USUAL_ROUNDS =
      Map.of(Backend.SQLITE, 2, Backend.POSTGRES, 1);
  private static final int SECRETS = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private final Map<String, String> content = new TreeMap<>();
  private KilledServer killed;
  private TestOrganisation organisation;
  private String environment;
  private List<TestCaller> holders;

  private void prepare() {
    killed = new KilledServer(backend, folder);
    try (ServerUnderTest server = ServerUnderTest.start(backend, killed.settings())) {
      organisation = TestOrganisation.create(server);
      TestCaller owner = organisation.owner();
      EndToEndClient client = new EndToEndClient(owner);
      TestApp vault = client.app("vault", "prod");
      environment = vault.environment("prod");
      TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
      TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
      client.give(vault, "prod", bot, developer).is(200);
      holders = List.of(owner, bot, developer);
      fill(open(owner));
    }
  }

  private TestClient open(TestCaller caller) {
    return TestClient.open(caller, organisation.token(caller), environment);
  }

  private void fill(TestClient client) {
    List<Object> first = new ArrayList<>();
    for (int i = 0; i < SECRETS; i++) {
      first.add(client.secret("K" + i, "first " + i, "path", "/f" + i % 7));
    }
    client.create(first.toArray()).is(200);
    List<Object> second = new ArrayList<>();
    for (JsonNode made : client.list()) {
      String key = client.decrypt(made, "key");
      String value = "second " + key;
      second.add(object("id", made.get("id").stringValue(), "value", client.encrypt(value)));
      content.put(key, value);
    }
    client.update(second.toArray()).is(200);
  }

  private String identityKey() {
    return killed.identityKey(environment);
  }

  private void requireReadable(CommandProcess server, String where) {
    for (TestCaller holder : holders) {
      killed.requireReadable(
          server, holder, organisation.token(holder), environment, content, where);
    }
    assertThat(Verification.problems(killed.settings(), organisation.id())).as(where).isEmpty();
  }

  /** The key that the environment has afterwards. */
  private String rotate(CommandProcess server) {
    Token token = organisation.token(organisation.owner());
    TestCaller owner = KilledServer.at(server, organisation.owner());
    TestClient client = TestClient.open(owner, token, environment);
    return TestRotation.perform(owner, client.keys(), environment).after().identityKey();
  }

  @Test
  void anEnvironmentHasItsOldKeysOrItsNewOnes() throws Exception {
    long seed = Long.getLong("lockstep.kill.seed", System.nanoTime());
    int rounds = Integer.getInteger("lockstep.kill.rounds", USUAL_ROUNDS.get(backend));
    Random random = new Random(seed);
    prepare();
    long usual = Duration.ofMillis(100).toNanos();
    List<String> keys = new ArrayList<>(List.of(identityKey()));
    int acknowledged = 0;
    for (int round = 1; round <= rounds; round++) {
      String where = "round %d of -Dlockstep.kill.seed=%d".formatted(round, seed);
      try (CommandProcess server = killed.start()) {
        requireReadable(server, where);
        if (round == 1) {
          long start = System.nanoTime();
          keys.add(rotate(server));
          usual = System.nanoTime() - start;
        }
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> rotate(server));
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
      // What was begun and has died does not stand in the way.
      assertThat(rotate(server)).as(where).isNotIn(keys);
      requireReadable(server, where);
      // Each is on record exactly if it happened.
      assertThat(
              KilledServer.at(server, organisation.owner())
                  .get("/v1/audit/events/?action=update&resource_type=env")
                  .is(200)
                  .json()
                  .get("data"))
          .as(where)
          .hasSize(keys.size());
    }
    System.out.printf(
        "%s: killed %d times during rotations of a client, %d of them happened, %d with an answer,"
            + " seed %d%n",
        backend, rounds, keys.size() - 2, acknowledged, seed);
  }

  private static Optional<String> told(CompletableFuture<String> answer) throws Exception {
    try {
      return Optional.of(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return Optional.empty();
    }
  }
}
