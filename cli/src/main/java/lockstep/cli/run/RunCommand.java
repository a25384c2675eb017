package lockstep.cli.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code lockstep run}. */
@Command(
    name = "run",
    description = {
      "Run a program with the secrets of a folder as environment variables.",
      "",
      "The program takes the place of this command: it gets its terminal and its signals, and",
      "its exit code is that of the command. Secrets take the place of variables of the same",
      "name. Nothing is written to disk.",
      ""
    })
public final class RunCommand extends Launch {

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "Program and its arguments; best after '--'.")
  private List<String> command = List.of();

  @Option(
      names = "--watch",
      paramLabel = "SECONDS",
      arity = "0..1",
      fallbackValue = "30",
      description =
          "Read the secrets every so often (${FALLBACK-VALUE} seconds), and end the program and"
              + " run it anew when they have changed.")
  private @Nullable Integer watch;

  @Override
  public int takeOthers(List<String> all) {
    List<String> program =
        !all.isEmpty() && all.getFirst().equals("--") ? all.subList(1, all.size()) : all;
    if (program.isEmpty() || program.getFirst().isEmpty()) {
      return -1;
    }
    command = program;
    return all.size();
  }

  @Override
  List<String> command() {
    return command;
  }

  @Override
  Optional<Duration> interval() {
    if (watch != null && watch < 1) {
      throw new ParameterException(spec().commandLine(), "--watch needs at least a second");
    }
    return Optional.ofNullable(watch).map(Duration::ofSeconds);
  }
}
