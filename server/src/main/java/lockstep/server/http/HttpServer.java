package lockstep.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * A listening HTTP/1.1 server, with TLS or without, that answers from a {@link Router}. Each
 * request runs on a virtual thread of its own, so endpoints may block.
 */
public final class HttpServer implements AutoCloseable {
  private static final int MAX_THREADS = 10_000;
  private static final int ACCEPT_QUEUE = 1_024;
  private static final Duration TLS_RELOAD_PERIOD = Duration.ofSeconds(30);
  private static final Duration KEEP_ALIVE_AT_STOP = Duration.ofMillis(200);

  /**
   * Leading slashes are collapsed by {@link RequestPath}, which also refuses empty segments
   * elsewhere; {@code %25} is harmless where text is decoded once.
   */
  private static final UriCompliance URIS =
      UriCompliance.DEFAULT.with(
          "lockstep",
          UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING);

  private final Server server;
  private final String scheme;
  private final String host;
  private final int port;

  private HttpServer(Server server, String scheme, String host, int port) {
    this.server = server;
    this.scheme = scheme;
    this.host = host;
    this.port = port;
  }

  /**
   * Has the library load its tables, which takes longer than to listen. A server may be started on
   * another thread meanwhile, because it begins with the same.
   */
  public static void prepare() {
    Objects.requireNonNull(MimeTypes.DEFAULTS);
  }

  /**
   * Starts listening, without encryption.
   *
   * @throws UncheckedIOException when the address cannot be listened on
   */
  public static <C> HttpServer start(
      HttpSettings settings, Router<C> router, Admission<C> admission, HttpEvents events) {
    return start(settings, Optional.empty(), router, admission, events);
  }

  /**
   * Starts listening, with TLS if there are files for it.
   *
   * @throws UncheckedIOException when the address cannot be listened on
   * @throws IllegalArgumentException when the TLS files cannot be used
   */
  public static <C> HttpServer start(
      HttpSettings settings,
      Optional<TlsFiles> tlsFiles,
      Router<C> router,
      Admission<C> admission,
      HttpEvents events) {
    prepare();
    HttpSettings.Timeouts timeouts = settings.timeouts();
    Optional<TlsContext> tls = tlsFiles.map(files -> new TlsContext(files, TLS_RELOAD_PERIOD));
    Server server = new Server(new VirtualThreadPool(MAX_THREADS));
    ServerConnector connector =
        new ServerConnector(server, 1, -1, connectionFactories(settings, tls));
    tls.ifPresent(server::addBean);
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setIdleTimeout(timeouts.idle().toMillis());
    connector.setShutdownIdleTimeout(KEEP_ALIVE_AT_STOP.toMillis());
    server.addConnector(connector);
    server.addBean(
        new ConnectionSweeper(
            connector, min(timeouts.head(), timeouts.request()), timeouts.head()));
    server.addBean(new NetworkConnectionLimit(settings.limits().maxConnections(), connector));

    Exchanges exchanges = new Exchanges(events, timeouts.request(), UnsentAnswers.ofHeap());
    server.setHandler(new GracefulHandler(new Edge<>(settings, router, admission, exchanges)));
    server.setErrorHandler(new EdgeErrors(exchanges));
    server.setStopTimeout(timeouts.stop().toMillis());
    start(server, settings);
    String scheme = tls.isPresent() ? "https" : "http";
    return new HttpServer(server, scheme, settings.host(), connector.getLocalPort());
  }

  private static ConnectionFactory[] connectionFactories(
      HttpSettings settings, Optional<TlsContext> tls) {
    HttpConfiguration configuration = configuration(settings);
    EdgeConnection.Factory http =
        new EdgeConnection.Factory(configuration, settings.timeouts().head());
    if (tls.isEmpty()) {
      return new ConnectionFactory[] {http};
    }
    // Clients reach servers by address too, which certificates and SNI often do not name.
    configuration.addCustomizer(new SecureRequestCustomizer(false));
    return new ConnectionFactory[] {
      new SslConnectionFactory(tls.get().factory(), http.getProtocol()), http
    };
  }

  private static HttpConfiguration configuration(HttpSettings settings) {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setRequestHeaderSize(settings.limits().maxHeaderBytes());
    configuration.setSendServerVersion(false);
    // A cache would take a header for an earlier one that differs in case alone, and keep tokens.
    configuration.setHeaderCacheSize(0);
    configuration.setHeaderCacheCaseSensitive(true);
    configuration.setHttpCompliance(HttpCompliance.STRICT);
    configuration.setUriCompliance(URIS);
    return configuration;
  }

  private static void start(Server server, HttpSettings settings) {
    try {
      server.start();
    } catch (IOException e) {
      stop(server);
      throw new UncheckedIOException(
          "cannot listen on %s port %d: %s"
              .formatted(settings.host(), settings.port(), e.getMessage()),
          e);
    } catch (Exception e) {
      stop(server);
      throw new IllegalStateException("the HTTP server did not start", e);
    }
  }

  /** The port listened on; of use when the settings left it open. */
  public int port() {
    return port;
  }

  /** Where the server's root is, as seen from its own machine. */
  public URI uri() {
    String authority = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return URI.create(scheme + "://" + authority + ":" + port + "/");
  }

  /**
   * Accepts no more connections, lets requests in flight finish within the stop time-out, then cuts
   * what is left.
   */
  @Override
  public void close() {
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server did not stop cleanly", e);
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
