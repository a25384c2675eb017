package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What can be typed, and what the help says about it. */
final class CommandLineTest {

  static List<CommandSpec> commands() {
    List<CommandSpec> all = new ArrayList<>();
    collect(Main.commandLine().getCommandSpec(), all);
    return all;
  }

  private static void collect(CommandSpec command, List<CommandSpec> into) {
    if (!command.usageMessage().hidden()) {
      into.add(command);
    }
    command.subcommands().values().forEach(one -> collect(one.getCommandSpec(), into));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everythingIsDescribed(CommandSpec command) {
    assertThat(String.join("", command.usageMessage().description()))
        .as(command.qualifiedName())
        .isNotBlank();
    assertThat(command.optionsMap()).as(command.qualifiedName()).containsKey("--help");
    for (ArgSpec argument : command.args()) {
      assertThat(String.join("", argument.description()))
          .as("%s %s", command.qualifiedName(), argument.paramLabel())
          .isNotBlank();
    }
  }

  /** Other users of a machine see command lines. */
  @ParameterizedTest
  @MethodSource("commands")
  void noSecretIsTheValueOfAnOption(CommandSpec command) {
    for (OptionSpec option : command.options()) {
      if (option.longestName().matches(".*(password|phrase|token|secret|key).*")
          && !Set.of("--token-name", "--public-key").contains(option.longestName())) {
        assertThat(option.type())
            .as("%s %s", command.qualifiedName(), option.longestName())
            .isIn(Path.class, boolean.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens list --member nadia@example.com --json",
        "tokens create laptop --expires-in 60 --password-file file",
        "tokens delete 0a1b2c3d-4e5f-4061-8293-a4b5c6d7e8f9 --member nadia@example.com",
        "audit list --service-account bot --action read --resource-type secret --limit 5",
        "audit list --environment 0a1b2c3d-4e5f-4061-8293-a4b5c6d7e8f9 --from 2026-01-01T00:00:00Z",
        "audit export --after 17",
        "audit verify --file audit.jsonl --public-key 00 --json",
        "policies list --service-account bot",
        "policies show office",
        "policies create office --allow 203.0.113.0/24,192.0.2.1 --allow ::1 --global --force",
        "policies update office --no-global --name home --allow 192.0.2.1",
        "policies delete office --force",
        "policies attach office nadia@example.com --force",
        "policies detach office bot --service-account",
        "account show",
        "account password --password-file old --new-password-file new",
        "account password --generate-password --json",
        "account recover --phrase-file words --generate-password",
        "organisation transfer-ownership nadia@example.com",
        "invite accept --generate-password --name Nadia",
        "login --address http://127.0.0.1:8080 --token-file file",
        "init --app billing --env Development",
        "secrets list --app a --env b --path / --tags x,y --show --json --offline-cache on-error",
        "secrets get KEY --raw --no-newline --allow-plain-http --profile p --address http://a",
        "secrets set KEY=@value --comment c --tag a,b --type sealed",
        "secrets set KEY --random 32 --override",
        "secrets set KEY --value-file file --exact",
        "secrets set KEY --keep-value --type config",
        "secrets delete A B --path /x",
        "secrets import .env --format dotenv --dry-run --overwrite --tag a",
        "secrets import - --format json --keep-existing",
        "secrets export A B --format k8s --name app --namespace space --strict",
        "run --watch --app a -- program --app b --watch=x",
        "run --watch=5 program @file -v",
        "shell --path /x",
        "apps create vault --end-to-end --environments dev,prod --description d",
        "apps encryption vault end-to-end",
        "apps grant vault prod --member nadia@example.com",
        "environments create prod --app vault",
        "environments list --app vault --json",
        "environments rotate-keys prod --app shop"
      })
  void theseAreLegal(String line) {
    String[] arguments = line.split(" ");

    ParseResult alone = Main.commandLine(arguments).parseArgs(arguments);
    ParseResult amongAll = Main.commandLine().parseArgs(arguments);

    assertThat(leaf(alone).commandSpec().qualifiedName())
        .isEqualTo(leaf(amongAll).commandSpec().qualifiedName())
        .startsWith("lockstep " + arguments[0]);
    assertThat(leaf(alone).originalArgs()).isEqualTo(leaf(amongAll).originalArgs());
  }

  private static ParseResult leaf(ParseResult result) {
    return result.hasSubcommand() ? leaf(result.subcommand()) : result;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens create",
        "policies create office",
        "policies attach office",
        "organisation transfer-ownership",
        "account password --password secret",
        "polices list",
        "secrets set",
        "secrets set KEY --random 5 --value-file file",
        "secrets get KEY --raw --strict",
        "secrets import .env --overwrite --keep-existing",
        "run --watch",
        "apps grant vault prod",
        "apps grant vault prod --member a --service-account b"
      })
  void theseAreNot(String line) {
    String[] arguments = line.split(" ");

    assertThatThrownBy(() -> Main.commandLine(arguments).parseArgs(arguments))
        .isInstanceOf(ParameterException.class);
  }

  @ParameterizedTest
  @CsvSource({"--global, true", "--no-global, false", "--force,"})
  void aPolicyStaysGlobalOrNotUnlessThatIsSaid(String option, @Nullable Boolean global) {
    ParseResult update = leaf(Main.commandLine().parseArgs("policies", "update", "office", option));

    assertThat(update.matchedOptionValue("--global", (Boolean) null)).isEqualTo(global);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run -- echo --app x @y", "run --app a echo --app x @y"})
  void whatFollowsTheProgramIsForTheProgram(String line) {
    String[] arguments = line.split(" ");
    ParseResult run = leaf(Main.commandLine(arguments).parseArgs(arguments));

    assertThat(run.matchedPositionalValue(0, List.of()))
        .containsExactly("echo", "--app", "x", "@y");
  }

  @Test
  void theHelpListsEveryCommandWhateverCameFirst() {
    String usage = Main.commandLine().getUsageMessage(CommandLine.Help.Ansi.OFF);

    assertThat(usage).contains("account", "tokens", "policies", "organisation", "invite ");
    assertThat(usage).doesNotContain("rehearse");
    for (String first : List.of("help", "--help", "@file", "polices")) {
      assertThat(Main.commandLine(first).getSubcommands()).hasSizeGreaterThan(10);
    }
    assertThat(Main.commandLine("members").getSubcommands()).containsOnlyKeys("members");
    assertThat(Main.commandLine("--version").getSubcommands()).isEmpty();
  }

  @Test
  void theHelpOfAGroupListsAllThatIsInIt() {
    for (String second : List.of("--help", "gte", "--app", "")) {
      assertThat(group("secrets", second))
          .containsExactly(
              "list", "get", "set", "delete", "import", "export", "history", "restore");
    }
    assertThat(group("backup", "--to")).containsExactly("verify", "new-key");
    assertThat(group("secrets", "get")).containsExactly("get");
    assertThat(group("backup", "verify")).containsExactly("verify");
  }

  private static Set<String> group(String name, String second) {
    return Objects.requireNonNull(Main.commandLine(name, second).getSubcommands().get(name))
        .getSubcommands()
        .keySet();
  }

  /** The help shows the one, and what is typed is looked up by the other. */
  @ParameterizedTest
  @MethodSource("commands")
  void nestedCommandsAreCalledWhatTheyCallThemselves(CommandSpec command) {
    command
        .subcommands()
        .forEach((name, nested) -> assertThat(nested.getCommandName()).isEqualTo(name));
  }

  /** All commands that talk to a server; {@code start} and {@code rehearse} are one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "login",
        "account show",
        "invite accept",
        "members list",
        "tokens create",
        "secrets list",
        "run",
        "apps grant"
      })
  void plainHttpIsAllowedInTheSameWayEverywhere(String command) {
    CommandLine found = Main.commandLine();
    for (String name : command.split(" ", -1)) {
      found = Objects.requireNonNull(found.getSubcommands().get(name));
    }

    assertThat(found.getCommandSpec().optionsMap()).containsKey("--allow-plain-http");
  }
}
