package lockstep.server.serverkeys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.SERVER_KEY;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.DecryptionException;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditFindings;
import lockstep.server.audit.AuditVerification;
import lockstep.server.audit.Checkpoints;
import lockstep.server.backup.BackupReader;
import lockstep.server.backup.BackupWriter;
import lockstep.server.keys.ServerKeyMismatchException;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.store.EmptyDatabase;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.FailingDatabase;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** The change of the server key, on servers that run, interrupted at every place. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
class ServerKeyRotationContractTest {

  private static final String OLD_SECRET = ServerUnderTest.SERVER_SECRET;
  private static final String NEW_SECRET = "b3".repeat(32);
  private static final ServerKey OLD = ServerKey.parse(OLD_SECRET);
  private static final ServerKey NEW = ServerKey.parse(NEW_SECRET);
  private static final ServerKeys CHANGING = ServerKeys.of(NEW, Optional.of(OLD), Optional.empty());

  private static final Map<String, String> ONLY_OLD = Map.of("SERVER_SECRET", OLD_SECRET);
  private static final Map<String, String> ONLY_NEW = Map.of("SERVER_SECRET", NEW_SECRET);
  private static final Map<String, String> PREPARED =
      Map.of("SERVER_SECRET", OLD_SECRET, "SERVER_SECRET_NEXT", NEW_SECRET);
  private static final Map<String, String> ROTATING =
      Map.of("SERVER_SECRET", NEW_SECRET, "SERVER_SECRET_PREVIOUS", OLD_SECRET);

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private Map<String, String> place;
  private ServerUnderTest server;
  private TestOrganisation organisation;
  private TestCaller owner;
  private TestCaller bot;
  private TestApp shop;
  private int made;

  @BeforeEach
  void start() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    place = new HashMap<>(backend.preparedDatabase(data));
    place.put("LOCKSTEP_DATA_DIR", data.toString());
    server = ServerUnderTest.on(with(PREPARED));
    // No server ever has an organisation whose beginning is not on record.
    server.database().write(db -> db.execute("delete from organisation where name = 'nobody'"));
    organisation = TestOrganisation.create(server);
    owner = organisation.owner();
    shop = organisation.app("shop");
    bot = organisation.serviceAccount(DefaultRole.SERVICE);
    owner.post(shop.secrets(), body(secret("A", "first"), secret("B", "${A}!"))).is(201);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> with(Map<String, String> keys) {
    Map<String, String> settings = new HashMap<>(place);
    settings.putAll(keys);
    return settings;
  }

  private void restart(Map<String, String> keys) {
    server.close();
    server = ServerUnderTest.on(with(keys));
    owner = at(server, owner);
  }

  private static TestCaller at(ServerUnderTest server, TestCaller caller) {
    return new TestCaller(server.uri(), caller.account(), caller.headers());
  }

  private static ServerKeyRotation rotation(Database database, ServerKeys keys) {
    Clock clock = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
    Checkpoints checkpoints = new Checkpoints(keys);
    return new ServerKeyRotation(
        database, keys, checkpoints, new Audit(database, checkpoints, clock), clock, 1);
  }

  private static void rotate(Database database) {
    try (ServerKeyRotation rotation = rotation(database, CHANGING)) {
      assertThat(rotation.begin()).isTrue();
      rotation.run();
    }
  }

  /** Reads and writes everything that takes a server key. */
  private void everythingWorks(TestCaller caller) {
    assertThat(caller.get(shop.secrets() + "&key=B").is(200).json().at("/0/value").stringValue())
        .isEqualTo("first!");
    mint(caller).is(201);
    TestApp other =
        TestApp.of(
            caller.post(
                "/v1/apps/", Map.of("name", "app-" + made++, "environments", List.of("only"))));
    caller.post(other.secrets("only"), body(secret("C", "third"))).is(201);
    assertThat(caller.get(other.secrets("only")).is(200).json().at("/0/value").stringValue())
        .isEqualTo("third");
  }

  private lockstep.server.testing.TestResponse mint(TestCaller caller) {
    return caller.post(
        "/v1/service-accounts/" + bot.account() + "/tokens/", Map.of("name", "token-" + made++));
  }

  private List<String> auditProblems(ServerKey anchor) {
    List<String> problems = new ArrayList<>();
    new AuditVerification(server.database(), Checkpoints.publicKey(anchor))
        .run(
            new AuditFindings() {
              @Override
              public void problem(Problem problem) {
                problems.add(problem.toString());
              }

              @Override
              public void chain(Chain chain) {
                // Problems are all that is asked for.
              }
            });
    return problems;
  }

  private void requireIntactAudit() {
    assertThat(auditProblems(OLD)).isEmpty();
    assertThat(auditProblems(NEW)).isEmpty();
  }

