package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lockstep.crypto.AccountKeys;
import lockstep.crypto.DeviceKey;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep start} as a process, from the first start to the last signal. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before all tests
class StartCommandTest {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** As the first start left it; tests work on copies, because a first start takes seconds. */
  @TempDir private static Path shared;

  private static Path firstFolder;
  private static String firstOutput;
  private static String firstCurlAnswer;
  private static int firstCurlStatus;
  private static JsonNode bootstrap;

  @TempDir private Path scratch;

  @BeforeAll
  static void startForTheFirstTime() throws Exception {
    firstFolder = shared.resolve("data");
    Path file = shared.resolve("bootstrap.json");
    try (CommandProcess server =
        CommandProcess.start(firstFolder, "--bootstrap-file", file.toString())) {
      Matcher curl =
          server.awaitLine(Pattern.compile("curl -H 'Authorization: Bearer ([^']+)' '([^']+)'"));
      URI uri = URI.create(curl.group(2));
      var answer = new Http(uri, curl.group(1)).get(uri.getRawPath() + "?" + uri.getRawQuery());
      firstCurlAnswer = answer.body();
      firstCurlStatus = answer.statusCode();
      server.terminate();
      firstOutput = server.output();
      assertThat(server.exitCode()).isZero();
    }
    bootstrap = MAPPER.readTree(Files.readString(file));
  }

  private static String text(String pointer) {
    return bootstrap.at(pointer).stringValue();
  }

  private Path copy() throws IOException {
    Path copy = scratch.resolve("data");
    FirstStart.copy(firstFolder, copy);
    return copy;
  }

  @Test
  void theFirstStartPrintsTheCredentialsOnceAndACurlLineThatWorks() {
    assertThat(firstOutput)
        .containsOnlyOnce(text("/password"))
        .containsOnlyOnce(text("/recovery"))
        .containsOnlyOnce(text("/token"))
        .contains(text("/owner/email"), firstFolder.resolve("server.key").toString());
    assertThat(firstCurlStatus).isEqualTo(200);
    assertThat(firstCurlAnswer)
        .contains("\"value\":\"postgresql://app:correct-horse-battery-staple@localhost:5432/app\"");
  }

  @Test
  void theBootstrapFileSaysTheSameToItsOwnerAlone() throws IOException {
    assertThat(bootstrap.propertyNames())
        .containsExactlyInAnyOrder(
            "url", "organisation", "owner", "password", "recovery", "token", "bearerToken");
    assertThat(text("/url")).matches("http://127\\.0\\.0\\.1:[0-9]+");
    assertThat(text("/organisation/name")).isEqualTo("my-organisation");
    assertThat(text("/owner/email")).isEqualTo("owner@localhost");
    assertThat(text("/recovery").split(" ")).hasSize(24);
    assertThat(text("/bearerToken")).isEqualTo(Token.parse(text("/token")).bearerHeaderValue());
    assertThat(permissions(shared.resolve("bootstrap.json"))).isEqualTo("rw-------");
  }

  @Test
  void theDataFolderAndTheServerKeyAreTheirOwnersAlone() throws IOException {
    assertThat(permissions(firstFolder)).isEqualTo("rwx------");
    assertThat(permissions(firstFolder.resolve("server.key"))).isEqualTo("rw-------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void passwordPhraseAndTokenOpenWhatIsStored() throws SQLException {
    IdentityKey identity = IdentityKey.parse(stored("select identity_key from account"));
    try (DeviceKey device = DeviceKey.derive(text("/password"), text("/owner/email"));
        AccountKeys keys =
            device.unwrapKeyring(stored("select wrapped_keyring from member"), identity);
        X25519KeyPair pair = keys.x25519();
        X25519KeyPair ofToken =
            Token.parse(text("/token"))
                .reconstruct(stored("select wrapped_key_share from token"))) {
      assertThat(device.unwrapRecovery(stored("select wrapped_recovery from member")).phrase())
          .isEqualTo(text("/recovery"));
      assertThat(ofToken.publicKey()).isEqualTo(pair.publicKey());
    }
  }

  @Test
  void nothingSecretIsStoredInClear() throws IOException {
    try (Stream<Path> files = Files.list(firstFolder)) {
      for (Path file : files.filter(path -> !path.endsWith("server.key")).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content.contains(text("/password"))).isFalse();
        assertThat(content.contains(text("/recovery"))).isFalse();
        assertThat(content.contains(Token.parse(text("/token")).bearer().hex())).isFalse();
        assertThat(content.contains("correct-horse-battery-staple")).isFalse();
        assertThat(content.contains("DB_PASSWORD")).isFalse();
      }
    }
  }

