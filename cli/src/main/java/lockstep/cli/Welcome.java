package lockstep.cli;

import java.io.PrintWriter;
import lockstep.server.ExampleApp;
import lockstep.server.Lockstep;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.organisations.FirstOrganisation;

/** What a start prints: always the address, and once the credentials of a first start. */
final class Welcome {

  private final PrintWriter out;
  private final ServerConfiguration configuration;
  private final Lockstep server;

  Welcome(PrintWriter out, ServerConfiguration configuration, Lockstep server) {
    this.out = out;
    this.configuration = configuration;
    this.server = server;
  }

  void print() {
    out.println("Lockstep " + Lockstep.version() + " serves " + server.uri());
    server.metricsUri().ifPresent(uri -> out.println("Metrics at " + uri + "metrics"));
    boolean nothingEncrypts =
        configuration.tls().isEmpty() && configuration.trustedProxies().isEmpty();
    if (!configuration.listensOnLoopbackOnly() && nothingEncrypts) {
      out.println(
          "Warning: other machines can connect, and nothing encrypts the connection. Set"
              + " LOCKSTEP_TLS_CERTIFICATE_FILE and LOCKSTEP_TLS_KEY_FILE, or put a proxy with TLS"
              + " in front and name it in TRUSTED_PROXIES.");
    }
    server.firstOrganisation().ifPresent(this::printCredentials);
    server
        .generatedKey()
        .ifPresent(
            path ->
                out.println(
                    """

                    The server key is in the file %s
                    Back it up apart from the database: without it nothing in there can be opened."""
                        .formatted(path.toAbsolutePath())));
    out.flush();
  }

  private void printCredentials(FirstOrganisation first) {
    out.println(
        """

        First start: organisation "%s" was created. What follows is shown only now; keep it safe.

          Owner            %s
          Password         %s
          Recovery phrase  %s
          Token            %s
        """
            .formatted(
                first.organisationName(),
                first.email(),
                first.password(),
                first.recoveryPhrase(),
                first.token().text()));
    server.exampleApp().ifPresent(app -> printExample(first, app));
  }

  /** A server on every address is reached on this machine's own. */
  private String localAddress() {
    return server
        .uri()
        .toString()
        .replace("//0.0.0.0:", "//127.0.0.1:")
        .replace("//[::]:", "//[::1]:");
  }

  private void printExample(FirstOrganisation first, ExampleApp app) {
    out.println(
        """
        Read the secrets of the example app:

          curl -H 'Authorization: Bearer %s' '%sv1/secrets/?app_id=%s&env=Development'"""
            .formatted(first.token().bearerHeaderValue(), localAddress(), app.id()));
  }
}
