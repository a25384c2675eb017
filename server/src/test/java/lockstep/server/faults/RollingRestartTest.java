package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two servers on one PostgreSQL, of which one at a time is stopped and started. */
@Tag("slow-lane")
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

  @Test
  void whoAsksTheOtherServerOnceIsAlwaysServed() throws Exception {
    List<ServerUnderTest> nodes = new ArrayList<>(List.of(start(), start()));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      nodes.forEach(node -> addresses.add(node.uri()));
      TestOrganisation organisation = TestOrganisation.create(nodes.getFirst());
      TestApp app = organisation.app("shop");
      AtomicBoolean stopping = new AtomicBoolean();
      Semaphore written = new Semaphore(0);
      List<Future<List<String>>> clients =
          IntStream.range(0, 8)
              .mapToObj(
                  client ->
                      threads.submit(
                          () -> {
                            List<String> keys = new ArrayList<>();
                            while (!stopping.get()) {
                              String key = "C" + client + "_" + keys.size();
                              writeWithOneRetry(organisation.owner(), app, key);
                              keys.add(key);
                              written.release();
                            }
                            return keys;
                          }))
              .toList();
      for (int node = 0; node < 2; node++) {
        assertThat(written.tryAcquire(40, 60, TimeUnit.SECONDS)).isTrue();
        nodes.get(node).close();
        assertThat(written.tryAcquire(40, 60, TimeUnit.SECONDS)).isTrue();
        nodes.set(node, start());
        addresses.set(node, nodes.get(node).uri());
      }
      assertThat(written.tryAcquire(40, 60, TimeUnit.SECONDS)).isTrue();
      stopping.set(true);
      List<String> acknowledged = new ArrayList<>();
      for (Future<List<String>> client : clients) {
        acknowledged.addAll(client.get());
      }
      List<String> stored = new ArrayList<>();
      next(organisation.owner())
          .get(app.secrets())
          .is(200)
          .json()
          .forEach(one -> stored.add(one.get("key").stringValue()));
      assertThat(stored).containsExactlyInAnyOrderElementsOf(acknowledged);
    } finally {
      nodes.forEach(ServerUnderTest::close);
    }
  }

  /** The second time, the server may say that it was done the first time. */
  private void writeWithOneRetry(TestCaller owner, TestApp app, String key) {
    int address = turns.getAndIncrement();
    if (!write(owner, address, app, key, Set.of(201))) {
      assertThat(write(owner, address + 1, app, key, Set.of(201, 409)))
          .as("asked the other server")
          .isTrue();
    }
  }

  private boolean write(
      TestCaller owner, int address, TestApp app, String key, Set<Integer> expected) {
    try {
      TestResponse answer =
          new TestCaller(
                  addresses.get(address % addresses.size()), owner.account(), owner.headers())
              .post(app.secrets(), TestApp.body(TestApp.secret(key, "value")));
      if (answer.status() == 503) {
        return false;
      }
      assertThat(expected).contains(answer.status());
      return true;
    } catch (UncheckedIOException e) {
      return false;
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
