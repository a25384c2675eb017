package lockstep.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lockstep.crypto.CryptoException;
import lockstep.crypto.ServerKey;
import lockstep.server.access.Plan;
import lockstep.server.access.RateLimit;
import lockstep.server.access.RateLimits;
import lockstep.server.http.HttpSettings;
import lockstep.server.http.TlsFiles;
import lockstep.server.mail.SmtpMailer;
import lockstep.server.mail.SmtpSettings;
import lockstep.server.net.AddressRange;
import lockstep.server.sinks.SinkSettings;

/**
 * Everything that can be set about a server.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 takes a free one
 * @param dataDirectory where the embedded database and a generated server key are kept
 * @param tls certificate and key to encrypt connections with, if the server itself shall do it
 * @param databaseUrl PostgreSQL to use instead of the embedded database
 * @param serverKey the key, if it was given, as it must be with PostgreSQL; never printed
 * @param previousServerKey the key that {@code serverKey} takes the place of; never printed
 * @param nextServerKey a key that another server may bring into use; never printed
 * @param firstStart what an empty database is filled with
 * @param metricsPort port of the metrics, on {@code metricsHost}; 0 takes a free one
 * @param publicUrl where people reach the server, for links in e-mails
 * @param mail how e-mails are sent; none are if empty
 * @param auditSink where audit events go besides the database; nowhere if empty
 * @param auditRetention how long audit events are kept in the database; for ever if empty
 */
