package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import lockstep.cli.secrets.ClientCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** That commands mean the same whether or not picocli reads their arguments. */
final class DailyCommandsTest {

  private static ClientCommand byPicocli(String... arguments) {
    CommandLine line = Main.commandLine(arguments);
    var result = line.parseArgs(arguments);
    while (result.hasSubcommand()) {
      result = result.subcommand();
    }
    return (ClientCommand) result.commandSpec().userObject();
  }

  private static void isTheSameByPicocli(List<String> line) {
    String[] arguments = line.toArray(String[]::new);

    assertThat(DailyCommands.of(arguments))
        .as("%s", line)
        .hasValueSatisfying(
            plain ->
                assertThat(plain)
                    .usingRecursiveComparison()
                    .ignoringFields("spec")
                    .withStrictTypeChecking()
                    .ignoringFieldsOfTypes(CommandSpec.class)
                    .isEqualTo(byPicocli(arguments)));
  }

  private static CommandSpec spec(String command) {
    CommandLine found = Main.commandLine();
    for (String name : command.split(" ", -1)) {
      found = Objects.requireNonNull(found.getSubcommands().get(name));
    }
    return found.getCommandSpec();
  }

  /** A new option is plain too, or stands here. */
  @ParameterizedTest
  @CsvSource({
    "secrets get, KEY, --help|--version",
    "secrets list, , --help|--version",
    "run, program, --help|--version|--watch",
    "shell, , --help|--version"
  })
  void everyOptionMeansTheSameAlone(String command, String argument, String forPicocli) {
    Set<String> left = Set.of(forPicocli.split("\\|", -1));
    for (OptionSpec option : spec(command).options()) {
      if (!left.contains(option.longestName())) {
        List<String> line = new ArrayList<>(List.of(command.split(" ", -1)));
        if (option.arity().max() == 0) {
          line.add(option.longestName());
        } else {
          line.addAll(List.of(option.longestName(), "some/value"));
        }
        if (argument != null) {
          line.add(argument);
        }
        isTheSameByPicocli(line);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets get KEY",
        "secrets get --app a KEY --env=b",
        "secrets get KEY --path=/x --raw --no-newline --json --profile p --allow-plain-http",
        "secrets get KEY --strict --address=http://127.0.0.1:80/x?a=b",
        "secrets list",
        "secrets list --tags a --path / --show --json --raw",
        "run program",
        "run -- program --app x",
        "run --app a program --app x -v @y",
        "run --env=b -- program",
        "shell --path /x --tags=a"
      })
  void whatIsPlainMeansTheSame(String line) {
    isTheSameByPicocli(List.of(line.split(" ", -1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secrets",
        "secrets get",
        "secrets get --help",
        "secrets get KEY --help",
        "secrets get KEY -h",
        "secrets get -- KEY",
        "secrets get KEY OTHER",
        "secrets get KEY --raw --strict",
        "secrets get KEY --raw --raw",
        "secrets get KEY --app",
        "secrets get KEY --app --env",
        "secrets get KEY --app=",
        "secrets get KEY --app a --app b",
        "secrets get KEY --json=true",
        "secrets get KEY --ap a",
        "secrets get KEY --unknown",
        "secrets get KEY --app \"a\"",
        "secrets list KEY",
        "secrets list --tags a,b",
        "secrets set KEY",
        "secrets",
        "run",
        "run --",
        "run --watch program",
        "run --help",
        "shell program",
        "apps list",
        "--version"
      })
  void whatIsNotPlainIsForPicocli(String line) {
    assertThat(DailyCommands.of(line.isEmpty() ? new String[0] : line.split(" ", -1))).isEmpty();
  }

  @Test
  void anEmptyArgumentIsForPicocli() {
    assertThat(DailyCommands.of("secrets", "get", "")).isEmpty();
    assertThat(DailyCommands.of("run", "")).isEmpty();
    assertThat(DailyCommands.of("secrets", "get", "KEY", "--app", "")).isEmpty();
  }
}
