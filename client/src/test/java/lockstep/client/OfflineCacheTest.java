package lockstep.client;

import static lockstep.client.ScriptedServer.hangUp;
import static lockstep.client.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import lockstep.crypto.Token;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // set before each test
final class OfflineCacheTest extends AgainstScriptedServer {

  @TempDir Path folder;

  @BeforeEach
  void useCache() {
    account.secret("app/dev", "/very/visible", "SECOND", "another value");
    account.lastRow("app/dev").putArray("tags").add("conspicuous");
    account.on(server);
    client.close();
    client = cached(Staleness.ON_ERROR);
  }

  private LockstepClient cached(Staleness staleness) {
    return builder()
        .attempts(1)
        .offlineCache(OfflineCache.in(folder).withStaleness(staleness))
        .build();
  }

  private List<Path> files() {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatTheServerAnswersIsFresh() {
    assertThat(environment().list().freshness()).isEqualTo(new Freshness(timing.now(), false));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void aServerWithAProblemIsReplacedByTheCache(int status) {
    Environment environment = environment();
    environment.values();
    server.next(status(status, "busy"));

    assertThat(environment.values()).containsEntry("KEY", VALUE);
  }

  @Test
  void aServerThatHangsUpIsReplacedByTheCache() {
    Environment environment = environment();
    environment.values();
    server.next(hangUp());

    assertThat(environment.values()).containsEntry("KEY", VALUE);
  }

  @Test
  void aProgramThatStartsInAnOutageReadsTheCacheAndIsToldItsAge() {
    environment().list();
    client.close();
    server.close();
    timing.pass(Duration.ofHours(3));
    client = cached(Staleness.ON_ERROR);

    Secrets secrets = environment().list();

    assertThat(secrets.find("/very/visible", "SECOND").orElseThrow().value())
        .isEqualTo("another value");
    assertThat(secrets.freshness().isStale()).isTrue();
    assertThat(secrets.freshness().age(timing.now())).isEqualTo(Duration.ofHours(3));
    assertThat(secrets.values("/").freshness().isStale()).isTrue();
  }

  @Test
  void inAnOutageACallAsksTheServerOnlyOnce() {
    environment().list();
    client.close();
    client = cached(Staleness.ON_ERROR);
    server.next(status(503, "busy"), status(503, "busy"));
    int before = server.arrived().size();

    Environment environment = environment();
    assertThat(server.arrived()).hasSize(before + 1);
    environment.list();
    assertThat(server.arrived()).hasSize(before + 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409})
  void aRefusalIsNeverReplacedByTheCache(int status) {
    Environment environment = environment();
    environment.values();
    server.next(status(status, "no"));

    assertThatThrownBy(environment::values)
        .isInstanceOf(LockstepException.class)
        .hasMessage("no (status " + status + ")");
  }

  @Test
  void writingIsNeverReplacedByTheCache() {
    Environment environment = environment();
    environment.values();
    server.close();

    assertThatThrownBy(() -> environment.set("KEY", "other"))
        .isInstanceOf(UnavailableException.class)
        .isNotInstanceOf(OfflineException.class);
  }

  @Test
  void withoutACachedAnswerAnOutageIsAnError() {
    Environment environment = environment();
    server.close();

    assertThatThrownBy(environment::values)
        .isInstanceOf(OfflineException.class)
        .hasMessageEndingWith("the offline cache has no answer that may still be used");
  }

  @Test
  void answersThatAreTooOldAreNotUsed() {
    Environment environment = environment();
    environment.values();
    server.close();
    timing.pass(Duration.ofDays(7));
    assertThat(environment.values()).containsKey("KEY");
    timing.pass(Duration.ofMillis(1));

    assertThatThrownBy(environment::values).isInstanceOf(OfflineException.class);
  }

  @Test
  void alwaysAsksTheServerOnlyForWhatIsNotThere() {
    client.close();
    client = cached(Staleness.ALWAYS);
    environment().values();
    int before = server.arrived().size();

    assertThat(environment().values()).containsEntry("KEY", VALUE);
    assertThat(server.arrived()).hasSize(before);
  }

  @Test
  void neverKeepsAndUsesNothing() {
    client.close();
    client = cached(Staleness.NEVER);
    Environment environment = environment();
    environment.values();
    server.close();

    assertThat(files()).isEmpty();
    assertThatThrownBy(environment::values).isInstanceOf(UnavailableException.class);
  }

  @Test
  void nothingOnDiskCanBeReadWithoutTheToken() throws IOException {
    Environment environment = environment();
    environment.list();
    environment.values("/very/visible");
    environment.get("KEY");
    List<String> telling =
        List.of(
            VALUE,
            "conspicuous",
            "visible",
            "KEY",
            "SECOND",
            "ph:v1",
            "wrapped",
            account.id("app/dev"),
            account.appId("app"),
            account.token().substring(20, 60),
            server.address());

    assertThat(files()).hasSize(4);
    for (Path file : files()) {
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertThat(telling).noneMatch(content::contains).noneMatch(file.toString()::contains);
    }
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws IOException {
    environment().list();

    for (Path file : files()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void damagedFilesCountAsNone() throws IOException {
    Environment environment = environment();
    environment.values();
    for (Path file : files()) {
      byte[] content = Files.readAllBytes(file);
      content[content.length / 2] ^= 1;
      Files.write(file, content);
    }
    assertThat(environment.values()).containsKey("KEY");
    for (Path file : files()) {
      Files.write(file, new byte[7]);
    }
    server.close();

    assertThatThrownBy(environment::values).isInstanceOf(OfflineException.class);
  }

  @Test
  void aFileThatWasMovedToAnotherNameDoesNotOpen() throws IOException {
    Environment environment = environment();
    environment.list();
    environment.values("/");
    List<Path> files = files();
    List<byte[]> contents = files.stream().map(OfflineCacheTest::read).toList();
    for (int i = 0; i < files.size(); i++) {
      Files.write(files.get(i), contents.get((i + 1) % files.size()));
    }
    server.close();

    assertThatThrownBy(environment::list).isInstanceOf(OfflineException.class);
    assertThatThrownBy(environment::values).isInstanceOf(OfflineException.class);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anotherTokenHasACacheOfItsOwn() {
    environment().values();
    server.close();
    LockstepClientBuilder other =
        builder().token(new TestAccount().token()).offlineCache(OfflineCache.in(folder));

    try (LockstepClient stranger = other.build()) {
      assertThatThrownBy(stranger::apps).isInstanceOf(OfflineException.class);
    }
  }

  @Test
  void whatIsCachedIsDeletedWhenTheServerSaysThatTheTokenIsGone() {
    environment().values();
    assertThat(files()).isNotEmpty();
    server.next(status(401, "Token expired or deleted"));

    assertThatThrownBy(client::apps).isInstanceOf(UnauthorisedException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void aCacheThatCannotBeWrittenIsDoneWithout() throws IOException {
    Path occupied = Files.createFile(folder.resolve("file"));
    try (LockstepClient hindered = builder().offlineCache(OfflineCache.in(occupied)).build()) {
      assertThat(hindered.environment("app", "dev").values()).containsKey("KEY");
    }
  }

  @Test
  void whatReferencesBringFromTheCacheMakesTheWholeStale() {
    account.secret("app/dev", "REF", "${prod.X}").secret("app/prod", "X", "x").on(server);
    environment().list();
    Environment environment = environment();
    server.next(
        exchange -> ScriptedServer.body(account.secretsJson("app/dev")).answer(exchange),
        status(503, "busy"));

    Secrets secrets = environment.list();

    assertThat(secrets.find("/", "REF").orElseThrow().value()).isEqualTo("x");
    assertThat(secrets.freshness().isStale()).isTrue();
  }

  @Test
  void alwaysAsksTheServerAboutAnEnvironmentThatIsNotThere() {
    environment().values();
    account.secret("app/new", "K", "v").secret("new/dev", "K", "w").on(server);
    client.close();
    client = cached(Staleness.ALWAYS);

    assertThat(client.environment("app", "new").values()).containsEntry("K", "v");
    assertThat(client.app("new").name()).isEqualTo("new");
  }

  @Test
  void alwaysAsksTheServerAboutTheOwnerAndTheApps() {
    environment().values();
    account.with("web/dev").on(server);
    client.close();
    client = cached(Staleness.ALWAYS);

    assertThat(client.apps()).extracting(App::name).containsExactly("app", "web");
    int before = server.arrived().size();
    client.owner();
    assertThat(server.arrived()).hasSize(before + 1);
  }

  @Test
  void alwaysIsAnsweredFromTheCacheWhenTheServerIsDown() {
    environment().values();
    client.close();
    client = cached(Staleness.ALWAYS);
    server.close();

    assertThat(client.apps()).extracting(App::name).containsExactly("app");
    assertThatThrownBy(() -> client.environment("app", "new"))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void anAnswerFromTheFutureIsNotUsed() {
    Environment environment = environment();
    environment.values();
    server.close();
    timing.pass(Duration.ofMinutes(-1));
    assertThat(environment.values()).containsKey("KEY");
    timing.pass(Duration.ofMillis(-1));

    assertThatThrownBy(environment::values).isInstanceOf(OfflineException.class);
  }

  @Test
  void anAnswerThatCannotBeKeptLeavesNoOlderOne() throws IOException {
    Environment environment = environment();
    environment.values();
    for (Path file : files()) {
      // Cannot be replaced by a file, but be deleted.
      Files.delete(file);
      Files.createDirectory(file);
    }

    environment.values();

    try (Stream<Path> walk = Files.walk(folder)) {
      assertThat(walk.filter(path -> !path.equals(folder))).hasSizeLessThan(3);
    }
  }

  @Test
  void aClosedClientHasNoKeysForItsCache() {
    CacheKeys keys =
        new CacheKeys(Token.parse(account.token()), Address.parse(server.address(), false));
    assertThat(keys.key("entry")).hasSize(32);

    keys.erase();

    assertThatThrownBy(() -> keys.key("entry")).isInstanceOf(IllegalStateException.class);
  }
}
