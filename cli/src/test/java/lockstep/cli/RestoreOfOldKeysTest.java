package lockstep.cli;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.faults.Verification;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A backup from before the keys of an environment were rotated, restored after it. */
@ContractTest
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before the test
final class RestoreOfOldKeysTest {

  private static final Map<String, String> CONTENT = new TreeMap<>(Map.of("A", "a", "B", "b"));

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private TestOrganisation organisation;
  private TestApp app;
  private List<TestCaller> holders;

  private KilledServer place(String name) throws Exception {
    return new KilledServer(backend, Files.createDirectory(folder.resolve(name)));
  }

  private static void command(KilledServer place, String... arguments) {
    // One of the server's own, which the command does not know.
    Map<String, String> settings = new TreeMap<>(place.settings());
    settings.remove("LOCKSTEP_PORT");
    try (CommandProcess command = CommandProcess.run(settings, List.of(arguments))) {
      assertThat(command.exitCode()).as(command.errors()).isZero();
    }
  }

  private String environment() {
    return app.environment("Development");
  }

  private TestClient open(CommandProcess server, TestCaller holder) {
    return TestClient.open(
        KilledServer.at(server, holder), organisation.token(holder), environment());
  }

  /** By everybody, with the token of before; the public key of the environment. */
  private String requireReadable(CommandProcess server) {
    Map<String, String> read = new TreeMap<>();
    KilledServer.at(server, organisation.owner())
        .get(app.secrets())
        .is(200)
        .json()
        .forEach(row -> read.put(row.get("key").stringValue(), row.get("value").stringValue()));
    assertThat(read).isEqualTo(CONTENT);
    List<String> keys = new ArrayList<>();
    for (TestCaller holder : holders) {
      TestClient client = open(server, holder);
      Map<String, String> decrypted = new TreeMap<>();
      client
          .list()
          .forEach(row -> decrypted.put(client.decrypt(row, "key"), client.decrypt(row, "value")));
      assertThat(decrypted).isEqualTo(CONTENT);
      keys.add(client.keys().identityKey());
    }
    assertThat(keys.stream().distinct()).hasSize(1);
    return keys.getFirst();
  }

  @Test
  void everythingOfThenIsReadableAndTheKeysCanBeRotatedAgain() throws Exception {
    KilledServer before = place("before");
    Path backup = folder.resolve("backup");
    TestClient withNewKeys;
    String rotate;
    try (ServerUnderTest server = ServerUnderTest.start(backend, before.settings())) {
      server.database().write(db -> db.execute("delete from organisation where name = 'nobody'"));
      organisation = TestOrganisation.create(server);
      app = organisation.app("shop");
      rotate = "/v1/environments/" + environment() + "/rotate-keys/";
      TestCaller owner = organisation.owner();
      holders =
          List.of(
              owner,
              organisation.serviceAccount(DefaultRole.SERVICE),
              organisation.serviceToken(app, "Development"));
      organisation.grant(holders.get(1), app, "Development");
      owner.post(app.secrets(), body(secret("A", "a"), secret("B", "b"))).is(201);
      command(before, "backup", "--to", backup.toString());
      owner.post(rotate, Map.of()).is(200);
      owner.post(app.secrets(), body(secret("LATER", "than the backup"))).is(201);
      withNewKeys = TestClient.open(owner, organisation.token(owner), environment());
    }

    KilledServer restored = place("restored");
    command(restored, "restore", backup.toString());

    try (CommandProcess server = restored.start()) {
      String old = requireReadable(server);
      assertThat(old).isNotEqualTo(withNewKeys.keys().identityKey());
      TestCaller owner = KilledServer.at(server, organisation.owner());

      String again = owner.post(rotate, Map.of()).is(200).json().get("identityKey").stringValue();

      assertThat(again).isNotIn(old, withNewKeys.keys().identityKey());
      assertThat(requireReadable(server)).isEqualTo(again);
      // Who encrypted with keys that are in no backup is told so, and stores nothing.
      new TestClient(owner.with("Environment", environment()), withNewKeys.keys())
          .create(withNewKeys.secret("C", "c"))
          .is(409);
      assertThat(requireReadable(server)).isEqualTo(again);
      assertThat(Verification.problems(restored.settings(), organisation.id())).isEmpty();
    }
  }
}