  private List<String> wrapped() {
    return server
        .database()
        .read(
            db -> {
              List<String> texts = new ArrayList<>();
              db.selectFrom(ENVIRONMENT_SERVER_KEY)
                  .forEach(
                      row -> {
                        texts.add(row.getWrappedSeed());
                        texts.add(row.getWrappedSalt());
                      });
              db.selectFrom(SERVICE_ACCOUNT)
                  .forEach(
                      row -> {
                        texts.add(String.valueOf(row.getServerWrappedKeyring()));
                        texts.add(String.valueOf(row.getServerWrappedRecovery()));
                      });
              return texts;
            });
  }

  private void requireAllWrappedTo(ServerKey right, ServerKey wrong) {
    assertThat(wrapped())
        .isNotEmpty()
        .allSatisfy(
            text -> {
              assertThat(Ciphertext.parse(text).decrypt(right.keyPair())).isNotEmpty();
              assertThatThrownBy(() -> Ciphertext.parse(text).decrypt(wrong.keyPair()))
                  .isInstanceOf(DecryptionException.class);
            });
  }

  private ServerKeyStatus status() {
    return ServerKeyRotation.status(server.database());
  }

  @Test
  void afterTheChangeTheOldKeyOpensNothingAndIsNotNeeded() {
    requireAllWrappedTo(OLD, NEW);
    rotate(server.database());
    requireAllWrappedTo(NEW, OLD);
    assertThat(status().isSettled()).isTrue();
    everythingWorks(owner);
    requireAllWrappedTo(NEW, OLD);
    restart(ONLY_NEW);
    everythingWorks(owner);
    requireIntactAudit();
    server.close();
    assertThatThrownBy(() -> ServerUnderTest.on(with(ONLY_OLD)))
        .isInstanceOf(ServerKeyMismatchException.class);
    server = ServerUnderTest.on(with(ONLY_NEW));
  }

  @Test
  void deathAtAnyTransactionLeavesAStateThatWorksAndCanBeGoneOnWith() {
    boolean finished = false;
    int deaths = 0;
    while (!finished) {
      for (boolean beforeCommit : List.of(true, false)) {
        try (ServerKeyRotation rotation =
            rotation(new FailingDatabase(server.database(), 0, beforeCommit), CHANGING)) {
          rotation.begin();
          rotation.run();
          finished = true;
        } catch (FailingDatabase.Death e) {
          deaths++;
        }
        if (deaths < 8 || deaths % 8 == 0) {
          everythingWorks(owner);
        }
      }
      // What was made meanwhile is wrapped to the new key, so this comes to an end.
      assertThat(deaths).isLessThan(100);
      finished |= status().isSettled() && status().keys().size() == 2;
    }
    // The beginning, each row, and the end, each before and after its commit.
    assertThat(deaths).isGreaterThan(8);
    requireAllWrappedTo(NEW, OLD);
    requireIntactAudit();
    restart(ONLY_NEW);
    everythingWorks(owner);
  }

  @Test
  void aServerThatIsStartedWithBothKeysDoesItByItself() {
    restart(ROTATING);
    everythingWorks(owner);
    server.close(); // Wherever it was.
    server = ServerUnderTest.on(with(ROTATING));
    owner = at(server, owner);
    try (ServerKeyRotation rotation = rotation(server.database(), CHANGING)) {
      assertThat(rotation.begin()).isFalse();
      rotation.run(); // Together with the server.
    }
    requireAllWrappedTo(NEW, OLD);
    requireIntactAudit();
    restart(ONLY_NEW);
    everythingWorks(owner);
  }

  @Test
  void aServerWithoutTheNewKeyRefusesAndChangesNothing() {
    restart(ONLY_OLD);
    rotate(server.database());
    List<String> before = wrapped();
    owner.get(shop.secrets()).is(503);
    owner.post("/v1/apps/", Map.of("name", "refused")).is(503);
    mint(owner).is(503);
    TestCaller.anonymous(server.uri()).get("/health/ready/").is(503);
    assertThat(wrapped()).isEqualTo(before);
    restart(ONLY_NEW);
    everythingWorks(owner);
    assertThat(owner.get("/v1/apps/").is(200).text()).doesNotContain("refused");
  }

  @Test
  void aStartWithTheNewKeyAloneIsRefusedWhileTheOldOneIsNeeded() {
    try (ServerKeyRotation rotation = rotation(server.database(), CHANGING)) {
      assertThat(rotation.begin()).isTrue();
      assertThat(rotation.rewrapSome()).isEqualTo(1);
      assertThat(rotation.finish()).isFalse();
    }
    server.close();
    assertThatThrownBy(() -> ServerUnderTest.on(with(ONLY_NEW)))
        .isInstanceOf(ServerKeyMismatchException.class)
        .hasMessageContaining("SERVER_SECRET_PREVIOUS")
        .hasMessageContaining(ServerKeys.name(OLD));
    server = ServerUnderTest.on(with(PREPARED));
    owner = at(server, owner);
    everythingWorks(owner);
  }

