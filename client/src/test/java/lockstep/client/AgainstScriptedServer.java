package lockstep.client;

import java.util.List;
import lockstep.client.ScriptedServer.Arrived;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A server with the environment {@code app/dev}, which has the secret {@code KEY}, and a client for
 * it.
 */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class AgainstScriptedServer {

  static final String VALUE = "the value in question";

  final ScriptedTiming timing = new ScriptedTiming();
  final TestAccount account = new TestAccount().secret("app/dev", "KEY", VALUE);
  ScriptedServer server;
  LockstepClient client;

  @BeforeEach
  final void startServer() {
    server = account.on(ScriptedServer.start());
    client = builder().build();
  }

  @AfterEach
  final void stopServer() {
    client.close();
    server.close();
  }

  LockstepClientBuilder builder() {
    return LockstepClient.builder().address(server.address()).token(account.token()).timing(timing);
  }

  /** The environment, whose session is known, so that its next call is one request. */
  final Environment environment() {
    return client.environment("app", "dev");
  }

  final List<String> methods() {
    return server.arrived().stream().map(Arrived::method).toList();
  }
}
