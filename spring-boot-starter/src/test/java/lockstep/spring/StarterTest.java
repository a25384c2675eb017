package lockstep.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.UnauthorisedException;
import lockstep.client.UnavailableException;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestOrganisation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** Real applications that read a real server. */
@SuppressWarnings("NullAway.Init") // set before the tests
final class StarterTest {

  /** Nothing listens on this port of loopback. */
  private static final String NOBODY = "http://127.0.0.1:1";

  private final ServerUnderTest server = Backend.SQLITE.server();

  private TestOrganisation organisation;
  private String token;
  private LockstepClient client;
  private Environment production;

  @BeforeEach
  void openEnvironment() {
    organisation = TestOrganisation.create(server);
    organisation.app("shop");
    token = organisation.token(organisation.owner()).text();
    client = LockstepClient.connect(server.uri().toString(), token);
    production = client.environment("shop", "Production");
    production.set(
        "/",
        Map.of("DB_PASSWORD", "s3cret", "DB_URL", "jdbc:x?p=${DB_PASSWORD}", "plain.name", "p"));
    production.set("/mail", Map.of("MAIL_HOST", "mail.example"));
  }

  @AfterEach
  void close() {
    client.close();
  }

  @ConfigurationProperties("db")
  record Db(String password, String url) {
    @Override
    public String toString() {
      return "Db";
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @EnableConfigurationProperties(Db.class)
  static class Application {

    @Bean
    Changes changes() {
      return new Changes();
    }

    @Bean
    String injected(@Value("${db.password:none}") String password) {
      return "injected " + password;
    }

    @Bean
    Parting parting(ObjectProvider<LockstepClient> client) {
      return new Parting(client.getIfAvailable());
    }
  }

  /** Uses the client while it is destroyed. */
  static final class Parting implements DisposableBean {
    private final @Nullable LockstepClient client;
    private int apps;

    Parting(@Nullable LockstepClient client) {
      this.client = client;
    }

    @Override
    public void destroy() {
      apps = client == null ? 0 : client.apps().size();
    }
  }

  /** Fails the start when everything else is there. */
  @Configuration(proxyBeanMethods = false)
  static class Broken {
    private static @Nullable LockstepClient seen;

    @Bean
    SmartInitializingSingleton broken(LockstepClient client) {
      return () -> {
        seen = client;
        throw new UnsupportedOperationException("broken");
      };
    }
  }

  static final class Changes {
    private final BlockingQueue<Set<String>> arrived = new LinkedBlockingQueue<>();

    @EventListener
    void onChange(LockstepSecretsChangedEvent event) {
      arrived.add(event.names());
    }
  }

  private ConfigurableApplicationContext start(String location, String... more) {
    return startAt(server.uri().toString(), location, more);
  }

  private ConfigurableApplicationContext startAt(String address, String location, String... more) {
    return run(new SpringApplication(Application.class), address, location, more);
  }

  private ConfigurableApplicationContext run(
      SpringApplication application, String address, String location, String... more) {
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setLogStartupInfo(false);
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--spring.config.import=" + location);
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--lockstep.address=" + address);
    if (arguments.stream().noneMatch(argument -> argument.startsWith("--lockstep.token"))) {
      arguments.add("--lockstep.token=" + token);
    }
    return application.run(arguments.toArray(String[]::new));
  }

  @Test
  void secretsAreFoundUnderTheirNamesAndLikeEnvironmentVariables() {
    try (ConfigurableApplicationContext context = start("lockstep:shop/Production")) {
      assertThat(context.getEnvironment().getProperty("DB_PASSWORD")).isEqualTo("s3cret");
      assertThat(context.getEnvironment().getProperty("db.password")).isEqualTo("s3cret");
      assertThat(context.getEnvironment().getProperty("plain.name")).isEqualTo("p");
      assertThat(context.getBean(Db.class).password()).isEqualTo("s3cret");
      assertThat(context.getBean(Db.class).url()).isEqualTo("jdbc:x?p=s3cret");
      assertThat(context.getBean("injected")).isEqualTo("injected s3cret");
      assertThat(context.getEnvironment().getProperty("MAIL_HOST")).isNull();
    }
  }

  @Test
  void foldersAreLocationsOfTheirOwn() {
    try (ConfigurableApplicationContext context =
        start("lockstep:shop/production/mail,lockstep:SHOP/Production")) {
      assertThat(context.getEnvironment().getProperty("mail.host")).isEqualTo("mail.example");
      assertThat(context.getEnvironment().getProperty("db.password")).isEqualTo("s3cret");
    }
  }

  @Test
  void theApplicationMayUseTheClientUntilItEnds() {
    LockstepClient shared;
    try (ConfigurableApplicationContext context = start("lockstep:shop/Production")) {
      shared = context.getBean(LockstepClient.class);
      assertThat(shared.apps()).hasSize(1);
    }
    assertThatThrownBy(shared::apps).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "lockstep:nope/Production,no app 'nope'; there is shop",
    "lockstep:shop/Prod,no environment 'Prod'; there is",
    "lockstep:shop,not 'lockstep:shop'",
    "lockstep:,write lockstep:app/environment",
    "optional:lockstep:shop,not 'lockstep:shop'"
  })
  void anApplicationWhoseSecretsAreMissingDoesNotStartAndSaysWhy(String location, String why) {
    Throwable failure = catchThrowable(() -> start(location).close());

    FailureAnalysis analysis = new LockstepFailureAnalyzer().analyze(failure);
    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription()).contains(why);
  }

