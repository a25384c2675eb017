package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two servers on one PostgreSQL, of which one at a time is stopped and started. */
@Tag("slow")
final class RollingRestartTest {

  private final Map<String, String> settings = new HashMap<>(Backend.POSTGRES.freshDatabase());
  private final List<URI> addresses = new CopyOnWriteArrayList<>();
  private final AtomicInteger turns = new AtomicInteger();

  @Test
  void clientsThatTryAgainLoseNothing() throws Exception {
    List<ServerUnderTest> nodes = new ArrayList<>(List.of(start(), start()));
    try {
      nodes.forEach(node -> addresses.add(node.uri()));
      TestOrganisation organisation = TestOrganisation.create(nodes.getFirst());
      TestCaller owner = organisation.owner();
      BatchLoad load = new BatchLoad(organisation.app("shop"), 1);
      try (BatchLoad.Running running = load.start(() -> next(owner))) {
        for (int node = 0; node < 2; node++) {
          running.awaitAcknowledged(100);
          nodes.get(node).close();
          running.awaitAcknowledged(100);
          nodes.set(node, start());
          addresses.set(node, nodes.get(node).uri());
        }
        running.awaitAcknowledged(100);
        running.stop();
        assertThat(running.failures())
            .as("while a server was down, and its address was still asked")
            .isNotEmpty();
      }
      assertThat(load.problems(next(owner))).isEmpty();
      assertThat(Verification.problems(settings, organisation.id())).isEmpty();
    } finally {
      nodes.forEach(ServerUnderTest::close);
    }
  }

  private ServerUnderTest start() {
    return ServerUnderTest.start(Backend.SQLITE, settings);
  }

  /** The addresses take turns, those that nobody listens on as well. */
  private TestCaller next(TestCaller owner) {
    URI address = addresses.get(turns.getAndIncrement() % addresses.size());
    return new TestCaller(address, owner.account(), owner.headers());
  }
}
