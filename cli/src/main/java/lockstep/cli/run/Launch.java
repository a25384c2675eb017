package lockstep.cli.run;

import java.io.Console;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.cli.secrets.ClientCommand;
import lockstep.cli.secrets.PathOption;
import lockstep.cli.secrets.ReadingOptions;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.Secret;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** Runs a program with the secrets of a folder as environment variables. */
public abstract class Launch extends ClientCommand {

  private static final Duration LIMIT_OF_A_READING = Duration.ofSeconds(20);

  @Mixin private PathOption path = new PathOption();

  @Mixin private ReadingOptions reading = new ReadingOptions();

  @Override
  public boolean takeFlag(String name) {
    return reading.takeFlag(name) || super.takeFlag(name);
  }

  @Override
  public boolean takeOption(String name, String value) {
    return path.takeOption(name, value)
        || reading.takeOption(name, value)
        || super.takeOption(name, value);
  }

  @Override
  protected final int run(LockstepClient client) throws InterruptedException {
    Optional<Duration> interval = interval();
    if (interval.isPresent() && prefersOfflineCache()) {
      throw new ParameterException(
          spec().commandLine(),
          "with --offline-cache always no change is ever seen; watch with 'on-error' or 'never'");
    }
    Environment environment = environment(client).references(reading.mode());
    Variables variables = read(environment, true);
    if (interval.isEmpty()) {
      client.close();
      Optional<Exec> exec = exec();
      if (exec.isPresent()) {
        throw exec.get().replaceProcess(command(), variables);
      }
    }
    return new Supervisor(command(), isTerminal(), this::warn)
        .run(variables, interval, () -> read(environment.within(LIMIT_OF_A_READING), false));
  }

  /** What to run. */
  abstract List<String> command();

  /** How often to look whether secrets have changed; never if empty. */
  Optional<Duration> interval() {
    return Optional.empty();
  }

  private Variables read(Environment environment, boolean warns) {
    Map<String, String> values = new LinkedHashMap<>();
    List<Secret> secrets = environment.list(path.text()).stream().filter(reading::admits).toList();
    secrets.forEach(secret -> values.put(secret.key(), secret.value()));
    if (warns) {
      warnOfReferences(secrets);
    }
    return Variables.of(values);
  }

  /** Finds what is needed to start a program, and starts none: for a rehearsal. */
  public static void rehearse() {
    exec();
  }

  private static Optional<Exec> exec() {
    try {
      return Optional.of(new Exec());
    } catch (UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  @SuppressWarnings("SystemConsoleNull") // without a terminal, JDK 25 does return null
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