  @Test
  void anApplicationWhoseServerIsDownDoesNotStart() {
    assertThatThrownBy(
            () -> startAt(NOBODY, "lockstep:shop/Production", "--lockstep.timeout=1s").close())
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void optionalSecretsMayBeMissing() {
    try (ConfigurableApplicationContext context = start("optional:lockstep:nope/Production")) {
      assertThat(context.getBean("injected")).isEqualTo("injected none");
    }
  }

  @Test
  void theServerOfOptionalSecretsMayBeDown() {
    try (ConfigurableApplicationContext context =
        startAt(NOBODY, "optional:lockstep:shop/Production", "--lockstep.timeout=1s")) {
      assertThat(context.getBean("injected")).isEqualTo("injected none");
    }
  }

  @Test
  void aTokenThatIsRefusedIsAMistakeAlsoForOptionalSecrets() {
    organisation.deleteTokens(organisation.owner());

    assertThatThrownBy(() -> start("optional:lockstep:shop/Production").close())
        .isInstanceOf(UnauthorisedException.class);
  }

  @Test
  void aTokenThatIsNoneIsSaidToBeWithoutRepeatingIt() {
    assertThatThrownBy(
            () -> start("lockstep:shop/Production", "--lockstep.token=pss_mistyped").close())
        .isInstanceOf(LockstepSettingsException.class)
        .hasMessageContaining("the token is not legal")
        .hasMessageNotContaining("mistyped");
  }

  @Test
  void changedSecretsAreToldAndRead() {
    try (ConfigurableApplicationContext context =
        start("lockstep:shop/Production", "--lockstep.refresh=1h")) {
      LockstepRefresh refresh = context.getBean(LockstepRefresh.class);
      Changes changes = context.getBean(Changes.class);
      refresh.refresh();
      assertThat(changes.arrived).isEmpty();

      production.set("/", Map.of("DB_PASSWORD", "n3w", "ADDED", "a"));
      production.delete(production.get("plain.name"));
      refresh.refresh();

      assertThat(changes.arrived)
          .containsExactly(Set.of("DB_PASSWORD", "DB_URL", "ADDED", "plain.name"));
      assertThat(context.getEnvironment().getProperty("db.password")).isEqualTo("n3w");
      assertThat(context.getEnvironment().getProperty("db.url")).isEqualTo("jdbc:x?p=n3w");
      assertThat(context.getEnvironment().getProperty("plain.name")).isNull();
    }
  }

  @Test
  void changesAreLookedForAgainAndAgain() throws InterruptedException {
    try (ConfigurableApplicationContext context =
        start("lockstep:shop/Production", "--lockstep.refresh=1")) {
      Changes changes = context.getBean(Changes.class);
      for (String value : List.of("first", "second")) {
        production.set("DB_PASSWORD", value);

        assertThat(changes.arrived.poll(30, TimeUnit.SECONDS)).contains("DB_PASSWORD");
        assertThat(context.getEnvironment().getProperty("db.password")).isEqualTo(value);
      }
    }
  }

  @Test
  void valuesStayWhenTheyCannotBeReadAgain() {
    try (ConfigurableApplicationContext context =
        start("lockstep:shop/Production", "--lockstep.refresh=1h")) {
      organisation.deleteTokens(organisation.owner());
      context.getBean(LockstepRefresh.class).refresh();

      assertThat(context.getEnvironment().getProperty("db.password")).isEqualTo("s3cret");
      assertThat(context.getBean(Changes.class).arrived).isEmpty();
    }
  }

  @Test
  void nothingIsLookedForUnlessItIsAskedFor() {
    try (ConfigurableApplicationContext context = start("lockstep:shop/Production")) {
      assertThat(context.getBeanNamesForType(LockstepRefresh.class)).isEmpty();
    }
  }

  @Test
  void sourcesOfPropertiesDoNotShowValues() {
    try (ConfigurableApplicationContext context = start("lockstep:shop/Production")) {
      assertThat(context.getEnvironment().getPropertySources().toString())
          .contains("LockstepPropertySource[lockstep:shop/Production]")
          .doesNotContain("s3cret", token);
    }
  }

  @Test
  void beansMayUseTheClientWhileTheyAreDestroyed() {
    Parting parting;
    try (ConfigurableApplicationContext context =
        start("lockstep:shop/Production", "--lockstep.refresh=1h")) {
      parting = context.getBean(Parting.class);
    }

    assertThat(parting.apps).isEqualTo(1);
  }

  @Test
  void theClientIsClosedWhenTheStartFails() {
    SpringApplication application = new SpringApplication(Application.class, Broken.class);

    assertThatThrownBy(
            () -> run(application, server.uri().toString(), "lockstep:shop/Production").close())
        .hasMessage("broken");
    assertThatThrownBy(Objects.requireNonNull(Broken.seen)::apps)
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pa${x:y}ss",
        "a\\${x}b",
        "a\\\\${x}b",
        "pa${nope}ss",
        "pa${plain.name}ss",
        "open ${ and {",
        "${a} and open ${b",
        "${a${b}c}",
        "$${x}",
        "\\",
        "{}}${"
      })
  void valuesThatLookLikePlaceholdersArriveUnchanged(String value) {
    production.set("DB_PASSWORD", value);

    try (ConfigurableApplicationContext context = start("lockstep:shop/Production")) {
      assertThat(context.getEnvironment().getProperty("DB_PASSWORD")).isEqualTo(value);
      assertThat(context.getEnvironment().getProperty("db.password")).isEqualTo(value);
      assertThat(context.getEnvironment().resolvePlaceholders("<${DB_PASSWORD}>"))
          .isEqualTo("<" + value + ">");
      assertThat(context.getBean("injected")).isEqualTo("injected " + value);
      assertThat(context.getBean(Db.class).password()).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "999ms"})
  void lookingForChangesAllTheTimeIsAMistake(String refresh) {
    Throwable failure =
        catchThrowable(
            () -> start("lockstep:shop/Production", "--lockstep.refresh=" + refresh).close());

    FailureAnalysis analysis = new LockstepFailureAnalyzer().analyze(failure);
    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription()).contains("lockstep.refresh must be a second or more");
  }
}