  @Test
  void aKeyThatWasReplacedDoesNotComeBack() {
    rotate(server.database());
    server.close();
    Map<String, String> back =
        with(Map.of("SERVER_SECRET", OLD_SECRET, "SERVER_SECRET_PREVIOUS", NEW_SECRET));
    assertThatThrownBy(() -> ServerUnderTest.on(back))
        .isInstanceOf(ServerKeyMismatchException.class)
        .hasMessageContaining("does not come back");
    server = ServerUnderTest.on(with(ONLY_NEW));
    owner = at(server, owner);
    everythingWorks(owner);
  }

  @Test
  void aDatabaseFromBeforeKeysHadNamesIsRotatedAtItsFirstStart() {
    server
        .database()
        .write(
            db -> {
              db.deleteFrom(SERVER_KEY).execute();
              db.update(ENVIRONMENT_SERVER_KEY)
                  .setNull(ENVIRONMENT_SERVER_KEY.SERVER_KEY)
                  .execute();
              return db.update(SERVICE_ACCOUNT).setNull(SERVICE_ACCOUNT.SERVER_KEY).execute();
            });
    restart(ROTATING);
    try (ServerKeyRotation rotation = rotation(server.database(), CHANGING)) {
      rotation.run();
    }
    assertThat(status().keys()).hasSize(2);
    requireAllWrappedTo(NEW, OLD);
    requireIntactAudit();
    everythingWorks(owner);
  }

  @Test
  void whatNoKeyOpensStaysAndDoesNotStandInTheWay() {
    UUID damaged = UUID.fromString(shop.environment("Staging"));
    String text = Ciphertext.encrypt("x", ServerKey.parse("cc".repeat(32)).publicKey()).text();
    server
        .database()
        .write(
            db ->
                db.update(ENVIRONMENT_SERVER_KEY)
                    .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED, text)
                    .where(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(damaged))
                    .execute());
    rotate(server.database());
    assertThat(status().isSettled()).isTrue();
    assertThat(status().unusable()).isEqualTo(new ServerKeyStatus.Wrapped(1, 0));
    assertThat(wrapped()).contains(text);
    restart(ONLY_NEW);
    everythingWorks(owner);
  }

  @Test
  void theChangeIsOnRecordInEveryOrganisation() {
    TestCaller stranger = TestOrganisation.create(server).owner();
    rotate(server.database());
    for (TestCaller reader : List.of(owner, stranger)) {
      var events =
          reader.get("/v1/audit/events/?resource_type=server_key").is(200).json().get("data");
      assertThat(events).hasSize(2);
      assertThat(events.get(1).get("description").stringValue()).isEqualTo("Server key replaced");
      assertThat(events.get(1).at("/details/newPublicKey").stringValue())
          .isEqualTo(ServerKeys.name(NEW));
      assertThat(events.get(0).at("/account/kind").stringValue()).isEqualTo("server");
    }
  }

  @Test
  void aBackupOfBeforeAndOneFromTheMiddleAreRestoredWithBothKeys() throws IOException {
    byte[] before = backup(server.database(), ServerKeys.of(OLD));
    try (ServerKeyRotation rotation = rotation(server.database(), CHANGING)) {
      rotation.begin();
      rotation.rewrapSome();
    }
    byte[] middle = backup(server.database(), CHANGING);
    for (byte[] backup : List.of(before, middle)) {
      server.close();
      Path target = folder.resolve("restored-" + made++);
      place = new HashMap<>(backend.freshDatabase());
      place.put("LOCKSTEP_DATA_DIR", target.toString());
      restore(backup, CHANGING, target);
      server = ServerUnderTest.on(with(ROTATING));
      owner = at(server, owner);
      try (ServerKeyRotation rotation = rotation(server.database(), CHANGING)) {
        rotation.run();
      }
      everythingWorks(owner);
      requireAllWrappedTo(NEW, OLD);
      requireIntactAudit();
    }
  }

  private static byte[] backup(Database database, ServerKeys keys) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new BackupWriter(database, keys, "test", Clock.systemUTC()).write(out);
    return out.toByteArray();
  }

  private void restore(byte[] backup, ServerKeys keys, Path target) throws IOException {
    try (BackupReader reader =
            BackupReader.open(new ByteArrayInputStream(backup), keys, Optional.empty());
        EmptyDatabase empty =
            Optional.ofNullable(place.get("LOCKSTEP_DATABASE_URL"))
                .map(url -> Databases.emptyPostgres(URI.create(url), reader.header().schema()))
                .orElseGet(() -> Databases.emptyEmbedded(target, reader.header().schema()))) {
      empty.fill(db -> assertThat(reader.insert(db).allRows()).isPositive());
    }
  }
}
