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
import lockstep.server.access.Caller;
import lockstep.server.access.DecisionObserver;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditChains;
import lockstep.server.audit.Checkpoints;
import lockstep.server.audit.DeliveringDatabase;
import lockstep.server.audit.RefusedRequests;
import lockstep.server.audit.RefusedStrangers;
import lockstep.server.audit.Restores;
import lockstep.server.audit.Retention;
import lockstep.server.auth.Authenticator;
import lockstep.server.auth.CallerAdmission;
import lockstep.server.auth.TokenUses;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.health.Readiness;
import lockstep.server.http.HttpServer;
import lockstep.server.http.HttpSettings;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.keys.ServerKeyCheck;
import lockstep.server.keys.ServerKeyFile;
import lockstep.server.keys.ServerKeys;
import lockstep.server.mail.Mailer;
import lockstep.server.mail.SmtpMailer;
import lockstep.server.metrics.Metrics;
import lockstep.server.organisations.FirstOrganisation;
import lockstep.server.organisations.FirstStart;
import lockstep.server.serverkeys.ServerKeyRotation;
import lockstep.server.sinks.AuditDelivery;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. Puts the parts together: configuration, store, {@link Features}, listening
 * sockets, in this order; they are closed in the opposite one.
 */
public final class Lockstep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Lockstep.class);

  private static final Duration TOKEN_USES_INTERVAL = Duration.ofSeconds(5);

  private final Deque<AutoCloseable> parts;
  private final Database database;
  private final Router<Caller> router;
  private final HttpServer server;
  private final Optional<HttpServer> metricsServer;
  private final Optional<FirstOrganisation> firstOrganisation;
  private final Optional<Path> generatedKey;
  private final Optional<ExampleApp> exampleApp;

  private Lockstep(
      ServerConfiguration configuration,
      Clock clock,
      Runnable beforeFirstStart,
      DecisionObserver observer,
      Deque<AutoCloseable> parts) {
    this.parts = parts;
    String version = version();
    this.database = opened(open(configuration));
    Optional<ServerKeyFile> keyFile =
        configuration.serverKey().isPresent()
            ? Optional.empty()
            : Optional.of(ServerKeyFile.in(configuration.dataDirectory()));
    ServerKeys serverKeys =
        ServerKeys.of(
            configuration.serverKey().or(() -> keyFile.map(ServerKeyFile::key)).orElseThrow(),
            configuration.previousServerKey(),
            configuration.nextServerKey());
    ServerKeyCheck.verify(database, serverKeys);

    Metrics metrics = new Metrics(version);
    Checkpoints checkpoints = new Checkpoints(serverKeys);
    opened(new AuditChains(database, checkpoints, clock)).chainOlderEvents();
    Optional<AuditDelivery> delivery =
        configuration
            .auditSink()
            .map(
                sink ->
                    opened(
                        AuditDelivery.start(
                            database,
                            sink,
                            configuration.databaseUrl().isEmpty(),
                            metrics,
                            clock)));
    Database forRequests =
        delivery.<Database>map(to -> new DeliveringDatabase(database, to)).orElse(database);
    Audit audit = new Audit(forRequests, checkpoints, clock);
    ServerKeyRotation rotation =
        opened(new ServerKeyRotation(database, serverKeys, checkpoints, audit, clock));
    rotation.begin();
    new Restores(database, audit).record();
    configuration
        .auditRetention()
        .ifPresent(
            age ->
                opened(
                    new Retention(
                            database,
                            audit,
                            checkpoints,
                            age,
                            (db, organisation) ->
                                delivery
                                    .map(to -> to.delivered(db, organisation))
                                    .orElse(Long.MAX_VALUE),
                            configuration.databaseUrl().isEmpty(),
                            clock)
                        .start()));
    TokenUses tokenUses = opened(new TokenUses(database, clock, TOKEN_USES_INTERVAL));
    RefusedStrangers strangers = new RefusedStrangers(audit, System::nanoTime);
    CallerAdmission admission =
        new CallerAdmission(
            new Authenticator(database, tokenUses, strangers, clock),
            configuration.rateLimits(),
            new RefusedRequests(audit, System::nanoTime),
            System::nanoTime);
    Mailer mailer =
        configuration
            .mail()
            .<Mailer>map(mail -> opened(new SmtpMailer(mail.smtp(), mail.from())))
            .orElse(Mailer.NONE);
    this.router =
        new Features(
                configuration,
                version,
                forRequests,
                new Readiness(
                    database,
                    serverKeys::haveKeyInUse,
                    clock,
                    () -> delivery.flatMap(AuditDelivery::obstacle)),
                serverKeys,
                audit,
                strangers,
                mailer,
                clock,
                observer)
            .router();
    this.server =
        opened(
            HttpServer.start(
                httpSettings(configuration, configuration.host(), configuration.port()),
                configuration.tls(),
                router,
                admission,
                new ServerEvents(metrics)));
    this.metricsServer =
        configuration.metricsPort().map(port -> opened(startMetrics(configuration, port, metrics)));
    rotation.runInBackground();
    // Only now: if a port cannot be listened on, nothing must have been made whose credentials
    // nobody gets to see.
    FirstStart firstStart = new FirstStart(database, audit, clock);
    if (firstStart.isDue()) {
      beforeFirstStart.run();
      this.firstOrganisation =
          firstStart.perform(
              configuration.firstStart().organisation(),
              configuration.firstStart().ownerEmail(),
              configuration.firstStart().ownerPassword());
    } else {
      this.firstOrganisation = Optional.empty();
    }
    // Also when an earlier start made the file and then failed, before it could say so.
    this.generatedKey =
        keyFile
            .filter(file -> file.isNew() || firstOrganisation.isPresent())
            .map(ServerKeyFile::path);
    this.exampleApp =
        firstOrganisation.flatMap(
            first -> createExampleApp(configuration, admission, metrics, first));
  }

  /** Over a port of its own: the public one may ask for a name or a certificate we do not know. */
  private Optional<ExampleApp> createExampleApp(
      ServerConfiguration configuration,
      CallerAdmission admission,
      Metrics metrics,
      FirstOrganisation first) {
    try (HttpServer local =
        HttpServer.start(
            httpSettings(configuration, "127.0.0.1", 0),
            router,
            admission,
            new ServerEvents(metrics))) {
      return Optional.of(ExampleApp.create(local.uri(), first.token()));
    } catch (RuntimeException e) {
      LOG.error("the example app could not be made; everything else was", e);
      return Optional.empty();
    }
  }

  /**
   * Opens the database, makes the first organisation if there is none, and listens.
   *
   * @throws lockstep.server.store.StoreUnavailableException if the database cannot be used
   * @throws lockstep.server.keys.ServerKeyMismatchException if the server key is the wrong one
   * @throws UncheckedIOException if a port cannot be listened on
   */
  public static Lockstep start(ServerConfiguration configuration) {
    return start(configuration, () -> {});
  }

  /**
   * As {@link #start(ServerConfiguration)}.
   *
   * @param beforeFirstStart runs if there is no organisation yet, before one is made; if it throws,
   *     none is, and the start fails with what was thrown
   */
  public static Lockstep start(ServerConfiguration configuration, Runnable beforeFirstStart) {
    return start(configuration, beforeFirstStart, DecisionObserver.NONE);
  }

  /** The same for tests that observe which requests are decided about, and how often. */
  static Lockstep start(
      ServerConfiguration configuration, Runnable beforeFirstStart, DecisionObserver observer) {
    return start(configuration, Clock.systemUTC(), beforeFirstStart, observer);
  }

  /** The same for tests that set the clock. */
  static Lockstep start(
      ServerConfiguration configuration,
      Clock clock,
      Runnable beforeFirstStart,
      DecisionObserver observer) {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      return new Lockstep(configuration, inMicroseconds(clock), beforeFirstStart, observer, parts);
    } catch (RuntimeException | Error e) {
      closeAll(parts, e);
      throw e;
    }
  }

  /** Stored times have microseconds, so that is what all times have. */
  private static Clock inMicroseconds(Clock clock) {
    return Clock.tick(clock, Duration.ofNanos(1_000));
  }

  /**
   * Loads the part of the libraries that takes longest, and that every start needs. To be called
   * once, before {@link #start}. Another thread may load the other parts meanwhile, but nothing
   * else of a server.
   *
   * @param embedded whether the server is going to have an embedded database
   */
  public static void prepareQueries(boolean embedded) {
    Databases.prepareQueries(embedded);
  }

  /** As {@link #prepareQueries}: what connections to the database need. */
  public static void prepareConnections(boolean embedded) {
    Databases.prepareConnections(embedded);
  }

  /**
   * As {@link #prepareQueries}: what comes last in a start, which may go on meanwhile. Makes a key,
   * which is used for nothing.
   */
  public static void prepareRest() {
    HttpServer.prepare();
    Objects.requireNonNull(ServerKey.parse(ServerKey.generateHex()));
  }

  private static Database open(ServerConfiguration configuration) {
    return configuration
        .databaseUrl()
        .map(Databases::postgres)
        .orElseGet(() -> Databases.embedded(configuration.dataDirectory()));
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

  /** The file with the server key, if this start generated it or was the first to use it. */
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
