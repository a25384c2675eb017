package lockstep.cli.secrets;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import lockstep.cli.api.Api;
import lockstep.cli.api.Clients;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.Connection;
import lockstep.cli.api.Credentials;
import lockstep.cli.api.PlainArguments;
import lockstep.cli.api.Printable;
import lockstep.cli.api.ServerOptions;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.NotFoundException;
import lockstep.client.OfflineCache;
import lockstep.client.Secret;
import lockstep.client.Staleness;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A command that works with the secrets of an environment, end to end encrypted: values go to the
 * server encrypted, and nowhere else.
 *
 * <p>Output is UTF-8 whatever the locale, so that values come out as they are.
 */
@Command(mixinStandardHelpOptions = true)
public abstract class ClientCommand implements Callable<Integer>, PlainArguments.Taker {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--app",
      paramLabel = "APP",
      description = "App: name or id. [LOCKSTEP_APP, or the project file]")
  private @Nullable String app;

  @Option(
      names = "--env",
      paramLabel = "ENVIRONMENT",
      description = "Environment: name or id. [LOCKSTEP_ENV, or the project file]")
  private @Nullable String environment;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = "--offline-cache",
      paramLabel = "WHEN",
      description =
          "When to use answers that were kept, encrypted, from earlier: 'on-error' if the server"
              + " does not answer, 'always', or 'never', which keeps none and is the default."
              + " [LOCKSTEP_OFFLINE_CACHE]")
  private @Nullable String offlineCache;

  @Override
  public boolean takeFlag(String name) {
    return server.takeFlag(name);
  }

  @Override
  public boolean takeOption(String name, String value) {
    switch (name) {
      case "--app" -> app = value;
      case "--env" -> environment = value;
      case "--offline-cache" -> offlineCache = value;
      default -> {
        return server.takeOption(name, value);
      }
    }
    return true;
  }

  /** Nothing is plain unless a command says so. */
  @Override
  public int takeOthers(List<String> all) {
    return -1;
  }

  @Override
  public final Integer call() throws Exception {
    try (LockstepClient client = client()) {
      return run(client);
    }
  }

  /** Does the work; returns the exit code. */
  protected abstract int run(LockstepClient client) throws Exception;

  private LockstepClient client() {
    return Clients.open(server, cache());
  }

  /** Whether kept answers are used even while the server answers. */
  protected final boolean prefersOfflineCache() {
    return whenToUseCache().equals("always");
  }

  private String whenToUseCache() {
    return Optional.ofNullable(offlineCache)
        .or(() -> variable("LOCKSTEP_OFFLINE_CACHE"))
        .orElse("never");
  }

  /** The REST API of the same server; the caller closes it. */
  protected final Api api() {
    Credentials credentials = server.credentials();
    return new Api(
        Connection.of(credentials.address(), credentials.token()), server.allowPlainHttp());
  }

  private Optional<OfflineCache> cache() {
    return switch (whenToUseCache()) {
      case "never" -> Optional.empty();
      case "on-error" -> Optional.of(cache(Staleness.ON_ERROR));
      case "always" -> Optional.of(cache(Staleness.ALWAYS));
      default ->
          throw new CommandException("the offline cache is used 'on-error', 'always' or 'never'");
    };
  }

  private static OfflineCache cache(Staleness staleness) {
    Path base =
        variable("XDG_CACHE_HOME")
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
    return OfflineCache.in(base.resolve("lockstep")).withStaleness(staleness);
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  /**
   * The environment that was asked for.
   *
   * @throws CommandException if nothing says which one
   */
  protected final Environment environment(LockstepClient client) {
    Project project =
        Project.of(Path.of(""))
            .with(given(app, "LOCKSTEP_APP"), given(environment, "LOCKSTEP_ENV"));
    if (project.apps().isEmpty()) {
      throw missing("app", "--app or LOCKSTEP_APP");
    }
    if (project.environments().isEmpty()) {
      throw missing("environment", "--env or LOCKSTEP_ENV");
    }
    Iterator<Project.Place> places = project.places().iterator();
    while (true) {
      Project.Place place = places.next();
      try {
        return client.environment(place.app(), place.environment());
      } catch (NotFoundException e) {
        if (!places.hasNext()) {
          throw e;
        }
      }
    }
  }

  private static Optional<String> given(@Nullable String option, String variable) {
    return Optional.ofNullable(option).or(() -> variable(variable));
  }

  private static CommandException missing(String noun, String ways) {
    return new CommandException(
        "which " + noun + "? Say it with " + ways + ", or run 'lockstep init' in your project");
  }

  /** Tells of references that stay as written; not what they are, which may be part of a secret. */
  protected final void warnOfReferences(Iterable<Secret> secrets) {
    for (Secret secret : secrets) {
      if (!secret.unresolved().isEmpty()) {
        warn(
            "%d reference(s) in %s lead nowhere and stay as written: %s"
                .formatted(
                    secret.unresolved().size(),
                    secret.key(),
                    secret.unresolved().getFirst().reason()));
      }
    }
  }

  /** Says something on standard error that does not stop the command. */
  protected final void warn(String sentence) {
    String line = "lockstep: " + Printable.of(sentence);
    if (spec == null) {
      System.err.println(line);
    } else {
      spec.commandLine().getErr().println(line);
    }
  }

  /** Prints a line for people. */
  protected final void say(String line) {
    print((Printable.of(line) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Prints JSON for programs. */
  protected final void printJson(JsonNode content) {
    print(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
  }

  /** Prints text that may have several lines. */
  protected final void print(String text) {
    print(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Prints exactly these bytes.
   *
   * @throws CommandException if they cannot be written, such as to a full disk
   */
  @SuppressWarnings("DefaultCharset") // bytes pass through as they are
  protected final void print(byte[] bytes) {
    PrintStream out = System.out;
    out.write(bytes, 0, bytes.length);
    if (out.checkError()) {
      throw new CommandException("standard output cannot be written to");
    }
  }

  /** The command as picocli knows it, unless it got its arguments without picocli. */
  protected final CommandSpec spec() {
    return Objects.requireNonNull(spec);
  }
}
