package lockstep.cli;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lockstep.server.ServerUnderTest;
import lockstep.server.faults.Eventually;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.RawRequest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * All kinds of traffic for a while against the real command with little memory: what it holds does
 * not grow. The system property {@code lockstep.soak.seconds} says how long on each database.
 */
@ContractTest
@Tag("slow-lane")
@SuppressWarnings("NullAway.Init") // set before the test
final class SoakTest {

  private static final int USUAL_SECONDS = 10;
  private static final int CLIENTS = 10;
  private static final int SLOW_CLIENTS = 2;
  private static final int SECRETS = 40;
  private static final int LARGE_VALUE = 50_000;

  private static final int HEAP_MIB = 128;
  private static final long LIVE_HEAP_BYTES = 64L << 20;
  private static final long RESIDENT_KIB = 400 << 10;

  /** What pools of connections may open after the first look, and a few. */
  private static final int LEEWAY = 40;

  private static final Duration SOON = Duration.ofSeconds(30);

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private final Map<String, AtomicLong> requests = new ConcurrentHashMap<>();

  @Test
  void whatTheServerHoldsDoesNotGrow() throws Exception {
    Duration duration =
        Duration.ofSeconds(Integer.getInteger("lockstep.soak.seconds", USUAL_SECONDS));
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.resolve("data").toString());
    settings.put("SERVER_SECRET", ServerUnderTest.SERVER_SECRET);
    settings.put("LOCKSTEP_PORT", "0");
    settings.put("LOCKSTEP_IDLE_SECONDS", "2");
    TestCaller made;
    TestApp app;
    List<String> ids = new ArrayList<>();
    try (ServerUnderTest server = ServerUnderTest.start(backend, settings)) {
      TestOrganisation organisation = TestOrganisation.create(server);
      made = organisation.owner();
      app = organisation.app("shop");
      Object[] secrets =
          IntStream.range(0, SECRETS).mapToObj(i -> secret("KEY_" + i, "value " + i)).toArray();
      made.post(app.secrets(), body(secrets))
          .is(201)
          .json()
          .forEach(one -> ids.add(one.get("id").stringValue()));
    }
    try (CommandProcess server = CommandProcess.startAgain(settings, HEAP_MIB)) {
      TestCaller owner = new TestCaller(server.address(), made.account(), made.headers());
      Traffic traffic = new Traffic(owner, app, ids);
      traffic.run(Duration.ofSeconds(2));
      Held before = Held.by(server.pid());
      traffic.run(duration);
      Held busy = Held.by(server.pid());
      Eventually.within(
          SOON,
          "as few descriptors and threads as before: " + before,
          () -> {
            Held after = Held.by(server.pid());
            return after.descriptors <= before.descriptors + LEEWAY
                && after.threads <= before.threads + LEEWAY;
          });
      long live = liveHeapBytes(server.pid());
      System.out.printf(
          "%s: %s in %d s; at first %s, at last %s, %d MiB of the heap live%n",
          backend, new TreeMap<>(requests), duration.toSeconds(), before, busy, live >> 20);
      assertThat(busy.residentKib).as("resident KiB").isLessThan(RESIDENT_KIB);
      assertThat(live).as("live bytes of the heap").isLessThan(LIVE_HEAP_BYTES);
    }
  }

  /** Clients of all kinds. */
  private final class Traffic {

    private final TestCaller owner;
    private final TestCaller stranger;
    private final TestApp app;
    private final List<String> ids;

    Traffic(TestCaller owner, TestApp app, List<String> ids) {
      this.owner = owner;
      this.stranger =
          TestCaller.authorized(owner.server(), owner.account(), "User " + "0f".repeat(32));
      this.app = app;
      this.ids = ids;
    }

    /** Returns when all have ended, or the first has got what it did not expect. */
    void run(Duration duration) throws Exception {
      long end = System.nanoTime() + duration.toNanos();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Boolean>> clients =
            IntStream.range(0, CLIENTS)
                .mapToObj(
                    client ->
                        threads.<Boolean>submit(
                            () -> {
                              Random random = new Random(client);
                              while (System.nanoTime() - end < 0) {
                                if (client < SLOW_CLIENTS) {
                                  sendSlowly();
                                } else {
                                  act(random);
                                }
                              }
                              return true;
                            }))
                .toList();
        for (Future<Boolean> client : clients) {
          client.get();
        }
      }
    }

    private void act(Random random) {
      switch (random.nextInt(11)) {
        case 0 -> expect("change", Set.of(200), put(random, "value " + random.nextInt()));
        case 1 -> expect("large value", Set.of(200), put(random, "x".repeat(LARGE_VALUE)));
        case 2 -> expect("batch", Set.of(200), batch(random));
        case 3 -> expect("stranger", Set.of(401), stranger.get(app.secrets()).status());
        case 4 ->
            expect(
                "broken body",
                Set.of(400),
                owner.sendText("POST", app.secrets(), "{\"secrets\": [").status());
        case 5 ->
            expect(
                "broken request",
                Set.of(400),
                RawRequest.begin(owner, "GE T", "/%zz", "", new byte[0]).status());
        case 6 ->
            expect(
                "too large",
                Set.of(413),
                RawRequest.begin(
                        owner, "POST", app.secrets(), "Content-Length: 9999999\r\n", new byte[0])
                    .status());
        case 7 -> expect("list", Set.of(200), owner.get("/v1/apps/").status());
        default -> expect("read", Set.of(200), owner.get(app.secrets()).status());
      }
    }

    /** Of a hundred bytes only some come, until the server has waited long enough. */
    private void sendSlowly() {
      expect(
          "slow body",
          Set.of(408),
          RawRequest.begin(
                  owner,
                  "POST",
                  app.secrets(),
                  "Content-Length: 100\r\n",
                  "{\"secrets\"".getBytes(StandardCharsets.UTF_8))
              .status());
    }

    private int put(Random random, String value) {
      String id = ids.get(random.nextInt(ids.size()));
      return owner.put(app.secrets(), body(object("id", id, "value", value))).status();
    }

    private int batch(Random random) {
      Object[] changes =
          ids.stream()
              .filter(_ -> random.nextInt(4) == 0)
              .map(id -> object("id", id, "value", "value " + random.nextInt()))
              .toArray();
      return changes.length == 0 ? 200 : owner.put(app.secrets(), body(changes)).status();
    }

    private void expect(String kind, Set<Integer> expected, int status) {
      assertThat(expected).as(kind).contains(status);
      requests.computeIfAbsent(kind, _ -> new AtomicLong()).incrementAndGet();
    }
  }

  /** What a process holds. */
  private record Held(long residentKib, int threads, int descriptors) {

    static Held by(long pid) {
      try {
        Path process = Path.of("/proc", Long.toString(pid));
        List<String> status = Files.readAllLines(process.resolve("status"));
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
          return new Held(
              number(status, "VmRSS:"),
              (int) number(status, "Threads:"),
              (int) descriptors.count());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static long number(List<String> status, String name) {
      String line = status.stream().filter(one -> one.startsWith(name)).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
  }

  /** Has garbage collected, and counts the rest. */
  private static long liveHeapBytes(long pid) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines =
        new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    String total =
        lines.stream().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
    return Long.parseLong(total.trim().split("\\s+", -1)[2]);
  }
}
