package lockstep.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import lockstep.crypto.ServerKey;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.accounts.AccountReach;
import lockstep.server.apps.Apps;
import lockstep.server.apps.AppsRoutes;
import lockstep.server.audit.Audit;
import lockstep.server.auth.Authenticator;
import lockstep.server.auth.CallerAdmission;
import lockstep.server.auth.TokenUses;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.environments.Environments;
import lockstep.server.environments.EnvironmentsRoutes;
import lockstep.server.health.HealthRoutes;
import lockstep.server.health.Readiness;
import lockstep.server.http.HttpServer;
import lockstep.server.http.HttpSettings;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.ServerKeyCheck;
import lockstep.server.keys.ServerKeyFile;
import lockstep.server.keys.ServiceAccountKeyrings;
import lockstep.server.members.Members;
import lockstep.server.members.MembersRoutes;
import lockstep.server.metrics.Metrics;
import lockstep.server.organisations.FirstOrganisation;
import lockstep.server.organisations.FirstStart;
import lockstep.server.secrets.Secrets;
import lockstep.server.secrets.SecretsRoutes;
import lockstep.server.serviceaccounts.ServiceAccountTokens;
import lockstep.server.serviceaccounts.ServiceAccounts;
import lockstep.server.serviceaccounts.ServiceAccountsRoutes;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.teams.TeamMembership;
import lockstep.server.teams.Teams;
import lockstep.server.teams.TeamsRoutes;

/**
 * A running server. The one place where the parts are put together: configuration, store, features,
 * routes, listening sockets, in this order; they are closed in the opposite one.
 */
public final class Lockstep implements AutoCloseable {

  private static final Duration TOKEN_USES_INTERVAL = Duration.ofSeconds(5);

  private final Deque<AutoCloseable> parts;
  private final Database database;
  private final Router<Caller> router;
  private final HttpServer server;
  private final Optional<HttpServer> metricsServer;
  private final Optional<FirstOrganisation> firstOrganisation;
  private final Optional<Path> generatedKey;
  private final Optional<ExampleApp> exampleApp;

  private Lockstep(ServerConfiguration configuration, Clock clock, Deque<AutoCloseable> parts) {
    this.parts = parts;
    String version = version();
    this.database = opened(open(configuration));
    Optional<ServerKeyFile> keyFile =
        configuration.serverKey().isPresent()
            ? Optional.empty()
            : Optional.of(ServerKeyFile.in(configuration.dataDirectory()));
    this.generatedKey = keyFile.filter(ServerKeyFile::isNew).map(ServerKeyFile::path);
    ServerKey serverKey =
        configuration.serverKey().or(() -> keyFile.map(ServerKeyFile::key)).orElseThrow();
    ServerKeyCheck.verify(database, serverKey);

    Metrics metrics = new Metrics(version);
    Audit audit = new Audit(database, clock);
    Access access = new Access(database);
    EnvironmentKeyring keyring = new EnvironmentKeyring(serverKey, clock);
    Environments environments = new Environments(database, keyring, audit, clock);
    Apps apps = new Apps(database, environments, audit, clock);
    Secrets secrets = new Secrets(database, keyring, access, audit, clock);
    EnvironmentGrants grants = new EnvironmentGrants(database, serverKey, clock);
    AccountReach reach = new AccountReach(grants, clock);
    Members members = new Members(database, reach, audit, clock);
    ServiceAccountKeyrings keyrings = new ServiceAccountKeyrings(serverKey);
    ServiceAccountTokens serviceAccountTokens =
        new ServiceAccountTokens(database, keyrings, audit, clock);
    ServiceAccounts serviceAccounts =
        new ServiceAccounts(database, reach, grants, keyrings, serviceAccountTokens, audit, clock);
    Teams teams = new Teams(database, grants, serviceAccounts, audit, clock);
    TeamMembership teamMembership = new TeamMembership(database, grants, audit, clock);
    TokenUses tokenUses = opened(new TokenUses(database, clock, TOKEN_USES_INTERVAL));
    CallerAdmission admission =
        new CallerAdmission(
            new Authenticator(database, tokenUses, clock),
            configuration.rateLimits(),
            System::nanoTime);

    FirstStart firstStart = new FirstStart(database, audit, clock);
    this.firstOrganisation =
        firstStart.isDue()
            ? firstStart.perform(
                configuration.firstStart().organisation(),
                configuration.firstStart().ownerEmail(),
                configuration.firstStart().ownerPassword())
            : Optional.empty();

    this.router =
        routes(
            version,
            access,
            apps,
            environments,
            secrets,
            members,
            serviceAccounts,
            serviceAccountTokens,
            teams,
            teamMembership,
            new Readiness(database, clock));
    this.server =
        opened(
            HttpServer.start(
                httpSettings(configuration, configuration.host(), configuration.port()),
                router,
                admission,
                new ServerEvents(metrics)));
    this.metricsServer =
        configuration.metricsPort().map(port -> opened(startMetrics(configuration, port, metrics)));
    this.exampleApp = firstOrganisation.map(first -> ExampleApp.create(localUri(), first.token()));
  }

