package lockstep.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import lockstep.cli.account.AccountCommand;
import lockstep.cli.admin.AppsCommand;
import lockstep.cli.admin.EnvironmentsCommand;
import lockstep.cli.admin.InvitesCommand;
import lockstep.cli.admin.MembersCommand;
import lockstep.cli.admin.OrganisationCommand;
import lockstep.cli.admin.PoliciesCommand;
import lockstep.cli.admin.RolesCommand;
import lockstep.cli.admin.ServiceAccountsCommand;
import lockstep.cli.admin.TeamsCommand;
import lockstep.cli.admin.TokensCommand;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.RawArguments;
import lockstep.cli.audit.AuditCommand;
import lockstep.cli.backup.BackupCommand;
import lockstep.cli.backup.RestoreCommand;
import lockstep.cli.run.Descriptors;
import lockstep.cli.run.RunCommand;
import lockstep.cli.run.ShellCommand;
import lockstep.cli.secrets.ClientCommand;
import lockstep.cli.secrets.InitCommand;
import lockstep.cli.secrets.SecretsCommand;
import lockstep.cli.serverkey.ServerKeyCommand;
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
      "  lockstep secrets list       secrets of a project",
      "  lockstep run -- npm start   a program with secrets as its variables",
      "  lockstep help start         all options of a command",
      "",
      "Exit codes: 0 success, 1 failure, 2 wrong usage or configuration."
    })
public final class Main implements Runnable {

  /** Loaded when picocli is needed: not for {@link DailyCommands}. */
  private static final class Commands {

    /** In the order in which the help lists them. */
    private static final Map<String, Class<?>> ALL = new LinkedHashMap<>();

    static {
      ALL.put("start", StartCommand.class);
      ALL.put("login", LoginCommand.class);
      ALL.put("init", InitCommand.class);
      ALL.put("secrets", SecretsCommand.class);
      ALL.put("run", RunCommand.class);
      ALL.put("shell", ShellCommand.class);
      ALL.put("apps", AppsCommand.class);
      ALL.put("environments", EnvironmentsCommand.class);
      ALL.put("account", AccountCommand.class);
      ALL.put("tokens", TokensCommand.class);
      ALL.put("members", MembersCommand.class);
      ALL.put("invites", InvitesCommand.class);
      ALL.put("invite", InviteCommand.class);
      ALL.put("roles", RolesCommand.class);
      ALL.put("service-accounts", ServiceAccountsCommand.class);
      ALL.put("teams", TeamsCommand.class);
      ALL.put("policies", PoliciesCommand.class);
      ALL.put("organisation", OrganisationCommand.class);
      ALL.put("audit", AuditCommand.class);
      ALL.put("server-key", ServerKeyCommand.class);
      ALL.put("backup", BackupCommand.class);
      ALL.put("restore", RestoreCommand.class);
      ALL.put("rehearse", RehearseCommand.class);
      ALL.put("help", HelpCommand.class);
    }
  }

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && (arguments[0].equals("run") || arguments[0].equals("shell"))) {
      Descriptors.rememberInherited();
    }
    StartPreparation.begin(arguments, System.getenv());
    String[] repaired = RawArguments.repaired(arguments);
    Optional<ClientCommand> daily = DailyCommands.of(repaired);
    if (daily.isPresent()) {
      int code = DailyCommands.run(daily.get());
      // All is written. Nothing is to be done at the end of the process, which takes its time to
      // find that out.
      Runtime.getRuntime().halt(code);
    }
    System.exit(commandLine(repaired).execute(repaired));
  }

  /**
   * The command line for these arguments. Picocli reads the annotations of every command that it is
   * given, which would take most of the time of most commands: if the first arguments name a
   * command, it is given that one alone, and none if only the version is asked for.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine commandLine = new CommandLine(new Main());
    String first = arguments.length == 0 ? "" : arguments[0];
    if (Commands.ALL.containsKey(first) && !first.equals("help")) {
      add(commandLine, first, arguments.length == 1 ? "" : arguments[1]);
    } else if (arguments.length != 1 || !first.equals("--version")) {
      Commands.ALL.keySet().forEach(name -> add(commandLine, name, ""));
    }
    CommandLine run = commandLine.getSubcommands().get("run");
    if (run != null) {
      // What follows the program is for the program.
      run.setStopAtPositional(true);
    }
    return commandLine
        // Arguments such as those of a command to be run mean what they say.
        .setExpandAtFiles(false)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(new Failures());
  }

  /** Adds a command with the nested one of a name, or with all that it has if none is called so. */
  private static void add(CommandLine commandLine, String name, String nestedName) {
    CommandLine command = new CommandLine(Objects.requireNonNull(Commands.ALL.get(name)));
    if (command.getCommand() instanceof CommandGroup group) {
      List<CommandGroup.Nested> all = group.nested();
      boolean isNamed = all.stream().anyMatch(one -> one.name().equals(nestedName));
      for (CommandGroup.Nested one : all) {
        if (!isNamed || one.name().equals(nestedName)) {
          command.addSubcommand(one.name(), one.type());
        }
      }
    }
    commandLine.addSubcommand(name, command);
  }

  @Override
  public void run() {
    Objects.requireNonNull(spec).commandLine().usage(System.out);
  }
}
