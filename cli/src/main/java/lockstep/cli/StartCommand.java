package lockstep.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import lockstep.cli.api.Logging;
import lockstep.server.Lockstep;
import lockstep.server.config.ServerConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lockstep start}: runs the server until it is told to stop. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Starts the server.",
      "",
      "On an empty database it creates an organisation, its owner and an example app,",
      "and prints the owner's credentials once.",
      ""
    },
    optionListHeading = "Options (each can also be set as an environment variable):%n",
    footer = {
      "",
      "More environment variables:",
      "  SERVER_SECRET, SERVER_SECRET_FILE   the server key, 64 hexadecimal digits;",
      "                                      generated into the data directory if not set",
      "  SERVER_SECRET_PREVIOUS[_FILE]       the server key that it takes the place of",
      "  SERVER_SECRET_NEXT[_FILE]           one that another server may bring into use",
      "  LOCKSTEP_ORGANISATION               name of the first organisation",
      "  LOCKSTEP_OWNER_EMAIL                e-mail address of its owner",
      "  LOCKSTEP_OWNER_PASSWORD[_FILE]      the owner's password; generated if not set",
      "  RATE_LIMIT_DEFAULT                  requests per account, such as 120/minute",
      "  TRUSTED_PROXIES                     proxies whose forwarded addresses are believed",
      "",
      "docs/operations.md lists them all."
    })
final class StartCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on, 127.0.0.1 by default. [LOCKSTEP_HOST]")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on, 8080 by default; 0 takes a free one. [LOCKSTEP_PORT]")
  private @Nullable String port;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description =
          "Where the embedded database lives, ./lockstep-data by default. [LOCKSTEP_DATA_DIR]")
  private @Nullable String dataDirectory;

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description =
          "PostgreSQL to use instead: postgresql://user:password@host/database."
              + " [LOCKSTEP_DATABASE_URL or LOCKSTEP_DATABASE_URL_FILE]")
  private @Nullable String databaseUrl;

  @Option(
      names = "--bootstrap-file",
      paramLabel = "FILE",
      description =
          "Write the credentials of a first start to this file too, as JSON."
              + " [LOCKSTEP_BOOTSTRAP_FILE]")
  private @Nullable String bootstrapFile;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "Serve Prometheus metrics on this port, on loopback; off by default."
              + " [LOCKSTEP_METRICS_PORT, LOCKSTEP_METRICS_HOST]")
  private @Nullable String metricsPort;

  /** What the process ends with once the server runs; the one that stops it asks. */
  private volatile int exitCode;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Logging.configure(System.getenv());
    ServerConfiguration configuration = ServerConfiguration.read(options(), System.getenv());
    StartPreparation.await();
    try {
      start(out, configuration);
    } catch (IOException | RuntimeException e) {
      exitCode = Failures.FAILURE;
      throw e;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    stopped.await();
    return 0;
  }

  private void start(PrintWriter out, ServerConfiguration configuration) throws IOException {
    try (BootstrapFile bootstrapFile =
        new BootstrapFile(configuration.firstStart().bootstrapFile())) {
      Lockstep server = Lockstep.start(configuration, bootstrapFile::prepare);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(server)));
      try {
        bootstrapFile.write(server);
      } finally {
        // Whatever became of the file: the credentials exist nowhere else.
        new Welcome(out, configuration, server).print();
      }
    }
  }

  /** A stop that was asked for is a success, whatever signal asked. */
  private void stop(Lockstep server) {
    try {
      server.close();
    } catch (RuntimeException e) {
      System.err.println("lockstep: " + e.getMessage());
      exitCode = Failures.FAILURE;
    }
    Runtime.getRuntime().halt(exitCode);
  }

  private Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    put(options, "LOCKSTEP_HOST", host);
    put(options, "LOCKSTEP_PORT", port);
    put(options, "LOCKSTEP_DATA_DIR", dataDirectory);
    put(options, "LOCKSTEP_DATABASE_URL", databaseUrl);
    put(options, "LOCKSTEP_BOOTSTRAP_FILE", bootstrapFile);
    put(options, "LOCKSTEP_METRICS_PORT", metricsPort);
    return options;
  }

  private static void put(Map<String, String> options, String name, @Nullable String value) {
    if (value != null) {
      options.put(name, value);
    }
  }
}