  private static String stored(String query) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + firstFolder.resolve("lockstep.db"));
        ResultSet row = connection.createStatement().executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  @Test
  void laterStartsPrintTheAddressAloneAndServeTheSameData() throws Exception {
    try (CommandProcess server = CommandProcess.start(copy())) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      assertThat(owner.get("/v1/apps/").body()).contains("\"name\":\"example-app\"");
      server.terminate();
      assertThat(server.output()).matches("Lockstep \\S+ serves http://127\\.0\\.0\\.1:[0-9]+/");
    }
  }

  @Test
  void theAuditLogIsVerifiedBesideAServerAndAfterItWasKilled() throws Exception {
    Path folder = copy();
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    try (CommandProcess server = CommandProcess.start(folder)) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      assertThat(verified(folder)).as("beside a server").contains("as it was recorded");
      writeUntil(server::kill, owner, exampleApp(owner), "K_", acknowledged);
    }
    assertThat(verified(folder)).as("after a crash").contains("as it was recorded");
  }

  private static String verified(Path folder) {
    return output(0, "audit", "verify", "--data-dir", folder.toString());
  }

  @Test
  void aChangedAuditRecordIsNamedByTheVerification() throws Exception {
    Path folder = copy();
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("lockstep.db"))) {
      connection
          .createStatement()
          .execute("update audit_event set account_name = 'somebody else' where sequence = 2");
    }
    try (CommandProcess verification =
        CommandProcess.run(Map.of(), List.of("audit", "verify", "--data-dir", folder.toString()))) {
      assertThat(verification.exitCode()).isEqualTo(1);
      assertThat(verification.output())
          .contains(text("/organisation/id") + ", record 2: ", "(CHANGED)", "NOT as it was");
    }
  }

  /** The drill of docs/operations.md: everything but the backup and the server key is lost. */
  @Test
  void aBackupMadeBesideTheServerRestoresItsSecretsForTheSameToken() throws Exception {
    Path folder = copy();
    Path backup = scratch.resolve("nightly.backup");
    Path key = scratch.resolve("backup.key");
    String recipient = output(0, "backup", "new-key", key.toString()).strip();
    assertThat(recipient).startsWith("lockstep-backup-recipient:v1:");
    assertThat(permissions(key)).isEqualTo("rw-------");
    String secrets;
    String address;
    try (CommandProcess server = CommandProcess.start(folder)) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      address = "/v1/secrets/?app_id=" + exampleApp(owner) + "&env=Development";
      secrets = owner.get(address).body();
      String[] command = {
        "backup",
        "--to",
        backup.toString(),
        "--recipient",
        recipient,
        "--data-dir",
        folder.toString()
      };
      assertThat(output(0, command)).isEmpty();
      assertThat(output(1, command)).isEmpty();
      server.kill();
    }
    assertThat(permissions(backup)).isEqualTo("rw-------");
    Path restored = Files.createDirectory(scratch.resolve("restored"));
    Files.copy(folder.resolve("server.key"), restored.resolve("server.key"));

    String place = restored.toString();
    String file = backup.toString();
    assertThat(output(1, "backup", "verify", file, "--data-dir", place)).isEmpty();
    assertThat(
            output(0, "backup", "verify", file, "--key-file", key.toString(), "--data-dir", place))
        .contains("Decrypted 8 secrets", "The backup is good");
    assertThat(output(1, "restore", file, "--data-dir", place)).isEmpty();
    assertThat(output(0, "restore", file, "--key-file", key.toString(), "--data-dir", place))
        .contains("What was taken back since then is valid again");
    assertThat(output(1, "restore", file, "--key-file", key.toString(), "--data-dir", place))
        .isEmpty();
    try (CommandProcess server = CommandProcess.start(restored)) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      assertThat(MAPPER.readTree(owner.get(address).body())).isEqualTo(MAPPER.readTree(secrets));
      assertThat(owner.get("/v1/audit/events/?resource_type=organisation").body())
          .contains("Restored from a backup");
    }
    assertThat(verified(restored)).contains("as it was recorded");
  }

  @Test
  void theServerKeyIsChangedByServersAndByTheCommandWhicheverIsKilled() throws Exception {
    Path folder = copy();
    String place = folder.toString();
    Path old = scratch.resolve("old.key");
    Files.move(folder.resolve("server.key"), old);
    Path next = Files.writeString(scratch.resolve("new.key"), "b3".repeat(32) + "\n");
    Map<String, String> both =
        Map.of(
            "LOCKSTEP_DATA_DIR",
            place,
            "LOCKSTEP_PORT",
            "0",
            "SERVER_SECRET_FILE",
            next.toString(),
            "SERVER_SECRET_PREVIOUS_FILE",
            old.toString());
    Map<String, String> alone =
        Map.of(
            "LOCKSTEP_DATA_DIR",
            place,
            "LOCKSTEP_PORT",
            "0",
            "SERVER_SECRET_FILE",
            next.toString());
    String address;
    String secrets;
    try (CommandProcess server = CommandProcess.startAgain(both)) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      address = "/v1/secrets/?app_id=" + exampleApp(owner) + "&env=Development";
      secrets = owner.get(address).body();
      assertThat(output(Map.of(), 0, "server-key", "status", "--data-dir", place))
          .contains("in use since");
      assertThat(output(both, 1, "server-key", "rotate")).isEmpty();
      server.kill();
    }
    assertThat(output(both, 0, "server-key", "rotate")).contains("Nothing is left");
    assertThat(output(both, 0, "server-key", "rotate"))
        .contains("in use already", "0 environments");
    assertThat(output(alone, 0, "server-key", "status"))
        .contains("retired at", "in use since", "Nothing is left");
    assertThat(output(alone, 1, "server-key", "rotate")).isEmpty();
    try (CommandProcess server = CommandProcess.startAgain(alone)) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      assertThat(MAPPER.readTree(owner.get(address).body())).isEqualTo(MAPPER.readTree(secrets));
    }
    assertThat(output(alone, 0, "audit", "verify")).contains("as it was recorded");
    try (CommandProcess server =
        CommandProcess.startAgain(
            Map.of("LOCKSTEP_DATA_DIR", place, "SERVER_SECRET_FILE", old.toString()))) {
      assertThat(server.exitCode()).isEqualTo(1);
    }
  }

  private static String output(int exitCode, String... arguments) {
    return output(Map.of(), exitCode, arguments);
  }

  private static String output(Map<String, String> environment, int exitCode, String... arguments) {
    try (CommandProcess process = CommandProcess.run(environment, List.of(arguments))) {
      String output = process.output();
      assertThat(process.exitCode()).as(process.errors()).isEqualTo(exitCode);
      return output;
    }
  }

  private static String exampleApp(Http owner) throws Exception {
    return MAPPER.readTree(owner.get("/v1/apps/").body()).at("/data/0/id").stringValue();
  }

  /** Eight callers write as fast as they can; after some answers the server is ended. */
  private static void writeUntil(
      Runnable end, Http owner, String app, String prefix, Set<String> acknowledged)
      throws Exception {
    CountDownLatch enough = new CountDownLatch(40);
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int writer = 0; writer < 8; writer++) {
        String own = prefix + writer + "_";
        var _ = writers.submit(() -> write(owner, app, own, acknowledged, enough));
      }
      assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();
      end.run();
    }
  }

  private static void write(
      Http owner, String app, String prefix, Set<String> acknowledged, CountDownLatch enough) {
    try {
      for (int i = 0; true; i++) {
        String name = prefix + i;
        var answer =
            owner.post(
                "/v1/secrets/?env=Staging&app_id=" + app,
                "{\"secrets\": [{\"key\": \"%s\", \"value\": \"v\"}]}".formatted(name));
        if (answer.statusCode() != 201) {
          return;
        }
        acknowledged.add(name);
        enough.countDown();
      }
    } catch (IOException e) {
      // The server has ended, which is the point.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> namesOf(Http owner, String app) throws Exception {
    List<String> names = new ArrayList<>();
    MAPPER
        .readTree(owner.get("/v1/secrets/?env=Staging&app_id=" + app).body())
        .forEach(secret -> names.add(secret.path("key").stringValue()));
    return names;
  }

  /** Every write that got as far as the database is answered: what is stored is acknowledged. */
  @Test
  void askedToStopItFinishesTheRequestsInFlightAndSucceeds() throws Exception {
    Path folder = copy();
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    try (CommandProcess server = CommandProcess.start(folder)) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      writeUntil(server::terminate, owner, exampleApp(owner), "T_", acknowledged);
      assertThat(server.exitCode()).isZero();
      assertThat(server.errors()).isEmpty();
    }
    try (CommandProcess server = CommandProcess.start(folder)) {
      Http owner = new Http(server.address(), text("/bearerToken"));
      assertThat(namesOf(owner, exampleApp(owner)))
          .containsExactlyInAnyOrderElementsOf(acknowledged);
    }
  }

  @Test
  void aWrongServerKeyStopsTheStartWithTheReason() throws Exception {
    Path folder = copy();
    try (CommandProcess server =
        CommandProcess.run(
            Map.of("SERVER_SECRET", "ab".repeat(32)),
            List.of("start", "--port", "0", "--data-dir", folder.toString()))) {
      assertThat(server.exitCode()).isEqualTo(1);
      assertThat(server.errors())
          .startsWith("lockstep: the server key (SERVER_SECRET) is not the one")
          .doesNotContain("ab".repeat(32), "\tat ");
      assertThat(server.output()).isEmpty();
    }
    CommandProcess again = CommandProcess.start(folder);
    again.address();
    again.close();
  }

  @Test
  void aDamagedServerKeyStopsTheStartWithTheFile() throws Exception {
    Path folder = copy();
    Files.writeString(folder.resolve("server.key"), "damaged");
    try (CommandProcess server = CommandProcess.start(folder)) {
      assertThat(server.exitCode()).isEqualTo(1);
      assertThat(server.errors())
          .startsWith("lockstep: ")
          .contains(folder.resolve("server.key").toString())
          .doesNotContain("damaged", "\tat ");
    }
  }

  @Test
  void allMistakesOfTheConfigurationAreToldAtOnce() {
    try (CommandProcess server =
        CommandProcess.run(
            Map.of("SERVER_SECRET", "canary", "LOCKSTEP_PROT", "1"),
            List.of("start", "--port", "x"))) {
      assertThat(server.exitCode()).isEqualTo(2);
      assertThat(server.errors())
          .contains("LOCKSTEP_PORT must be", "SERVER_SECRET: must be", "LOCKSTEP_PROT is not")
          .doesNotContain("canary", "\tat ");
    }
  }

  @Test
  void anUnknownOptionIsAMistakeOfUsage() {
    try (CommandProcess server = CommandProcess.run(Map.of(), List.of("start", "--prot", "1"))) {
      assertThat(server.exitCode()).isEqualTo(2);
      assertThat(server.errors()).contains("Unknown option").doesNotContain("\tat ");
    }
  }

  @Test
  void aPortInUseIsToldWithTheAddress() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        CommandProcess server =
            CommandProcess.run(
                Map.of(),
                List.of(
                    "start",
                    "--port",
                    String.valueOf(taken.getLocalPort()),
                    "--data-dir",
                    copy().toString()))) {
      assertThat(server.exitCode()).isEqualTo(1);
      assertThat(server.errors())
          .startsWith("lockstep: cannot listen on 127.0.0.1 port " + taken.getLocalPort())
          .doesNotContain("\tat ");
    }
  }

  @Test
  void anAddressThatDoesNotExistIsToldWithoutAStackTrace() throws Exception {
    try (CommandProcess server = CommandProcess.start(copy(), "--host", "no.such.host.invalid")) {
      assertThat(server.exitCode()).isEqualTo(1);
      assertThat(server.errors())
          .startsWith("lockstep: cannot listen on no.such.host.invalid")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aFolderServesOneProcessAtATime() throws Exception {
    Path folder = copy();
    try (CommandProcess server = CommandProcess.start(folder)) {
      URI address = server.address();
      try (CommandProcess second = CommandProcess.start(folder)) {
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.errors()).contains("in use by another Lockstep process");
      }
      assertThat(new Http(address, text("/bearerToken")).get("/v1/apps/").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void listeningForOtherMachinesPrintsAWarning() throws Exception {
    try (CommandProcess server = CommandProcess.start(copy(), "--host", "0.0.0.0")) {
      server.awaitLine(Pattern.compile("Warning: other machines can connect"));
    }
  }

  @Test
  void itTellsItsVersionAndItsCommands() {
    try (CommandProcess version = CommandProcess.run(Map.of(), List.of("--version"));
        CommandProcess help = CommandProcess.run(Map.of(), List.of("help", "start"))) {
      assertThat(version.output()).matches("lockstep \\S+");
      assertThat(help.output()).contains("--data-dir", "SERVER_SECRET");
      assertThat(version.exitCode() + help.exitCode()).isZero();
    }
  }
}
