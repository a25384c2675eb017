package lockstep.server.backup;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import lockstep.crypto.SealedStream;
import lockstep.crypto.ServerKey;
import lockstep.crypto.X25519KeyPair;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.keys.ServerKeyMismatchException;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.store.EmptyDatabase;
import lockstep.server.store.StoreUnavailableException;
import lockstep.server.store.StoredTables;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.Sample;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.jooq.DSLContext;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups of a server that runs, restored into either kind of database. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
class BackupContractTest {

  private static final ServerKey KEY = ServerKey.parse(ServerUnderTest.SERVER_SECRET);

  @Parameter private Backend backend;

  @TempDir private Path scratch;

  private ServerUnderTest server;
  private TestOrganisation organisation;
  private TestApp app;
  private TestCaller service;

  @BeforeEach
  void start() {
    server = ServerUnderTest.start(backend);
    // No server ever has an organisation whose beginning is not on record.
    server.database().write(db -> db.execute("delete from organisation where name = 'nobody'"));
    organisation = TestOrganisation.create(server);
    app = organisation.app("shop");
    service = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.list(service, app);
    organisation.grant(service, app, "Development");
    organisation
        .owner()
        .post(app.secrets(), body(secret("/a/b", "A", "first"), secret("B", "${/a/b/A} \t €")))
        .is(201);
    organisation.owner().get(app.secrets()).is(200);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private byte[] backup() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer(server.database(), KEY).write(out);
    return out.toByteArray();
  }

  private static BackupWriter writer(Database database, ServerKey key) {
    return new BackupWriter(database, ServerKeys.of(key), "test", Clock.systemUTC());
  }

  private static BackupReader reader(byte[] backup) throws IOException {
    return BackupReader.open(
        new ByteArrayInputStream(backup), ServerKeys.of(KEY), Optional.empty());
  }

  /** Restores into a database of this kind, and returns the settings of a server on it. */
  private Map<String, String> restore(byte[] backup, Backend target) throws IOException {
    Map<String, String> settings = new HashMap<>(target.freshDatabase());
    Path folder = Files.createTempDirectory(scratch, "data");
    settings.put("LOCKSTEP_DATA_DIR", folder.toString());
    try (BackupReader reader = reader(backup);
        EmptyDatabase empty =
            settings.containsKey("LOCKSTEP_DATABASE_URL")
                ? Databases.emptyPostgres(
                    URI.create(settings.get("LOCKSTEP_DATABASE_URL")), reader.header().schema())
                : Databases.emptyEmbedded(folder, reader.header().schema())) {
      empty.fill(reader::insert);
    }
    return settings;
  }

