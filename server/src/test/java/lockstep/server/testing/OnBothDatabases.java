package lockstep.server.testing;

import lockstep.server.ServerUnderTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/** What contract tests stand on: a server, and for each test an organisation of its own. */
@SuppressWarnings("NullAway.Init") // set before each test
public abstract class OnBothDatabases {

  @Parameter protected Backend backend;

  /** The server that answers. */
  protected ServerUnderTest server;

  /** An organisation that no other test knows. */
  protected TestOrganisation organisation;

  /** Its owner. */
  protected TestCaller owner;

  @BeforeEach
  final void prepareOrganisation() {
    server = backend.server();
    organisation = TestOrganisation.create(server);
    owner = organisation.owner();
  }
}
