package lockstep.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lockstep.client.LockstepClient;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestRotation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one program writes, every other reads, whether or not the server can. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class EveryPairTest extends OnBothDatabases {

  @TempDir private Path folder;

  private TestApp app;
  private String host;
  private String token;
  private ScriptedClient node;
  private ScriptedClient python;
  private LockstepClient client;

  @BeforeEach
  void startClients() {
    app = organisation.app("app");
    host = server.uri().toString().replaceAll("/$", "");
    token = organisation.token(owner).text();
    node = ScriptedClient.node();
    python = ScriptedClient.python();
    client = LockstepClient.connect(host, token);
  }

  @AfterEach
  void endClients() {
    if (node != null) {
      node.close();
    }
    if (python != null) {
      python.close();
    }
    if (client != null) {
      client.close();
    }
  }

  @Test
  void whereTheServerCanReadAsWell() {
    List<Party> parties = new ArrayList<>(endToEnd());
    parties.add(new Parties.Rest(owner, app));
    assertEveryoneReadsWhatEachWrites(parties);
  }

  @Test
  void whereOnlyClientsCanRead() {
    organisation.turnSseOff(app);
    Map<String, String> written = assertEveryoneReadsWhatEachWrites(endToEnd());

    String environment = app.environment("Development");
    TestClient holder = TestClient.open(owner, organisation.token(owner), environment);
    TestRotation.perform(owner, holder.keys(), environment);

    assertEveryoneReads(endToEnd(), written);
  }

  private List<Party> endToEnd() {
    return List.of(
        new Parties.Node(node, host, token, app),
        new Parties.Python(python, host, token, app),
        new Parties.Java(client, app),
        new Parties.CommandLine(folder, host, token, app));
  }

  private static Map<String, String> assertEveryoneReadsWhatEachWrites(List<Party> parties) {
    Map<String, String> written = new HashMap<>();
    for (Party writer : parties) {
      String key = "BY_" + writer.name();
      String value = writer.name() + ": ä \"€\"\n'𝄞' \\n $HOME # =";
      writer.write(key, value);
      written.put(key, value);
    }
    assertEveryoneReads(parties, written);
    return written;
  }

  private static void assertEveryoneReads(List<Party> parties, Map<String, String> written) {
    for (Party reader : parties) {
      assertThat(reader.read(List.copyOf(written.keySet())))
          .as("read by " + reader.name())
          .containsExactlyInAnyOrderEntriesOf(written);
    }
  }
}