  /**
   * Opens the database, makes the first organisation if there is none, and listens.
   *
   * @throws lockstep.server.store.StoreUnavailableException if the database cannot be used
   * @throws lockstep.server.keys.ServerKeyMismatchException if the server key is the wrong one
   * @throws UncheckedIOException if a port cannot be listened on
   */
  public static Lockstep start(ServerConfiguration configuration) {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      return new Lockstep(configuration, microsecondClock(), parts);
    } catch (RuntimeException | Error e) {
      closeAll(parts, e);
      throw e;
    }
  }

  /** Stored times have microseconds, so that is what all times have. */
  private static Clock microsecondClock() {
    return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));
  }

  private static Database open(ServerConfiguration configuration) {
    return configuration
        .databaseUrl()
        .map(Databases::postgres)
        .orElseGet(() -> Databases.embedded(configuration.dataDirectory()));
  }

  private static Router<Caller> routes(
      String version,
      Access access,
      Apps apps,
      Environments environments,
      Secrets secrets,
      Members members,
      ServiceAccounts serviceAccounts,
      ServiceAccountTokens serviceAccountTokens,
      Teams teams,
      TeamMembership teamMembership,
      Readiness readiness) {
    Router.Builder<Caller> routes = Router.builder();
    new HealthRoutes(version, readiness).addTo(routes);
    new AppsRoutes(access, apps).addTo(routes);
    new EnvironmentsRoutes(access, environments).addTo(routes);
    new SecretsRoutes(access, secrets).addTo(routes);
    new MembersRoutes(access, members).addTo(routes);
    new ServiceAccountsRoutes(access, serviceAccounts, serviceAccountTokens).addTo(routes);
    new TeamsRoutes(access, teams, teamMembership).addTo(routes);
    return routes.build();
  }

  private static HttpSettings httpSettings(
      ServerConfiguration configuration, String host, int port) {
    return new HttpSettings(
        host,
        port,
        configuration.limits(),
        configuration.timeouts(),
        configuration.trustedProxies());
  }

  private static HttpServer startMetrics(
      ServerConfiguration configuration, int port, Metrics metrics) {
    Router.Builder<Caller> routes = Router.builder();
    routes
        .publicRoute("/metrics/")
        .get(call -> Reply.bytes(200, Metrics.CONTENT_TYPE, metrics.scrape()));
    return HttpServer.start(
        httpSettings(configuration, configuration.metricsHost(), port),
        routes.build(),
        new NobodyAdmission(),
        new ServerEvents(metrics));
  }

  /** The version of this program. */
  public static String version() {
    Properties properties = new Properties();
    try (InputStream in = Lockstep.class.getResourceAsStream("version.properties")) {
      properties.load(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  /** Reaches this server from its own machine, whatever address it listens on. */
  private URI localUri() {
    boolean everyAddress = server.uri().getHost().equals("0.0.0.0");
    return everyAddress ? URI.create("http://127.0.0.1:" + server.port() + "/") : server.uri();
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  /** Where clients reach this server. */
  public URI uri() {
    return server.uri();
  }

  /** Where its metrics are, if they are served. */
  public Optional<URI> metricsUri() {
    return metricsServer.map(HttpServer::uri);
  }

  /** The database, for tests that look behind the API. */
  Database database() {
    return database;
  }

  /** All routes of the API, for checks of documents and permissions against them. */
  public Router<Caller> router() {
    return router;
  }

  /** The file with the server key that this start generated, if it did. */
  public Optional<Path> generatedKey() {
    return generatedKey;
  }

  /** What this start made, if it was the first on its database. */
  public Optional<FirstOrganisation> firstOrganisation() {
    return firstOrganisation;
  }

  /** The app that this start made, if it was the first on its database. */
  public Optional<ExampleApp> exampleApp() {
    return exampleApp;
  }

  /** Stops listening, finishes the requests in flight, stores what is pending, and closes. */
  @Override
  public void close() {
    IllegalStateException failure = new IllegalStateException("the server did not close cleanly");
    closeAll(parts, failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private static void closeAll(Deque<AutoCloseable> parts, Throwable failure) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