public record ServerConfiguration(
    String host,
    int port,
    Path dataDirectory,
    Optional<TlsFiles> tls,
    Optional<URI> databaseUrl,
    Optional<ServerKey> serverKey,
    Optional<ServerKey> previousServerKey,
    Optional<ServerKey> nextServerKey,
    FirstStart firstStart,
    RateLimits rateLimits,
    List<AddressRange> trustedProxies,
    String metricsHost,
    Optional<Integer> metricsPort,
    HttpSettings.Limits limits,
    HttpSettings.Timeouts timeouts,
    Optional<URI> publicUrl,
    Optional<Mail> mail,
    Optional<SinkSettings> auditSink,
    Optional<Duration> auditRetention) {

  /** Variables with our prefix that other parts of the product read. */
  private static final Set<String> FOREIGN =
      Set.of(
          "LOCKSTEP_JAVA_OPTIONS",
          "LOCKSTEP_LOG_FORMAT",
          "LOCKSTEP_LOG_LEVEL",
          "LOCKSTEP_ADDRESS",
          "LOCKSTEP_ALLOW_PLAIN_HTTP",
          "LOCKSTEP_APP",
          "LOCKSTEP_BACKUP_RECIPIENT",
          "LOCKSTEP_CONFIG",
          "LOCKSTEP_ENV",
          "LOCKSTEP_OFFLINE_CACHE",
          "LOCKSTEP_TOKEN",
          "LOCKSTEP_PROFILE");

  private static final String HOST = "(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?";

  /** What stands between the slashes of the address of a database: who, and one host or several. */
  private static final Pattern HOSTS = Pattern.compile("(?:.*@)?" + HOST + "(?:," + HOST + ")*");

  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");
  private static final int MAXIMUM_EMAIL = 254;
  private static final int MAXIMUM_BODY_BYTES = 1 << 26;
  private static final int MAXIMUM_HEADER_BYTES = 1 << 20;
  private static final int MAXIMUM_SECONDS = 3_600;
  private static final int MINIMUM_PASSWORD = 16;

  /**
   * Reads the configuration.
   *
   * @param options values from the command line, by the name of their environment variable
   * @throws ConfigurationException naming everything that is wrong
   */
  public static ServerConfiguration read(
      Map<String, String> options, Map<String, String> environment) {
    Settings settings = new Settings(options, environment);
    ServerConfiguration configuration =
        new ServerConfiguration(
            settings.parsed("LOCKSTEP_HOST", ServerConfiguration::name).orElse("127.0.0.1"),
            settings.integer("LOCKSTEP_PORT", 8080, 0, 65_535),
            Path.of(settings.text("LOCKSTEP_DATA_DIR", "lockstep-data")),
            tls(settings),
            settings.parsedSecret("LOCKSTEP_DATABASE_URL", ServerConfiguration::databaseUrl),
            settings.parsedSecret("SERVER_SECRET", ServerConfiguration::serverKey),
            settings.parsedSecret("SERVER_SECRET_PREVIOUS", ServerConfiguration::serverKey),
            settings.parsedSecret("SERVER_SECRET_NEXT", ServerConfiguration::serverKey),
            firstStart(settings),
            rateLimits(settings),
            settings
                .parsed("TRUSTED_PROXIES", ServerConfiguration::addressRanges)
                .orElse(List.of()),
            settings.parsed("LOCKSTEP_METRICS_HOST", ServerConfiguration::name).orElse("127.0.0.1"),
            settings
                .text("LOCKSTEP_METRICS_PORT")
                .map(port -> settings.integer("LOCKSTEP_METRICS_PORT", 0, 0, 65_535)),
            limits(settings),
            timeouts(settings),
            settings.parsed("LOCKSTEP_PUBLIC_URL", ServerConfiguration::publicUrl),
            mail(settings),
            AuditSettings.sink(settings),
            AuditSettings.retention(settings));
    if (configuration.databaseUrl().isPresent() && !settings.isSet("SERVER_SECRET")) {
      settings.problem(
          "SERVER_SECRET or SERVER_SECRET_FILE is needed with PostgreSQL: all servers of one"
              + " database share one key, and losing it loses the data. Make one with: openssl rand"
              + " -hex 32");
    }
    Stream.of(configuration.previousServerKey(), configuration.nextServerKey())
        .flatMap(Optional::stream)
        .filter(
            key ->
                configuration
                    .serverKey()
                    .filter(own -> own.publicKey().equals(key.publicKey()))
                    .isPresent())
        .forEach(
            _ ->
                settings.problem(
                    "SERVER_SECRET_PREVIOUS and SERVER_SECRET_NEXT must be other keys than"
                        + " SERVER_SECRET"));
    settings.refuseUnknown("LOCKSTEP_", FOREIGN);
    settings.requireNoProblems();
    return configuration;
  }

  private static Optional<TlsFiles> tls(Settings settings) {
    Optional<Path> certificates = settings.text("LOCKSTEP_TLS_CERTIFICATE_FILE").map(Path::of);
    Optional<Path> key = settings.text("LOCKSTEP_TLS_KEY_FILE").map(Path::of);
    if (certificates.isPresent() != key.isPresent()) {
      settings.problem(
          "LOCKSTEP_TLS_CERTIFICATE_FILE and LOCKSTEP_TLS_KEY_FILE must be set together");
    }
    return certificates.isPresent() && key.isPresent()
        ? Optional.of(new TlsFiles(certificates.get(), key.get()))
        : Optional.empty();
  }

  private static FirstStart firstStart(Settings settings) {
    return new FirstStart(
        settings
            .parsed("LOCKSTEP_ORGANISATION", ServerConfiguration::name)
            .orElse("my-organisation"),
        settings
            .parsed("LOCKSTEP_OWNER_EMAIL", ServerConfiguration::email)
            .orElse("owner@localhost"),
        settings.parsedSecret("LOCKSTEP_OWNER_PASSWORD", ServerConfiguration::password),
        settings.text("LOCKSTEP_BOOTSTRAP_FILE").map(Path::of));
  }

  private static RateLimits rateLimits(Settings settings) {
    Map<Plan, RateLimit> plans = new EnumMap<>(Plan.class);
    for (Plan plan : Plan.values()) {
      settings
          .parsed("RATE_LIMIT_" + plan.name(), RateLimit::parse)
          .ifPresent(limit -> plans.put(plan, limit));
    }
    boolean cloud = settings.text("APP_HOST", "").equals("cloud");
    return new RateLimits(plans, settings.parsed("RATE_LIMIT_DEFAULT", RateLimit::parse), cloud);
  }

  private static Optional<Mail> mail(Settings settings) {
    Optional<SmtpSettings> smtp = settings.parsedSecret("LOCKSTEP_SMTP_URL", SmtpSettings::parse);
    Optional<String> from = settings.parsed("LOCKSTEP_MAIL_FROM", SmtpMailer::checkSender);
    boolean hasServer =
        settings
            .text("LOCKSTEP_SMTP_URL")
            .or(() -> settings.text("LOCKSTEP_SMTP_URL_FILE"))
            .isPresent();
    if (hasServer != settings.text("LOCKSTEP_MAIL_FROM").isPresent()) {
      settings.problem("LOCKSTEP_SMTP_URL and LOCKSTEP_MAIL_FROM are both needed to send e-mail");
    }
    return smtp.flatMap(server -> from.map(sender -> new Mail(server, sender)));
  }

  private static URI publicUrl(String text) {
    try {
      URI url = new URI(text);
      boolean legal =
          ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
              && url.getHost() != null
              && url.getUserInfo() == null
              && url.getQuery() == null
              && url.getFragment() == null;
      if (legal) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Told below, in the words of all other mistakes.
    }
    throw new IllegalArgumentException("must be of the form https://host[:port][/path]");
  }

  private static HttpSettings.Limits limits(Settings settings) {
    HttpSettings.Limits fallback = HttpSettings.Limits.DEFAULT;
    return new HttpSettings.Limits(
        settings.integer(
            "LOCKSTEP_MAX_BODY_BYTES", fallback.maxBodyBytes(), 1_024, MAXIMUM_BODY_BYTES),
        settings.integer(
            "LOCKSTEP_MAX_HEADER_BYTES", fallback.maxHeaderBytes(), 1_024, MAXIMUM_HEADER_BYTES),
        settings.integer("LOCKSTEP_MAX_JSON_DEPTH", fallback.maxJsonDepth(), 4, 500),
        settings.integer(
            "LOCKSTEP_MAX_CONCURRENT_REQUESTS", fallback.maxConcurrentRequests(), 1, 9_000),
        settings.integer("LOCKSTEP_MAX_CONNECTIONS", fallback.maxConnections(), 1, 1_000_000));
  }

  private static HttpSettings.Timeouts timeouts(Settings settings) {
    HttpSettings.Timeouts fallback = HttpSettings.Timeouts.DEFAULT;
    return new HttpSettings.Timeouts(
        seconds(settings, "LOCKSTEP_IDLE_SECONDS", fallback.idle()),
        seconds(settings, "LOCKSTEP_HEAD_SECONDS", fallback.head()),
        seconds(settings, "LOCKSTEP_REQUEST_SECONDS", fallback.request()),
        seconds(settings, "LOCKSTEP_STOP_SECONDS", fallback.stop()));
  }

  private static Duration seconds(Settings settings, String name, Duration fallback) {
    return Duration.ofSeconds(
        settings.integer(name, (int) fallback.toSeconds(), 1, MAXIMUM_SECONDS));
  }

  private static String name(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("must not be blank");
    }
    return text.strip();
  }

  static ServerKey serverKey(String text) {
    try {
      return ServerKey.parse(text);
    } catch (CryptoException e) {
      throw new IllegalArgumentException("must be 64 hexadecimal digits, not all zero", e);
    }
  }

  static URI databaseUrl(String text) {
    String rule = "must be of the form postgresql://user:password@host:port/database";
    try {
      URI url = new URI(text);
      boolean legal =
          ("postgresql".equals(url.getScheme()) || "postgres".equals(url.getScheme()))
              && url.getRawAuthority() != null
              && HOSTS.matcher(url.getRawAuthority()).matches()
              && url.getPath().length() > 1;
      if (legal) {
        return url;
      }
    } catch (URISyntaxException e) {
      // The exception quotes the URL, which holds a password.
    }
    throw new IllegalArgumentException(rule);
  }

  private static String email(String text) {
    String email = text.strip().toLowerCase(Locale.ROOT);
    if (email.length() > MAXIMUM_EMAIL || !EMAIL.matcher(email).matches()) {
      throw new IllegalArgumentException("must be an e-mail address");
    }
    return email;
  }

  private static String password(String text) {
    if (text.length() < MINIMUM_PASSWORD) {
      throw new IllegalArgumentException("must have at least " + MINIMUM_PASSWORD + " characters");
    }
    return text;
  }

  private static List<AddressRange> addressRanges(String commaSeparated) {
    List<AddressRange> ranges = new ArrayList<>();
    for (String entry : commaSeparated.split(",", -1)) {
      ranges.add(
          AddressRange.parse(entry.strip())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "must be IP addresses or CIDR ranges, separated by commas")));
    }
    return ranges;
  }

  /** True if only programs on this machine can connect. */
  public boolean listensOnLoopbackOnly() {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  @Override
  public String toString() {
    return "ServerConfiguration[" + host + ":" + port + ", other settings not shown]";
  }

  /**
   * How e-mails are sent.
   *
   * @param smtp the mail server
   * @param from who they are from
   */
  public record Mail(SmtpSettings smtp, String from) {}

  /**
   * What the first start on an empty database makes.
   *
   * @param organisation name of the organisation
   * @param ownerEmail lower-cased e-mail address of its owner
   * @param ownerPassword the owner's password; one is generated if empty
   * @param bootstrapFile where to write the credentials, besides printing them
   */
  public record FirstStart(
      String organisation,
      String ownerEmail,
      Optional<String> ownerPassword,
      Optional<Path> bootstrapFile) {

    @Override
    public String toString() {
      return "FirstStart[not shown]";
    }
  }
}
