package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody at a computer of their own: runs commands with a configuration folder of their own. */
final class Person {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path configuration;
  private final List<String> secrets;

  /**
   * @param secrets where whatever must stay secret is collected; no command line may show any of it
   */
  Person(Path configuration, List<String> secrets) {
    this.configuration = configuration;
    this.secrets = secrets;
  }

  /** What a finished command left behind. */
  record Outcome(int exitCode, String output, String errors) {

    JsonNode json() {
      return JSON.readTree(output);
    }

    /** What stands behind this label at the beginning of a line. */
    String printed(String label) {
      return output
          .lines()
          .map(String::strip)
          .filter(line -> line.startsWith(label + "  "))
          .map(line -> line.substring(label.length()).strip())
          .findFirst()
          .orElseThrow(() -> new AssertionError("no " + label + " in " + output));
    }
  }

  /** Runs a command that must succeed. */
  Outcome runs(String... arguments) {
    return types(List.of(), arguments);
  }

  /** Runs a command that must succeed, and types these lines when it asks. */
  Outcome types(List<String> input, String... arguments) {
    Outcome outcome = tries(input, arguments);
    assertThat(outcome.exitCode()).as("%s: %s", arguments[0], outcome.errors()).isZero();
    assertThat(outcome.errors()).isEmpty();
    return outcome;
  }

  /** Runs a command, whatever becomes of it. */
  Outcome tries(List<String> input, String... arguments) {
    secrets.addAll(input);
    Map<String, String> environment = Map.of("XDG_CONFIG_HOME", configuration.toString());
    try (CommandProcess process =
        CommandProcess.run(environment, Arrays.asList(arguments), input)) {
      String commandLine = process.visibleCommandLine();
      Outcome outcome = new Outcome(process.exitCode(), process.output(), process.errors());
      assertThat(commandLine).contains(Main.class.getName() + " " + String.join(" ", arguments));
      assertThat(secrets).noneMatch(commandLine::contains);
      assertThat(secrets).noneMatch(outcome.errors()::contains);
      return outcome;
    }
  }

  /** The file with this person's token. */
  Path profiles() {
    return configuration.resolve("lockstep").resolve("config.json");
  }

  static List<String> names(JsonNode answer) {
    List<String> names = new ArrayList<>();
    answer.path("data").forEach(row -> names.add(row.path("name").stringValue()));
    return names;
  }
}
