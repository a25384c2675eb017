package lockstep.cli;

import lockstep.cli.account.AccountCommand;
import lockstep.cli.admin.InvitesCommand;
import lockstep.cli.admin.MembersCommand;
import lockstep.cli.admin.OrganisationCommand;
import lockstep.cli.admin.PoliciesCommand;
import lockstep.cli.admin.RolesCommand;
import lockstep.cli.admin.ServiceAccountsCommand;
import lockstep.cli.admin.TeamsCommand;
import lockstep.cli.admin.TokensCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Entry point of the {@code lockstep} command. */
@Command(
    name = "lockstep",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      StartCommand.class,
      LoginCommand.class,
      AccountCommand.class,
      TokensCommand.class,
      MembersCommand.class,
      InvitesCommand.class,
      InviteCommand.class,
      RolesCommand.class,
      ServiceAccountsCommand.class,
      TeamsCommand.class,
      PoliciesCommand.class,
      OrganisationCommand.class,
      RehearseCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "",
      "A self-hosted secrets manager. Keeps API keys, database passwords and",
      "configuration per app and environment, and serves them to your programs.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  lockstep start              serve on http://127.0.0.1:8080",
      "  lockstep start --port 9000  serve on another port",
      "  lockstep help start         all options of a command",
      "",
      "Exit codes: 0 success, 1 failure, 2 wrong usage or configuration."
    })
public final class Main implements Runnable {

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(new Failures());
  }

  @Override
  public void run() {
    java.util.Objects.requireNonNull(spec).commandLine().usage(System.out);
  }
}