  private static List<String> content(DSLContext db) {
    List<String> content = new ArrayList<>();
    for (Table<?> table : StoredTables.inOrder()) {
      db.select(table.fields())
          .from(table)
          .fetch()
          .forEach(row -> content.add(table.getName() + Arrays.deepToString(row.intoArray())));
    }
    content.sort(null);
    return content;
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void everyRowIsThereInEitherKindOfDatabase(Backend target) throws IOException {
    List<String> original = server.database().read(BackupContractTest::content);
    byte[] backup = backup();

    Map<String, String> settings = restore(backup, target);

    try (ServerUnderTest restored = ServerUnderTest.on(settings)) {
      assertThat(restored.database().read(BackupContractTest::content))
          .containsExactlyElementsOf(original);
      for (TestCaller caller : List.of(organisation.owner(), service)) {
        TestCaller there = new TestCaller(restored.uri(), caller.account(), caller.headers());
        assertThat(there.get(app.secrets()).is(200).json()).hasSize(2);
        assertThat(there.get(app.secrets()).text()).contains("first \\t €");
      }
    }
  }

  @Test
  void aCheckFindsAGoodBackupGood() throws IOException {
    try (BackupReader reader = reader(backup())) {
      BackupCheck.Result result = new BackupCheck(ServerKeys.of(KEY), scratch).run(reader);
      assertThat(result.problems()).isEmpty();
      assertThat(result.decrypted()).isEqualTo(2);
      assertThat(result.summary().rows()).containsEntry("secret", 2L);
    }
  }

  @Test
  void aCheckFindsWhatTheDatabaseHadWrongAlready() throws IOException {
    server
        .database()
        .write(
            db ->
                db.execute(
                    "update secret set value_ciphertext = comment_ciphertext where version = 1"));
    server
        .database()
        .write(db -> db.execute("update audit_event set description = 'nothing happened'"));
    try (BackupReader reader = reader(backup())) {
      assertThat(new BackupCheck(ServerKeys.of(KEY), scratch).run(reader).problems())
          .anyMatch(problem -> problem.startsWith("audit chain"))
          .filteredOn(problem -> problem.matches("no secret of environment \\S+ can be decrypted"))
          .hasSize(1);
    }
  }

  @Test
  void whatAClientStoredThatNobodyCanReadSaysNothingAgainstTheBackup() throws IOException {
    server
        .database()
        .write(
            db ->
                db.execute(
                    "update secret set value_ciphertext = comment_ciphertext where path <> '/'"));
    try (BackupReader reader = reader(backup())) {
      BackupCheck.Result result = new BackupCheck(ServerKeys.of(KEY), scratch).run(reader);
      assertThat(result.problems()).isEmpty();
      assertThat(result.decrypted()).isEqualTo(1);
      assertThat(result.unreadable()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lockstep.db-wal", "lockstep.db-shm", "lockstep.db-journal"})
  void theLogOfACrashedServerIsNotCarriedOutOnARestoredDatabase(String name) throws IOException {
    Files.writeString(scratch.resolve(name), "what was not yet in the database");
    assertThatThrownBy(() -> Databases.emptyEmbedded(scratch, Databases.schema()))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(name);
  }

  @Test
  void longRowsAreRestoredInSmallParts() throws IOException {
    String large = "x".repeat(40_000);
    for (int i = 0; i < 120; i++) {
      organisation.owner().post(app.secrets("Staging"), body(secret("L" + i, large + i))).is(201);
    }
    try (BackupReader reader = reader(backup())) {
      BackupCheck.Result result = new BackupCheck(ServerKeys.of(KEY), scratch).run(reader);
      assertThat(result.problems()).isEmpty();
      assertThat(result.summary().rows()).containsEntry("secret", 122L);
    }
  }

  @Test
  void aFullDiskIsNotTakenForABadBackup() throws IOException {
    try (BackupReader reader = reader(backup());
        EmptyDatabase empty =
            Databases.emptyEmbedded(scratch.resolve("full"), reader.header().schema())) {
      assertThatThrownBy(
              () ->
                  empty.fill(
                      db -> {
                        db.execute("pragma max_page_count = 1");
                        reader.insert(db);
                      }))
          .isInstanceOf(StoreUnavailableException.class);
    }
    assertThat(scratch.resolve("full").resolve("lockstep.db")).doesNotExist();
  }

  /** Every secret is written in a batch of three, so that half a batch would show. */
  @Test
  void aBackupUnderLoadHoldsAllThatWasAcknowledgedAndNoHalfBatch() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger acknowledged = new AtomicInteger();
    List<Thread> writers = new ArrayList<>();
    for (int writer = 0; writer < 4; writer++) {
      String name = "W" + writer + "_";
      writers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; !ended.get() && i < 300; i++) {
                      organisation
                          .owner()
                          .post(
                              app.secrets("Staging"),
                              body(
                                  secret(name + i + "_A", "x"),
                                  secret(name + i + "_B", "x"),
                                  secret(name + i + "_C", "x")))
                          .is(201);
                      acknowledged.incrementAndGet();
                    }
                  }));
    }
    while (acknowledged.get() < 20) {
      Thread.sleep(5);
    }
    List<byte[]> backups = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      before.add(acknowledged.get());
      backups.add(backup());
    }
    ended.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
    for (int i = 0; i < backups.size(); i++) {
      Path folder = Files.createTempDirectory(scratch, "check");
      try (BackupReader reader = reader(backups.get(i))) {
        BackupCheck.Result result = new BackupCheck(ServerKeys.of(KEY), folder).run(reader);
        assertThat(result.problems()).isEmpty();
        long written = result.summary().rows().getOrDefault("secret", 0L) - 2;
        assertThat(written).isGreaterThanOrEqualTo(3L * before.get(i));
        assertThat(written % 3).isZero();
      }
    }
  }

  @Test
  void nothingOfASecretIsReadableInTheFile() throws IOException {
    String text = unzipped(backup()).replace("first_kept", "a column");
    assertThat(text)
        .contains("shop")
        .doesNotContain("first")
        .doesNotContain(ServerUnderTest.SERVER_SECRET);
    assertThat(text).doesNotContain("\"A\"");
  }

  @Test
  void anEncryptedBackupOpensForItsRecipientAlone() throws IOException {
    X25519KeyPair recipient = X25519KeyPair.generate();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream encrypted = SealedStream.seal(out, recipient.publicKey())) {
      writer(server.database(), KEY).write(encrypted);
    }
    byte[] encrypted = out.toByteArray();
    assertThat(new String(encrypted, StandardCharsets.ISO_8859_1)).doesNotContain("shop");

    try (BackupReader reader =
        BackupReader.open(
            new ByteArrayInputStream(encrypted), ServerKeys.of(KEY), Optional.of(recipient))) {
      assertThat(new BackupCheck(ServerKeys.of(KEY), scratch).run(reader).problems()).isEmpty();
    }
    assertThatThrownBy(() -> reader(encrypted))
        .isInstanceOf(BackupException.class)
        .hasMessage("it is encrypted, and no key was given");
    assertThatThrownBy(
            () ->
                BackupReader.open(
                    new ByteArrayInputStream(encrypted),
                    ServerKeys.of(KEY),
                    Optional.of(X25519KeyPair.generate())))
        .isInstanceOf(BackupException.class)
        .hasMessage("it was changed, or is encrypted to another key");
  }

  @Test
  void anotherServerKeyNeitherMakesNorOpensOne() throws IOException {
    ServerKey other = ServerKey.parse(ServerKey.generateHex());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> writer(server.database(), other).write(out))
        .isInstanceOf(ServerKeyMismatchException.class);
    assertThat(out.size()).isZero();
    byte[] backup = backup();
    assertThatThrownBy(
            () ->
                BackupReader.open(
                    new ByteArrayInputStream(backup), ServerKeys.of(other), Optional.empty()))
        .isInstanceOf(BackupException.class)
        .hasMessageStartingWith("it belongs to another server key");
  }

  @Test
  void whatWasChangedIsNotRestored() throws IOException {
    byte[] backup = backup();
    String text = unzipped(backup);
    Random random = new Random(1);
    List<byte[]> changed = new ArrayList<>();
    int flips = Sample.of(60, 12);
    for (int i = 0; i < flips; i++) {
      byte[] flipped = backup.clone();
      // The ten bytes of the header of gzip hold a time and a system that nobody reads.
      flipped[10 + random.nextInt(backup.length - 10)] ^= (byte) (1 << random.nextInt(8));
      changed.add(flipped);
    }
    for (int length : new int[] {0, 1, 9, 30, backup.length / 2, backup.length - 1}) {
      changed.add(Arrays.copyOf(backup, length));
    }
    changed.add(zipped(text.replace("\"shop\"", "\"evil\"")));
    changed.add(
        zipped(text.replaceFirst("\\{\"table\":\"secret\"", "{\"table\":\"secret; drop\"")));
    for (String schema : List.of("99", "0", "-1", "3", "\"4\"", "null", "4000000000")) {
      changed.add(zipped(text.replaceFirst("\"schema\":[0-9]+", "\"schema\":" + schema)));
    }
    changed.add(zipped(text.replaceFirst("\"lockstepBackup\":1", "\"lockstepBackup\":2")));
    changed.add(zipped(text.replaceFirst("\n\\[[^\n]*\n", "\n")));
    changed.add(zipped(text.replaceFirst("\n(\\[[^\n]*\n)", "\n$1$1")));
    changed.add(zipped(text.replaceFirst("\"secret\":2", "\"secret\":3")));
    changed.add(zipped(text + "[]\n"));
    changed.add(zipped(text.substring(0, text.lastIndexOf("{\"end\""))));
    changed.add(zipped(text.replaceFirst("\"hmac\":\"[0-9a-f]{4}", "\"hmac\":\"0000")));
    changed.add(zipped(withOwnChecksum(text.replace("\"shop\"", "\"evil\""))));
    changed.add("not a backup".getBytes(StandardCharsets.UTF_8));
    changed.add(zipped("{}\n"));
    changed.add(zipped("null\n"));
    changed.add(zipped("[1]\n"));
    for (byte[] bytes : changed) {
      Path folder = Files.createTempDirectory(scratch, "changed");
      assertThatThrownBy(
              () -> {
                try (BackupReader reader = reader(bytes);
                    EmptyDatabase empty =
                        Databases.emptyEmbedded(folder, reader.header().schema())) {
                  empty.fill(reader::insert);
                }
              })
          .isInstanceOfAny(BackupException.class, StoreUnavailableException.class);
      assertThat(folder.resolve("lockstep.db")).doesNotExist();
      assertThat(folder.resolve("restoring")).doesNotExist();
    }
  }

  /** As one makes it who has no server key. */
  private static String withOwnChecksum(String text) {
    int end = text.lastIndexOf("{\"end\"");
    Proof proof = new Proof(ServerKey.parse(ServerKey.generateHex()));
    text.substring(0, end)
        .lines()
        .forEach(line -> proof.line(line.getBytes(StandardCharsets.UTF_8)));
    Proof.Written written = proof.end();
    return text.substring(0, end)
        + text.substring(end)
            .replaceFirst("\"sha256\":\"[0-9a-f]+", "\"sha256\":\"" + written.sha256())
            .replaceFirst("\"hmac\":\"[0-9a-f]+", "\"hmac\":\"" + written.hmac());
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void nothingIsOverwritten(Backend target) throws IOException {
    byte[] backup = backup();
    Map<String, String> settings = restore(backup, target);
    assertThatThrownBy(
            () -> {
              if (target == Backend.SQLITE) {
                Databases.emptyEmbedded(
                        Path.of(settings.get("LOCKSTEP_DATA_DIR")), Databases.schema())
                    .close();
              } else {
                Databases.emptyPostgres(
                        URI.create(settings.get("LOCKSTEP_DATABASE_URL")), Databases.schema())
                    .close();
              }
            })
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(target == Backend.SQLITE ? "already" : "not empty");
  }

  @Test
  void anAttemptThatFailedDoesNotStandInTheWayOfTheNext() throws IOException {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", scratch.resolve("data").toString());
    byte[] backup = backup();
    byte[] cut = zipped(unzipped(backup).replaceFirst("\\{\"end\".*", ""));
    for (byte[] bytes : List.of(cut, cut, backup)) {
      try (BackupReader reader = reader(bytes);
          EmptyDatabase empty =
              backend == Backend.SQLITE
                  ? Databases.emptyEmbedded(scratch.resolve("data"), reader.header().schema())
                  : Databases.emptyPostgres(
                      URI.create(settings.get("LOCKSTEP_DATABASE_URL")),
                      reader.header().schema())) {
        if (Arrays.equals(bytes, cut)) {
          assertThatThrownBy(() -> empty.fill(reader::insert)).isInstanceOf(BackupException.class);
        } else {
          empty.fill(reader::insert);
        }
      }
    }
    try (ServerUnderTest restored = ServerUnderTest.on(settings)) {
      int secrets = restored.database().read(db -> db.fetchCount(DSL.table("secret")));
      assertThat(secrets).isEqualTo(2);
    }
  }

  @Test
  void itSaysWhenItWasMade() throws IOException {
    Instant before = Instant.now();
    byte[] backup = backup();
    try (BackupReader reader = reader(backup)) {
      assertThat(reader.header().createdAt()).isBetween(before.minusMillis(1), Instant.now());
      assertThat(reader.header().schema()).isEqualTo(Databases.schema());
      assertThat(reader.header().program()).isEqualTo("test");
    }
  }

  private static String unzipped(byte[] backup) throws IOException {
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(backup)).readAllBytes(),
        StandardCharsets.UTF_8);
  }

  private static byte[] zipped(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zipped = new GZIPOutputStream(out)) {
      zipped.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }
}
