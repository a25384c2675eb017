package lockstep.server.faults;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.store.EmptyDatabase;
import lockstep.server.store.StoreUnavailableException;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers and databases of different versions. */
@Tag("slow-lane")
final class UpgradeTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int EARLIER_SCHEMA = 5;
  private static final UUID ORGANISATION = UUID.fromString("4688c72f-8a34-4a20-9550-b03d3459822e");
  private static final UUID OWNER = UUID.fromString("ba834145-de78-4b76-8843-201fff8c2c43");
  private static final String BEARER =
      "User 965bf1d681a24ec2b781723d628db9bd1b507836910e186e6504cde6a479954f";

  @TempDir private Path folder;

  @Test
  void serversThatStartAtOnceOnAnEarlierSchemaMigrateItOnceAndServeWhatItHolds() throws Exception {
    Map<String, String> settings = Backend.POSTGRES.freshDatabase();
    URI url = URI.create(Objects.requireNonNull(settings.get("LOCKSTEP_DATABASE_URL")));
    fillEarlier(url);
    List<ServerUnderTest> nodes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ServerUnderTest>> starting =
          IntStream.range(0, 2)
              .mapToObj(_ -> threads.submit(() -> ServerUnderTest.on(settings)))
              .toList();
      // Whichever is there first is used while the other may still be starting.
      ServerUnderTest first = firstOf(starting);
      TestApp app = app(owner(first));
      BatchLoad load = new BatchLoad(app, 1);
      load.beginAfterOthers(owner(first));
      AtomicInteger turns = new AtomicInteger();
      try (BatchLoad.Running running =
          load.start(
              () -> {
                Future<ServerUnderTest> node = starting.get(turns.getAndIncrement() % 2);
                return owner(node.state() == Future.State.SUCCESS ? node.resultNow() : first);
              })) {
        for (Future<ServerUnderTest> node : starting) {
          nodes.add(node.get());
        }
        running.awaitAcknowledged(100);
        running.stop();
        assertThat(running.failures()).isEmpty();
      }
      assertThat(load.problems(owner(first))).isEmpty();
      for (ServerUnderTest node : nodes) {
        assertThat(values(owner(node), app))
            .containsEntry("API_KEY", "changed-in-schema-5")
            .containsEntry("PASSWORD", "old \u00e9");
      }
      assertThat(migrations(nodes.getFirst().database()))
          .isEqualTo(IntStream.rangeClosed(1, Databases.schema()).boxed().toList());
    } finally {
      nodes.forEach(ServerUnderTest::close);
    }
    assertThat(Verification.problems(settings, ORGANISATION)).isEmpty();
  }

  private static void fillEarlier(URI url) throws IOException {
    try (InputStream in =
            Objects.requireNonNull(UpgradeTest.class.getResourceAsStream("schema-5.sql"));
        EmptyDatabase earlier = Databases.emptyPostgres(url, EARLIER_SCHEMA)) {
      List<String> lines =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("--"))
              .toList();
      earlier.fill(db -> lines.forEach(line -> db.connection(to -> execute(to, line))));
    }
  }

  /** As it is: jOOQ would look for parameters in it. */
  private static void execute(Connection connection, String line) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(line);
    }
  }

  private static ServerUnderTest firstOf(List<Future<ServerUnderTest>> starting) throws Exception {
    Eventually.within(LIMIT, "a server", () -> starting.stream().anyMatch(Future::isDone));
    return starting.stream().filter(Future::isDone).findFirst().orElseThrow().get();
  }

  private static TestCaller owner(ServerUnderTest node) {
    return TestCaller.authorized(node.uri(), OWNER, BEARER);
  }

  private static TestApp app(TestCaller caller) {
    String id = caller.get("/v1/apps/").is(200).json().get("data").get(0).get("id").stringValue();
    Map<String, String> environments = new HashMap<>();
    caller
        .get("/v1/environments/?app_id=" + id)
        .is(200)
        .json()
        .get("data")
        .forEach(
            one -> environments.put(one.get("name").stringValue(), one.get("id").stringValue()));
    return new TestApp(id, "shop", environments);
  }

  private static Map<String, String> values(TestCaller caller, TestApp app) {
    Map<String, String> values = new HashMap<>();
    caller
        .get(app.secrets())
        .is(200)
        .json()
        .forEach(one -> values.put(one.get("key").stringValue(), one.get("value").stringValue()));
    return values;
  }

  private static List<Integer> migrations(Database database) {
    return database.read(
        db ->
            db
                .fetch("select version from flyway_schema_history where version is not null")
                .map(row -> Integer.valueOf(row.get(0, String.class)))
                .stream()
                .sorted()
                .toList());
  }

  @ParameterizedTest
  @EnumSource
  void anOlderProgramRefusesANewerSchemaAndSaysWhatToDo(Backend backend) {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.toString());
    try (ServerUnderTest server = ServerUnderTest.start(backend, settings)) {
      TestOrganisation organisation = TestOrganisation.create(server);
      TestApp app = organisation.app("shop");
      organisation.owner().post(app.secrets(), body(secret("KEY", "value"))).is(201);
      server.database().write(db -> setNewest(db, Databases.schema() + 1));
    }
    assertThatThrownBy(() -> ServerUnderTest.on(settings))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage(
            "the database was written by a newer version of Lockstep (schema %d, this one knows"
                    .formatted(Databases.schema() + 1)
                + " %d); start that version, or restore a backup from before the upgrade"
                    .formatted(Databases.schema()));
  }

  /** As a migration of a later version leaves it. */
  private static int setNewest(DSLContext db, int version) {
    return db.execute(
        "insert into flyway_schema_history (installed_rank, version, description, type, script,"
            + " installed_by, execution_time, success)"
            + " values (?, ?, 'later', 'SQL', 'later.sql', 'test', 1, ?)",
        version,
        String.valueOf(version),
        true);
  }
}
