package lockstep.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lockstep.crypto.ServerKey;
import lockstep.server.access.Plan;
import lockstep.server.access.RateLimit;
import lockstep.server.http.HttpSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // set before each test
class ServerConfigurationTest {

  private static final String KEY =
      "a55e7d0c2b1f4e6890123456789abcdef0123456789abcdef0123456789abcde";
  private static final String PASSWORD = "a password of enough characters";

  @TempDir private Path folder;

  private static ServerConfiguration read(String... namesAndValues) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return ServerConfiguration.read(Map.of(), environment);
  }

  private static List<String> problems(String... namesAndValues) {
    return catchThrowableOfType(ConfigurationException.class, () -> read(namesAndValues))
        .problems();
  }

  @Test
  void withoutSettingsItServesLoopbackFromAFolder() {
    ServerConfiguration configuration = read();
    assertThat(configuration.host()).isEqualTo("127.0.0.1");
    assertThat(configuration.port()).isEqualTo(8080);
    assertThat(configuration.dataDirectory()).isEqualTo(Path.of("lockstep-data"));
    assertThat(configuration.databaseUrl()).isEmpty();
    assertThat(configuration.serverKey()).isEmpty();
    assertThat(configuration.firstStart().organisation()).isEqualTo("my-organisation");
    assertThat(configuration.firstStart().ownerEmail()).isEqualTo("owner@localhost");
    assertThat(configuration.firstStart().ownerPassword()).isEmpty();
    assertThat(configuration.firstStart().bootstrapFile()).isEmpty();
    assertThat(configuration.rateLimits().forAccounts(Plan.FREE)).isEmpty();
    assertThat(configuration.rateLimits().forAnonymous()).isEmpty();
    assertThat(configuration.trustedProxies()).isEmpty();
    assertThat(configuration.metricsHost()).isEqualTo("127.0.0.1");
    assertThat(configuration.metricsPort()).isEmpty();
    assertThat(configuration.limits()).isEqualTo(HttpSettings.Limits.DEFAULT);
    assertThat(configuration.timeouts()).isEqualTo(HttpSettings.Timeouts.DEFAULT);
    assertThat(configuration.listensOnLoopbackOnly()).isTrue();
  }

  @Test
  void everythingCanBeSet() {
    ServerConfiguration configuration =
        read(
            "LOCKSTEP_HOST", "0.0.0.0",
            "LOCKSTEP_PORT", "65535",
            "LOCKSTEP_DATA_DIR", "/srv/data",
            "LOCKSTEP_DATABASE_URL", "postgresql://user:word@db:5433/lockstep?ssl=true",
            "SERVER_SECRET", KEY,
            "LOCKSTEP_ORGANISATION", "Acme",
            "LOCKSTEP_OWNER_EMAIL", " Owner@ACME.test ",
            "LOCKSTEP_OWNER_PASSWORD", PASSWORD,
            "LOCKSTEP_BOOTSTRAP_FILE", "/run/first.json",
            "RATE_LIMIT_DEFAULT", "5/s",
            "RATE_LIMIT_PRO", "100/minute",
            "TRUSTED_PROXIES", "10.0.0.1, 192.168.0.0/16 ,::1",
            "LOCKSTEP_METRICS_HOST", "::1",
            "LOCKSTEP_METRICS_PORT", "0",
            "LOCKSTEP_MAX_BODY_BYTES", "2048",
            "LOCKSTEP_MAX_HEADER_BYTES", "4096",
            "LOCKSTEP_MAX_JSON_DEPTH", "8",
            "LOCKSTEP_MAX_CONCURRENT_REQUESTS", "7",
            "LOCKSTEP_MAX_CONNECTIONS", "9",
            "LOCKSTEP_IDLE_SECONDS", "1",
            "LOCKSTEP_HEAD_SECONDS", "2",
            "LOCKSTEP_REQUEST_SECONDS", "3",
            "LOCKSTEP_STOP_SECONDS", "4");
    assertThat(configuration.host()).isEqualTo("0.0.0.0");
    assertThat(configuration.port()).isEqualTo(65_535);
    assertThat(configuration.dataDirectory()).isEqualTo(Path.of("/srv/data"));
    assertThat(configuration.databaseUrl())
        .hasValue(URI.create("postgresql://user:word@db:5433/lockstep?ssl=true"));
    assertThat(configuration.serverKey().orElseThrow().publicKey())
        .isEqualTo(ServerKey.parse(KEY).publicKey());
    assertThat(configuration.firstStart().organisation()).isEqualTo("Acme");
    assertThat(configuration.firstStart().ownerEmail()).isEqualTo("owner@acme.test");
    assertThat(configuration.firstStart().ownerPassword()).hasValue(PASSWORD);
    assertThat(configuration.firstStart().bootstrapFile()).hasValue(Path.of("/run/first.json"));
    assertThat(configuration.rateLimits().forAccounts(Plan.FREE)).hasValue(RateLimit.parse("5/s"));
    assertThat(configuration.rateLimits().forAccounts(Plan.PRO)).hasValue(RateLimit.parse("100/m"));
    assertThat(configuration.trustedProxies()).hasSize(3);
    assertThat(configuration.metricsHost()).isEqualTo("::1");
    assertThat(configuration.metricsPort()).hasValue(0);
    assertThat(configuration.limits()).isEqualTo(new HttpSettings.Limits(2048, 4096, 8, 7, 9));
    assertThat(configuration.timeouts())
        .isEqualTo(
            new HttpSettings.Timeouts(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4)));
    assertThat(configuration.listensOnLoopbackOnly()).isFalse();
  }

  @Test
  void theCommandLineWinsOverTheEnvironment() {
    ServerConfiguration configuration =
        ServerConfiguration.read(
            Map.of("LOCKSTEP_PORT", "9000"), Map.of("LOCKSTEP_PORT", "not even a number"));
    assertThat(configuration.port()).isEqualTo(9000);
  }

  @Test
  void anEmptyValueCountsAsUnset() {
    ServerConfiguration configuration =
        read(
            "LOCKSTEP_PORT",
            "",
            "SERVER_SECRET",
            "",
            "RATE_LIMIT_DEFAULT",
            "",
            "LOCKSTEP_HOST",
            "");
    assertThat(configuration.port()).isEqualTo(8080);
    assertThat(configuration.serverKey()).isEmpty();
    assertThat(configuration.rateLimits().forAnonymous()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LOCKSTEP_HOST | ' ' ",
        "LOCKSTEP_METRICS_HOST | ' ' ",
        "LOCKSTEP_PORT | 65536",
        "LOCKSTEP_PORT | -1",
        "LOCKSTEP_PORT | 80a",
        "LOCKSTEP_PORT | 99999999999",
        "LOCKSTEP_METRICS_PORT | x",
        "LOCKSTEP_DATABASE_URL | mysql://u:p@db/x",
        "LOCKSTEP_DATABASE_URL | postgresql:///x",
        "LOCKSTEP_DATABASE_URL | postgresql://db",
        "LOCKSTEP_DATABASE_URL | postgresql://db/",
        "LOCKSTEP_DATABASE_URL | postgresql://u:p w@db/x",
        "LOCKSTEP_DATABASE_URL | postgresql:x",
        "LOCKSTEP_DATABASE_URL | postgresql://u:p@db1,/x",
        "LOCKSTEP_DATABASE_URL | postgresql://u:p@db1:1:2,db2/x",
        "LOCKSTEP_DATABASE_URL | postgresql://u:p@/x",
        "SERVER_SECRET | 1234",
        "SERVER_SECRET_PREVIOUS | 1234",
        "SERVER_SECRET_NEXT | 1234",
        "SERVER_SECRET | 0000000000000000000000000000000000000000000000000000000000000000",
        "LOCKSTEP_ORGANISATION | ' ' ",
        "LOCKSTEP_OWNER_EMAIL | nobody",
        "LOCKSTEP_OWNER_EMAIL | a b@c",
        "LOCKSTEP_OWNER_PASSWORD | too short",
        "RATE_LIMIT_DEFAULT | 0/s",
        "RATE_LIMIT_FREE | many",
        "RATE_LIMIT_PRO | 5/x",
        "RATE_LIMIT_ENTERPRISE | -5/s",
        "TRUSTED_PROXIES | 10.0.0.1,,10.0.0.2",
        "TRUSTED_PROXIES | proxy.local",
        "LOCKSTEP_MAX_BODY_BYTES | 1",
        "LOCKSTEP_MAX_HEADER_BYTES | 1",
        "LOCKSTEP_MAX_JSON_DEPTH | 501",
        "LOCKSTEP_MAX_CONCURRENT_REQUESTS | 0",
        "LOCKSTEP_MAX_CONNECTIONS | 0",
        "LOCKSTEP_IDLE_SECONDS | 0",
        "LOCKSTEP_HEAD_SECONDS | 3601",
        "LOCKSTEP_REQUEST_SECONDS | 1.5",
        "LOCKSTEP_STOP_SECONDS | soon",
      })
  void whatCannotBeUsedIsNamed(String name, String value) {
    assertThat(problems(name, value))
        .singleElement()
        .satisfies(problem -> assertThat(problem).startsWith(name));
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThat(
            problems(
                "LOCKSTEP_PORT", "x",
                "SERVER_SECRET", "y",
                "RATE_LIMIT_DEFAULT", "z",
                "LOCKSTEP_PROT", "80"))
        .hasSize(4)
        .anyMatch(problem -> problem.startsWith("LOCKSTEP_PORT must be"))
        .anyMatch(problem -> problem.startsWith("SERVER_SECRET: must be 64"))
        .anyMatch(problem -> problem.startsWith("RATE_LIMIT_DEFAULT:"))
        .contains("LOCKSTEP_PROT is not a setting of this version");
  }

  @Test
  void variablesOfOtherProgramsAndOfOtherPartsAreLeftAlone() {
    assertThat(read("PATH", "/bin", "LOCKSTEP_LOG_LEVEL", "debug", "LOCKSTEP_TOKEN", "t").port())
        .isEqualTo(8080);
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void theKeysOfAChangeAreTwoDifferentOnes() {
    String other = "1f".repeat(32);
    ServerConfiguration configuration =
        read("SERVER_SECRET", KEY, "SERVER_SECRET_PREVIOUS", other, "SERVER_SECRET_NEXT", other);
    ServerKey expected = ServerKey.parse(other);
    assertThat(configuration.previousServerKey())
        .hasValueSatisfying(key -> assertThat(key.publicKey()).isEqualTo(expected.publicKey()));
    assertThat(configuration.nextServerKey())
        .hasValueSatisfying(key -> assertThat(key.publicKey()).isEqualTo(expected.publicKey()));
    for (String name : List.of("SERVER_SECRET_PREVIOUS", "SERVER_SECRET_NEXT")) {
      assertThat(problems("SERVER_SECRET", KEY, name, KEY))
          .singleElement()
          .asString()
          .contains("must be other keys");
    }
  }

  @Test
  void aDatabaseMayHaveSeveralHosts() {
    String url = "postgresql://u:p@db-1:5432,db_2,10.0.0.3:5433/x?ssl=true";
    assertThat(
            ServerConfiguration.read(
                    Map.of("LOCKSTEP_DATABASE_URL", url, "SERVER_SECRET", KEY), Map.of())
                .databaseUrl())
        .hasValue(URI.create(url));
  }

  @Test
  void postgresNeedsAServerKeyThatIsGiven() {
    assertThat(problems("LOCKSTEP_DATABASE_URL", "postgresql://db/lockstep"))
        .singleElement()
        .asString()
        .startsWith("SERVER_SECRET or SERVER_SECRET_FILE is needed with PostgreSQL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SERVER_SECRET", "LOCKSTEP_OWNER_PASSWORD", "LOCKSTEP_DATABASE_URL"})
  void aSecretCanComeFromAFileButNotTwice(String name) throws IOException {
    String value =
        switch (name) {
          case "SERVER_SECRET" -> KEY;
          case "LOCKSTEP_OWNER_PASSWORD" -> PASSWORD;
          default -> "postgresql://db/lockstep";
        };
    Path file = Files.writeString(folder.resolve("secret"), value + "\n");
    String[] key =
        name.equals("SERVER_SECRET") ? new String[0] : new String[] {"SERVER_SECRET", KEY};
    ServerConfiguration configuration = read(with(key, name + "_FILE", file.toString()));
    assertThat(configuration).usingRecursiveComparison().isEqualTo(read(with(key, name, value)));
    assertThat(problems(name, value, name + "_FILE", file.toString()))
        .containsExactly(name + " and " + name + "_FILE are both set; set one of them");
  }

  @Test
  void aFileThatIsMissingOrEmptyIsNamed() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThat(problems("SERVER_SECRET_FILE", folder.resolve("none").toString()))
        .containsExactly("SERVER_SECRET_FILE names a file that cannot be read");
    assertThat(problems("SERVER_SECRET_FILE", empty.toString()))
        .containsExactly("SERVER_SECRET_FILE names an empty file");
  }

  @Test
  void noMessageAndNoTextShowsASecret() throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "canary-in-file");
    List<String> told =
        problems(
            "SERVER_SECRET", "canary-secret",
            "LOCKSTEP_OWNER_PASSWORD", "canary-word",
            "LOCKSTEP_DATABASE_URL", "postgresql://u:canary pass@db/x");
    assertThat(told).hasSize(3).noneMatch(problem -> problem.contains("canary"));
    assertThat(problems("SERVER_SECRET_FILE", file.toString()))
        .noneMatch(problem -> problem.contains("canary"));
    ServerConfiguration configuration =
        read(
            "SERVER_SECRET", KEY,
            "LOCKSTEP_OWNER_PASSWORD", PASSWORD,
            "LOCKSTEP_DATABASE_URL", "postgresql://u:canary@db/x");
    assertThat(configuration.toString() + configuration.firstStart())
        .doesNotContain(KEY, PASSWORD, "canary");
  }

  @Test
  void aFailureCarriesNoCauseThatShowsASecret() {
    assertThatThrownBy(() -> read("SERVER_SECRET", "canary-secret"))
        .isInstanceOf(ConfigurationException.class)
        .hasNoCause();
  }
}
